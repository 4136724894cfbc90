// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of lspci -v: the kernel's sizes, addresses and drivers when it ran. */
#include <config.h>

#include "pciaddr/input/dump-details.h"

#include <string.h>

#include "common/numbers.h"

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

void dump_read_detail(struct dump_reader *reader, struct line line)
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

void dump_apply_regions(struct dump_reader *reader, struct pci_function *function)
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
