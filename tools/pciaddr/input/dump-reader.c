// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lspci's text: `lspci -x`, `-xxx`, `-xxxx`, with or without the lines of -v.
 *
 * Nothing in such a file is trusted.  A line that does not fit becomes a warning with its
 * number, and what it would have told stays unknown.
 */
#include "pciaddr/input/dump-reader.h"

#include <inttypes.h>
#include <string.h>

#include "common/numbers.h"
#include "pciaddr/configspace/decode.h"
#include "pciaddr/input/dump-details.h"
#include "pciaddr/input/dump-rows.h"

static void end_function(struct dump_reader *reader)
{
	struct pci_function *function;

	if (reader->in_function) {
		function = &reader->machine->functions[reader->machine->count - 1];
		if (reader->config_end)
			config_decode(reader->machine, function, reader->config,
				      reader->present_count == reader->config_end ?
				      NULL : reader->present, reader->config_end);
		dump_apply_regions(reader, function);
	}
	reader->in_function = false;
	reader->skipping = false;
	reader->out_of_order = false;
	reader->last_row = -1;
	reader->config_end = 0;
	reader->present_count = 0;
	reader->region_count = 0;
	memset(reader->present, 0, sizeof(reader->present));
}

/*
 * "[DDDD:]BB:dd.f " in front of a line.  Returns how many characters it has, 0 when it is
 * something else, -1 when it looks like a slot and is none.
 */
static int parse_slot(const struct line *line, struct pci_function *slot)
{
	const char *text = line->text;
	size_t digits = 0, at;
	uint32_t domain = 0;
	int device;

	while (digits < line->length && digits < 10 && hex_digit(text[digits]) >= 0)
		digits++;
	at = 0;
	if (digits >= 4) {
		if (line->length < digits + 8 || text[digits] != ':')
			return 0;
		if (digits > 8)
			return -1;
		for (size_t i = 0; i < digits; i++)
			domain = domain << 4 | (uint32_t)hex_digit(text[i]);
		at = digits + 1;
	}
	if (line->length < at + 7 || text[at + 2] != ':' || text[at + 5] != '.' ||
	    hex_byte(text + at) < 0 || hex_byte(text + at + 3) < 0 ||
	    hex_digit(text[at + 6]) < 0 ||
	    (line->length > at + 7 && text[at + 7] != ' ' && text[at + 7] != '\t'))
		return 0;
	device = hex_byte(text + at + 3);
	if (device > 0x1f || hex_digit(text[at + 6]) > 7)
		return -1;
	slot->domain = domain;
	slot->bus = (uint8_t)hex_byte(text + at);
	slot->device = (uint8_t)device;
	slot->function = (uint8_t)hex_digit(text[at + 6]);
	return (int)at + 7;
}

static void begin_function(struct dump_reader *reader, const struct pci_function *slot)
{
	struct pci_function *function;

	end_function(reader);
	function = machine_add(reader->machine);
	*function = *slot;
	function->line = reader->lines.number;
	reader->in_function = true;
}

static void read_line(struct dump_reader *reader, const struct line *line)
{
	struct pci_function slot = { 0 };
	size_t digits;
	int length;

	if (!line->length) {
		end_function(reader);
		return;
	}
	if (line->text[0] == '\t' || line->text[0] == ' ') {
		dump_read_detail(reader, *line);
		return;
	}
	digits = dump_row_digits(line);
	if (digits) {
		dump_read_row(reader, line, digits);
		return;
	}
	length = parse_slot(line, &slot);
	if (length > 0) {
		begin_function(reader, &slot);
		return;
	}
	dump_warn(reader, line, length ? "no PCI function has such an address, left out" :
		  line_was_complete(&reader->lines, line) ? "not a line of lspci's, left out" :
		  "the file is cut off here");
	if (length) {
		end_function(reader);
		reader->skipping = true;
	}
}

/* lspci -k names the driver of every device that has one; then those without a line have none. */
static void settle_drivers(struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		if (!machine->functions[i].driver)
			machine->functions[i].driver = "";
}

void dump_start(struct dump_reader *reader, struct machine *machine)
{
	memset(reader, 0, sizeof(*reader));
	reader->machine = machine;
	reader->last_row = -1;
	if (!machine->config_path)
		machine->config_path = machine->name;
}

/* Lines that are whole; the number of the last one is carried on from piece to piece. */
void dump_feed(struct dump_reader *reader, const char *text, size_t length)
{
	uint32_t number = reader->lines.number;
	struct line line;

	reader->lines = lines_of(text, length);
	reader->lines.number = number;
	while (next_line(&reader->lines, &line))
		read_line(reader, &line);
}

void dump_finish(struct dump_reader *reader)
{
	end_function(reader);
	if (reader->any_driver)
		settle_drivers(reader->machine);
}

void dump_parse(struct machine *machine, const char *text, size_t length)
{
	struct dump_reader reader;

	dump_start(&reader, machine);
	dump_feed(&reader, text, length);
	dump_finish(&reader);
}
