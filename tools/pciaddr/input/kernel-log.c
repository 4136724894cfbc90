// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/kernel-log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/die.h"
#include "common/numbers.h"
#include "pciaddr/input/textfile.h"
#include "pciaddr/model/host-windows.h"

/* Finds @what and moves the line behind it. */
static bool skip_past(struct line *line, const char *what)
{
	const char *text = memmem(line->text, line->length, what, strlen(what));
	size_t skipped;

	if (!text)
		return false;
	skipped = (size_t)(text - line->text) + strlen(what);
	line->text += skipped;
	line->length -= skipped;
	return true;
}

static size_t hex_length(const struct line *line, size_t at)
{
	size_t length = 0;

	while (at + length < line->length && hex_digit(line->text[at + length]) >= 0)
		length++;
	return length;
}

static bool take_hex(struct line *line, uint64_t *value)
{
	size_t at = 0, length;

	while (at < line->length && line->text[at] == ' ')
		at++;
	if (line->length > at + 2 && line->text[at] == '0' && line->text[at + 1] == 'x')
		at += 2;
	length = hex_length(line, at);
	if (!length || length > 16 || !parse_hex(line->text + at, length, value))
		return false;
	line->text += at + length;
	line->length -= at + length;
	return true;
}

/* "0x1000-0xffff" */
static bool take_range(struct line *line, struct range *range)
{
	if (!take_hex(line, &range->first) || !line->length || *line->text != '-')
		return false;
	line->text++;
	line->length--;
	return take_hex(line, &range->last) && range->first <= range->last;
}

/* "0000:00: root bus resource [" */
static bool take_bus(struct line *line, struct host_window *window)
{
	uint64_t domain, bus;

	if (!skip_past(line, "pci_bus ") || !take_hex(line, &domain) || domain > UINT32_MAX ||
	    !skip_past(line, ":") || !take_hex(line, &bus) || bus > UINT8_MAX ||
	    !skip_past(line, " root bus resource ["))
		return false;
	window->domain = (uint32_t)domain;
	window->bus = (uint8_t)bus;
	return true;
}

void kernel_log_line(struct machine *machine, const char *path, uint32_t number,
		     const struct line *whole)
{
	struct line line = *whole;
	struct host_window window = { .state = OFFSET_GIVEN, .path = path, .line = number };
	struct range bus;

	if (!take_bus(&line, &window))
		return;
	if (line.length > 3 && !memcmp(line.text, "io ", 3))
		window.space = SPACE_IO;
	else if (line.length > 4 && !memcmp(line.text, "mem ", 4))
		window.space = SPACE_MEMORY;
	else
		return;
	skip_past(&line, " ");
	if (!take_range(&line, &window.cpu))
		return;
	/* it is told only where it is not the CPU's */
	if (skip_past(&line, "(bus address [")) {
		if (!take_range(&line, &bus))
			return;
		window.offset = window.cpu.first - bus.first;
	}
	host_window_add(machine, &window);
}

void kernel_log_parse(struct machine *machine, const char *path, const char *text, size_t length)
{
	struct lines lines = lines_of(text, length);
	struct line line;

	path = arena_copy(&machine->arena, path, strlen(path));
	while (next_line(&lines, &line))
		kernel_log_line(machine, path, lines.number, &line);
}

void kernel_log_load(struct machine *machine, const char *path)
{
	size_t length;
	char *text = read_text_file(path, &length);

	if (!text) {
		machine_warn(machine, "%s: %s", path, strerror(errno));
		return;
	}
	kernel_log_parse(machine, path, text, length);
	free(text);
}
