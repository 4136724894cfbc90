// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lspci's text: `lspci -x`, `-xxx`, `-xxxx`, with or without the lines of -v.
 *
 * Nothing in such a file is trusted.  A line that does not fit becomes a warning with its
 * number, and what it would have told stays unknown.
 */
#include <config.h>

#include "pciaddr/sources.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/die.h"
#include "pciaddr/configspace.h"
#include "pciaddr/pcispec.h"
#include "pciaddr/textfile.h"

#define CONFIG_SIZE_MAX 4096
#define ROW_BYTES 16

/* A line "Region 0: Memory at ... [size=16K]": the kernel's view when lspci ran. */
struct region {
	int index;		/* -1: lspci -v gives no number */
	enum space space;
	bool has_address;
	bool virtual;
	bool has_size;
	uint64_t address;
	uint64_t size;
	uint32_t line;
};

#define REGIONS_MAX (BAR_ROM + 1)

struct dump_reader {
	struct machine *machine;
	struct lines lines;
	bool in_function;	/* rows belong to the last function of the machine */
	bool skipping;		/* rows of a function that could not be taken */
	bool out_of_order;
	bool any_driver;
	int last_row;
	size_t config_end;	/* bytes of config up to the last one read */
	size_t present_count;
	uint8_t config[CONFIG_KEPT];
	uint8_t present[CONFIG_KEPT / 8];
	struct region regions[REGIONS_MAX];
	unsigned int region_count;
};

static const int8_t hex_digits[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8,
	['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15,
	['f'] = 16, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* Value of a hexadecimal digit, or -1. */
static inline int hex_digit(char c)
{
	return hex_digits[(uint8_t)c] - 1;
}

static inline int hex_byte(const char *text)
{
	int high = hex_digit(text[0]), low = hex_digit(text[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static void warn_line(struct dump_reader *reader, const struct line *line, const char *what)
{
	size_t shown = line->length < 60 ? line->length : 60;
	char text[64];

	/* a file that is no text at all must not reach the terminal as it is */
	for (size_t i = 0; i < shown; i++)
		text[i] = line->text[i] >= ' ' && line->text[i] <= '~' ? line->text[i] :
			line->text[i] == '\t' ? ' ' : '?';
	machine_warn(reader->machine, "%s:%" PRIu32 ": %s: %.*s%s", reader->machine->config_path,
		     reader->lines.number, what, (int)shown, text,
		     shown < line->length ? "..." : "");
}

/* The kernel's sizes and addresses, into the BARs that config space has shown. */
static void apply_region(struct machine *machine, struct pci_function *function,
			 const struct region *region, struct bar *bar)
{
	if (!bar) {
		if (region->index < 0 || !region->has_address)
			return;
		bar = function_add_bar(machine, function, (unsigned int)region->index);
		bar->space = region->space;
	}
	bar->line = region->line;
	if (bar->fixed_legacy)
		return;
	if (region->has_size && !bar->size_known) {
		bar->size_known = true;
		if (bar->range.first <= UINT64_MAX - (region->size - 1))
			bar->range.last = bar->range.first + region->size - 1;
	}
	if (!region->has_address)
		return;
	/* "[virtual]" of a ROM is most often the copy in RAM */
	if (bar->index == BAR_ROM && region->virtual) {
		bar->kernel_shadow = true;
		return;
	}
	bar->kernel_known = bar->size_known;
	bar->kernel.first = region->address;
	bar->kernel.last = region->address + (range_size(bar->range) - 1);
	if (bar->kernel.last < bar->kernel.first)
		bar->kernel_known = false;
	else if (!bar->register_known || function->virtual) {
		bar->range = bar->kernel;
		bar->state = BAR_ASSIGNED;
	}
}

static void apply_regions(struct dump_reader *reader, struct pci_function *function)
{
	unsigned int next = 0;

	for (unsigned int i = 0; i < reader->region_count; i++) {
		const struct region *region = &reader->regions[i];
		struct bar *bar = NULL;

		if (region->index >= 0) {
			bar = function_bar(function, (unsigned int)region->index);
		} else {
			/* in the order of the BARs, the unimplemented ones left out */
			while (next < function->bar_count &&
			       function->bars[next].space != region->space)
				next++;
			if (next < function->bar_count && function->bars[next].index != BAR_ROM)
				bar = &function->bars[next++];
		}
		if (!bar || bar->space == region->space)
			apply_region(reader->machine, function, region, bar);
	}
}

static void end_function(struct dump_reader *reader)
{
	struct pci_function *function;

	if (reader->in_function) {
		function = &reader->machine->functions[reader->machine->count - 1];
		if (reader->config_end)
			config_decode(reader->machine, function, reader->config,
				      reader->present_count == reader->config_end ?
				      NULL : reader->present, reader->config_end);
		apply_regions(reader, function);
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

static void store_row(struct dump_reader *reader, const struct line *line, unsigned int offset,
		      const uint8_t *bytes, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		unsigned int at = offset + i;
		uint8_t bit = (uint8_t)(1u << (at % 8));

		if (at >= CONFIG_KEPT)
			break;
		if (reader->present[at / 8] & bit) {
			if (reader->config[at] != bytes[i]) {
				warn_line(reader, line, "says something else than an earlier "
					  "line of the same offset, which counts");
				return;
			}
			continue;
		}
		reader->present[at / 8] |= bit;
		reader->present_count++;
		reader->config[at] = bytes[i];
		if (at >= reader->config_end)
			reader->config_end = at + 1;
	}
}

/* Is it "40: 01 02 ..." with an offset of @digits digits? */
static size_t row_digits(const struct line *line)
{
	size_t digits = 0;

	while (digits < line->length && digits < 5 && hex_digit(line->text[digits]) >= 0)
		digits++;
	if (digits < 2 || digits + 1 >= line->length || line->text[digits] != ':' ||
	    line->text[digits + 1] != ' ')
		return 0;
	return digits;
}

static void read_row(struct dump_reader *reader, const struct line *line, size_t digits)
{
	const char *text = line->text + digits + 1;
	const char *end = line->text + line->length;
	unsigned int offset = 0, count = 0;
	uint8_t bytes[ROW_BYTES];

	if (reader->skipping)
		return;
	if (!reader->in_function) {
		warn_line(reader, line, "config space of no device, left out");
		return;
	}
	for (size_t i = 0; i < digits; i++)
		offset = offset << 4 | (unsigned int)hex_digit(line->text[i]);
	if (offset >= CONFIG_SIZE_MAX || offset % ROW_BYTES) {
		warn_line(reader, line, "offset out of range, left out");
		return;
	}
	while (end - text >= 3 && text[0] == ' ' && hex_byte(text + 1) >= 0) {
		if (count == ROW_BYTES) {
			warn_line(reader, line, "more than 16 bytes, the rest is left out");
			break;
		}
		bytes[count++] = (uint8_t)hex_byte(text + 1);
		text += 3;
	}
	while (text < end && *text == ' ')
		text++;
	if (count < ROW_BYTES)
		warn_line(reader, line, text < end ?
			  "malformed bytes, what comes before them counts" :
			  line_was_complete(&reader->lines, line) ?
			  "fewer than 16 bytes" : "the file is cut off here");
	else if (text < end)
		warn_line(reader, line, "something after the bytes, left out");
	if ((int)offset <= reader->last_row && !reader->out_of_order) {
		warn_line(reader, line, "offsets out of order");
		reader->out_of_order = true;
	}
	reader->last_row = (int)offset;
	store_row(reader, line, offset, bytes, count);
}

static bool starts_with(const struct line *line, const char *prefix)
{
	size_t length = strlen(prefix);

	return line->length >= length && !memcmp(line->text, prefix, length);
}

static void skip(struct line *line, size_t count)
{
	line->text += count;
	line->length -= count;
}

static bool skip_prefix(struct line *line, const char *prefix)
{
	if (!starts_with(line, prefix))
		return false;
	skip(line, strlen(prefix));
	return true;
}

/* "[size=16K]"; lspci's units are powers of 1024 */
static bool parse_size_note(const struct line *line, uint64_t *size)
{
	static const char note[] = "[size=";
	const char *text = memmem(line->text, line->length, note, strlen(note));
	const char *end = line->text + line->length;
	char number[24];
	size_t length = 0;

	if (!text)
		return false;
	text += strlen(note);
	while (text + length < end && text[length] != ']' && length + 1 < sizeof(number)) {
		number[length] = text[length];
		length++;
	}
	number[length] = '\0';
	return text + length < end && parse_size(number, size);
}

static void read_region(struct dump_reader *reader, struct line line, int index)
{
	struct region region = { .index = index, .line = reader->lines.number };
	size_t digits = 0;

	region.virtual = skip_prefix(&line, "[virtual] ");
	if (skip_prefix(&line, "I/O ports at ")) {
		region.space = SPACE_IO;
	} else if (skip_prefix(&line, "Memory at ")) {
		region.space = SPACE_MEMORY;
	} else if (skip_prefix(&line, "Expansion ROM at ")) {
		region.space = SPACE_MEMORY;
		region.index = BAR_ROM;
	} else {
		return;
	}
	while (digits < line.length && hex_digit(line.text[digits]) >= 0)
		digits++;
	region.has_address = parse_hex(line.text, digits, &region.address);
	skip(&line, digits);
	if (memmem(line.text, line.length, "[virtual]", 9))
		region.virtual = true;
	region.has_size = parse_size_note(&line, &region.size);
	if (reader->region_count < REGIONS_MAX)
		reader->regions[reader->region_count++] = region;
}

/* A line of lspci -v; most say nothing that config space does not. */
static void read_detail(struct dump_reader *reader, struct line line)
{
	struct pci_function *function;

	if (!reader->in_function)
		return;
	skip(&line, 1);
	if (!line.length)
		return;
	switch (line.text[0]) {
	case 'R':
		if (starts_with(&line, "Region ") && line.length > 10 &&
		    line.text[7] >= '0' && line.text[7] <= '5' && line.text[8] == ':') {
			int index = line.text[7] - '0';

			skip(&line, 10);
			read_region(reader, line, index);
		}
		break;
	case 'M':
	case 'I':
	case 'E':
	case '[':
		read_region(reader, line, -1);
		break;
	case 'K':
		if (!skip_prefix(&line, "Kernel driver in use: "))
			break;
		function = &reader->machine->functions[reader->machine->count - 1];
		function->driver = arena_copy(&reader->machine->arena, line.text, line.length);
		reader->any_driver = true;
		break;
	}
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
		read_detail(reader, *line);
		return;
	}
	digits = row_digits(line);
	if (digits) {
		read_row(reader, line, digits);
		return;
	}
	length = parse_slot(line, &slot);
	if (length > 0) {
		begin_function(reader, &slot);
		return;
	}
	warn_line(reader, line, length ? "no PCI function has such an address, left out" :
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

static void start_reader(struct dump_reader *reader, struct machine *machine)
{
	memset(reader, 0, sizeof(*reader));
	reader->machine = machine;
	reader->last_row = -1;
	if (!machine->config_path)
		machine->config_path = machine->name;
}

/* Lines that are whole; the number of the last one is carried on from piece to piece. */
static void feed_reader(struct dump_reader *reader, const char *text, size_t length)
{
	uint32_t number = reader->lines.number;
	struct line line;

	reader->lines = lines_of(text, length);
	reader->lines.number = number;
	while (next_line(&reader->lines, &line))
		read_line(reader, &line);
}

static void finish_reader(struct dump_reader *reader)
{
	end_function(reader);
	if (reader->any_driver)
		settle_drivers(reader->machine);
}

void dump_parse(struct machine *machine, const char *text, size_t length)
{
	struct dump_reader reader;

	start_reader(&reader, machine);
	feed_reader(&reader, text, length);
	finish_reader(&reader);
}

/*
 * The file is read in pieces: a dump of 60,000 functions has 50 MB, of which a third is kept.
 * A line that does not fit into a piece is none of lspci's, and is given on in parts.
 */
#define PIECE (256 * 1024)

static bool read_pieces(struct dump_reader *reader, int fd)
{
	char *piece = xrealloc(NULL, PIECE);
	size_t used = 0;

	for (;;) {
		ssize_t count = read(fd, piece + used, PIECE - used);
		const char *feed;
		size_t whole;

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			free(piece);
			return false;
		}
		used += (size_t)count;
		feed = memrchr(piece, '\n', used);
		whole = !count || (!feed && used == PIECE) ? used :
			feed ? (size_t)(feed + 1 - piece) : 0;
		feed_reader(reader, piece, whole);
		memmove(piece, piece + whole, used - whole);
		used -= whole;
		if (!count)
			break;
	}
	free(piece);
	return true;
}

static void read_dump(struct machine *machine, int fd)
{
	struct dump_reader reader;

	start_reader(&reader, machine);
	if (!read_pieces(&reader, fd))
		machine_fail(machine, EXIT_USAGE, "%s: %s", machine->name, strerror(errno));
	else
		finish_reader(&reader);
}

void source_dump_load(struct machine *machine, const struct source *source)
{
	bool standard_input = !strcmp(source->path, "-");
	int fd = standard_input ? STDIN_FILENO : open(source->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		machine_fail(machine, EXIT_USAGE, "%s: %s", source->path, strerror(errno));
		return;
	}
	read_dump(machine, fd);
	if (!standard_input)
		close(fd);
	if (!machine->error && !machine->count)
		machine_fail(machine, EXIT_USAGE,
			     "%s: no PCI device in it; wanted: the text that 'lspci -vvxxxx' "
			     "(as root) writes", machine->name);
}
