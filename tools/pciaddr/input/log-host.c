// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/log-host.h"

#include <string.h>

#include "common/numbers.h"
#include "pciaddr/model/host-windows.h"
#include "pciaddr/model/log-facts.h"

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

static bool is_of_bus(const struct host_window *window, const char *path, uint32_t domain,
		      uint8_t bus)
{
	return window->domain == domain && window->bus == bus && window->path == path;
}

static struct range range_around(struct range a, struct range b)
{
	return (struct range) { a.first < b.first ? a.first : b.first,
				a.last > b.last ? a.last : b.last };
}

/*
 * Firmware describes windows that overlap: acpi_pci_root_validate_resources() expands one over the
 * other, and both may be printed.  @same_log: the line is of the same start of the same machine as
 * those before; the windows are one then.  Otherwise what was told before is of another log, or of
 * another machine: mails have parts of several, without the line that begins each.
 */
static void add_window(struct machine *machine, struct host_window window, bool same_log)
{
	size_t kept = 0;

	for (size_t i = 0; i < machine->host_window_count; i++) {
		const struct host_window old = machine->host_windows[i];

		if (!is_of_bus(&old, window.path, window.domain, window.bus) ||
		    old.space != window.space || !range_overlaps(old.cpu, window.cpu) ||
		    range_equal(old.cpu, window.cpu)) {
			machine->host_windows[kept++] = old;
		} else if (same_log && (old.offset == window.offset ||
					window.state == OFFSET_UNKNOWN)) {
			if (range_contains(old.cpu, window.cpu))
				window.line = old.line;
			window.cpu = range_around(old.cpu, window.cpu);
			window.marked_64bit &= old.marked_64bit;
			window.state = old.state;
			window.offset = old.offset;
		}
	}
	machine->host_window_count = kept;
	host_window_add(machine, &window);
}

/* In one list, or in a time that goes on */
static bool is_same_log(const struct log_facts *facts, const struct host_window *window,
			const struct log_bus_list *list)
{
	return !facts->back ||
		(list->open && list->domain == window->domain && list->bus == window->bus);
}

void log_host_line(struct machine *machine, uint32_t number, const struct line *whole)
{
	struct log_facts *facts = machine->log;
	struct line line = *whole;
	struct host_window window = {
		.state = OFFSET_GIVEN, .path = facts->path, .line = number,
	};
	struct range bus;
	bool same_log;

	if (!take_bus(&line, &window))
		return;
	same_log = is_same_log(facts, &window, &facts->host_listed);
	facts->host_listed = (struct log_bus_list) { true, window.domain, window.bus };
	if (line.length > 3 && !memcmp(line.text, "io ", 3))
		window.space = SPACE_IO;
	else if (line.length > 4 && !memcmp(line.text, "mem ", 4))
		window.space = SPACE_MEMORY;
	else
		return;
	skip_past(&line, " ");
	/* a serial console may have mixed it with another line */
	if (!take_range(&line, &window.cpu) || (line.length && !strchr(" ]", *line.text)))
		return;
	window.marked_64bit = line.length >= 7 && !memcmp(line.text, " 64bit]", 7);
	/* the kernel prints it only where it is not the CPU's */
	if (skip_past(&line, "(bus address [")) {
		if (!take_range(&line, &bus))
			return;
		window.offset = window.cpu.first - bus.first;
	}
	add_window(machine, window, same_log);
}

bool log_host_is_known(const struct machine *machine, uint32_t domain, uint8_t bus)
{
	const struct log_facts *facts = machine->log;

	/* no bridge leads to bus 0 */
	if (!bus || log_facts_has_root(facts, domain, bus))
		return true;
	for (size_t i = 0; i < machine->host_window_count; i++)
		if (is_of_bus(&machine->host_windows[i], facts->path, domain, bus))
			return true;
	return false;
}

/* ioport_resource and iomem_resource, where the kernel knows nothing of the host bridge */
static bool is_whole_space(const struct host_window *window)
{
	return !window->cpu.first &&
		window->cpu.last >= (window->space == SPACE_IO ? 0xffff : 0xffffffff);
}

void log_host_listed(struct machine *machine, uint32_t number, uint32_t domain, uint8_t bus,
		     const struct printed_resource *printed)
{
	const struct log_facts *facts = machine->log;
	struct host_window window = {
		.domain = domain, .bus = bus, .space = (uint8_t)printed->space,
		.cpu = printed->range, .path = facts->path, .line = number,
		.marked_64bit = printed->is_64bit && !printed->prefetchable,
	};
	bool any = false, translates = false;

	if (!printed->has_range || printed->empty || printed->disabled || is_whole_space(&window))
		return;
	for (size_t i = 0; i < machine->host_window_count; i++) {
		const struct host_window *known = &machine->host_windows[i];

		if (!is_of_bus(known, window.path, domain, bus))
			continue;
		if (known->space == window.space && range_contains(known->cpu, window.cpu))
			return;
		any = true;
		translates |= known->offset != 0;
	}
	/* the offset is not printed here: where the lines above have none, there is none */
	window.state = any && !translates ? OFFSET_GIVEN : OFFSET_UNKNOWN;
	add_window(machine, window, is_same_log(facts, &window, &facts->listed));
}
