// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of lspci -v: the kernel's sizes, addresses and drivers when it ran. */
#include <config.h>

#include "pciaddr/input/dump-details.h"

#include <inttypes.h>
#include <string.h>

#include "common/numbers.h"
#include "pciaddr/configspace/decode.h"
#include "pciaddr/input/dump-marks.h"
#include "pciaddr/input/dump-registers.h"
#include "pciaddr/input/dump-words.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/topology.h"

static void skip(struct line *line, size_t count)
{
	line->text += count;
	line->length -= count;
}

static bool skip_prefix(struct line *line, const char *prefix)
{
	if (!line_begins(line, prefix))
		return false;
	skip(line, strlen(prefix));
	return true;
}

/* "[size=16K]"; lspci's units are powers of 1024 */
static bool parse_size_note(const struct line *line, uint64_t *size)
{
	static const char note[] = "[size=";
	const char *text = line_find(line, note);
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

/* A detail is read when the line behind it has come. */
static void warn_of_detail(struct dump_reader *reader, const struct line *line, const char *what)
{
	uint32_t number;
	const char *path = machine_line_path(reader->machine, reader->detail_line, &number);
	char shown[64];

	dump_shown(line, shown);
	machine_warn(reader->machine, "%s:%" PRIu32 ": %s: %s", path, number, what, shown);
}

/* Somebody says below a device which of its lines is meant. */
static bool is_quoted_again(const struct dump_reader *reader, const struct region *region)
{
	for (unsigned int i = 0; i < reader->region_count; i++) {
		const struct region *before = &reader->regions[i];

		if (before->index == region->index && before->has_address && region->has_address &&
		    before->address == region->address && before->space == region->space)
			return true;
	}
	return false;
}

static void add_region(struct dump_reader *reader, const struct region *region)
{
	if (reader->region_count < REGIONS_MAX && !is_quoted_again(reader, region))
		reader->regions[reader->region_count++] = *region;
}

/* "Region 0: " with something else behind it: there is a BAR, and no more is known of it. */
static void read_garbled_region(struct dump_reader *reader, const struct line *line, int index)
{
	warn_of_detail(reader, line, "a BAR without the words of lspci's, left out");
	add_region(reader, &(struct region) {
		.index = index, .space = SPACES, .garbled = true, .line = reader->detail_line,
	});
}

/* False: the line is none of a region. */
static bool read_region(struct dump_reader *reader, struct line line, int index)
{
	struct region region = { .index = index, .line = reader->detail_line };
	const struct line whole = line;
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
		return false;
	}
	while (digits < line.length && hex_digit(line.text[digits]) >= 0)
		digits++;
	region.has_address = (digits == line.length || line.text[digits] == ' ') &&
		parse_hex(line.text, digits, &region.address);
	skip(&line, digits);
	/* "<unassigned>", "<ignored>", "<invalid-64bit-slot>" are lspci's own */
	region.garbled = !region.has_address && !line_begins(&line, "<");
	if (region.garbled)
		warn_of_detail(reader, &whole, "a BAR whose address is not a number, left out");
	region.unassigned = line_begins(&line, "<unassigned>");
	region.ignored = line_begins(&line, "<ignored>");
	region.disabled = line_find(&line, "[disabled");
	region.enhanced = line_find(&line, "[enhanced]");
	region.is_64bit = line_find(&line, "(64-bit,");
	region.prefetchable = line_find(&line, ", prefetchable)");
	if (line_find(&line, "[virtual]"))
		region.virtual = true;
	region.has_size = parse_size_note(&line, &region.size);
	add_region(reader, &region);
	return true;
}

static void read_driver(struct dump_reader *reader, const struct line *line)
{
	static const char *const remarks[] = { " <-", " <=", " \xe2\x86\x90" };
	size_t length = line->length;

	/* an arrow points at the line; else a name may have any character */
	for (size_t i = 0; i < sizeof(remarks) / sizeof(remarks[0]); i++) {
		const char *remark = memmem(line->text, length, remarks[i], strlen(remarks[i]));

		if (remark)
			length = (size_t)(remark - line->text);
	}
	dump_function(reader)->driver = arena_copy(&reader->machine->arena, line->text, length);
	reader->any_driver = true;
}

void dump_read_detail(struct dump_reader *reader, struct line line)
{
	/* what a capability has as regions (SR-IOV) are no BARs of this function */
	bool in_header = !reader->told.capability_seen;
	struct line region;
	int index;

	if (!reader->in_function)
		return;
	while (line.length && (line.text[0] == '\t' || line.text[0] == ' '))
		skip(&line, 1);
	dump_strip_marks(&line);
	dump_strip_closing_marks(&line);
	if (!line.length)
		return;
	switch (line.text[0]) {
	case '!':
		if (line_begins(&line, "!!! Invalid class "))
			warn_of_detail(reader, &line, "lspci says that class and header type do "
				       "not fit");
		break;
	case 'R':
		if (!line_begins(&line, "Region ") || line.length <= 10 ||
		    line.text[7] < '0' || line.text[7] > '5' || line.text[8] != ':') {
			if (in_header && line_begins(&line, "Region "))
				warn_of_detail(reader, &line, "not a line of lspci's, left out");
			return;
		}
		if (!in_header)
			break;
		index = line.text[7] - '0';
		region = line;
		skip(&region, 10);
		if (!read_region(reader, region, index))
			read_garbled_region(reader, &line, index);
		return;
	case 'M':
	case 'I':
	case 'E':
	case '[':
		if (in_header && read_region(reader, line, -1))
			return;
		break;
	case 'K':
		if (skip_prefix(&line, "Kernel driver in use: "))
			read_driver(reader, &line);
		return;
	}
	told_line(&reader->told, &line, reader->detail_line);
	for (enum window_kind kind = 0; kind < WINDOWS; kind++)
		if (reader->told.windows[kind].unclear &&
		    reader->told.windows[kind].line == reader->detail_line)
			warn_of_detail(reader, &line, "a window that is not lspci's, left out");
}

bool dump_is_detail(const struct line *line)
{
	static const char *const beginnings[] = {
		"BridgeCtl:", "Bus: primary=", "Capabilities: ", "Control: I/O", "DevCap", "DevCtl",
		"DevSta", "DeviceName:", "Expansion ROM at ", "Flags: ", "I/O behind bridge:",
		"I/O ports at ", "I/O window ", "IOMMU group:", "Interrupt: pin", "Interrupts: pin",
		"Kernel driver in use:",
		"Kernel modules:", "Latency: ", "LnkCap", "LnkCtl", "LnkSta", "Memory at ",
		"Memory behind bridge:", "Memory window ", "NUMA node:", "Physical Slot:",
		"PriDiscTmr", "Prefetchable memory behind bridge:", "Region ", "Secondary status:",
		"Status: Cap", "Status: D", "Subsystem: ", "Vector table:", "[virtual] ", "!!! ",
		"ACSCap", "ACSCtl", "Address: ", "BAR Equivalent ", "Base: ", "Entry ", "IOVCap",
		"IOVCtl", "IOVSta", "Initial VFs: ", "Link: ", "Masking: ", "MaxOffset: ", "PBA: ",
		"PrimaryProperties: ", "SecondaryProperties: ", "Supported Page Size: ",
		"VF Migration: ", "VF offset: ",
	};

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (line_begins(line, beginnings[i]))
			return true;
	return line_begins(line, "BAR ") && line_find(line, ": current size:");
}

static struct bar *add_bar(struct machine *machine, struct pci_function *function,
			   const struct region *region)
{
	struct bar *bar = function_add_bar(machine, function, (unsigned int)region->index);
	uint32_t value;

	/* a register of 32-bit memory that reads 0 shows only by this line that it is there */
	if (bar->index < BAR_ROM && region->space == SPACE_MEMORY && !region->enhanced &&
	    !function->virtual && config_read(function, CFG_BAR0 + 4u * bar->index, 4, &value) &&
	    !value)
		bar->register_known = true;
	bar->space = region->space;
	bar->is_64bit = region->is_64bit;
	bar->prefetchable = region->prefetchable;
	bar->enhanced = region->enhanced;
	bar->not_decoded = region->index == BAR_ROM && region->disabled;
	return bar;
}

/* The kernel's sizes and addresses, into the BARs that config space has shown. */
static void apply_region(struct machine *machine, struct pci_function *function,
			 const struct region *region, struct bar *bar)
{
	if (!bar) {
		if (region->garbled && region->index >= 0)
			function->regions_unread |= 1u << region->index;
		if (region->garbled || region->index < 0 || region->ignored ||
		    (!region->has_address && !region->unassigned))
			return;
		bar = add_bar(machine, function, region);
	}
	function->regions_unread &= ~(1u << bar->index);
	bar->line = region->line;
	bar->kernel_none = region->ignored;
	bar->kernel_unset = region->unassigned;
	if (bar->fixed_legacy && region->has_address)
		config_legacy_told(function, bar, region->address);
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
	if (bar->kernel.last < bar->kernel.first) {
		bar->kernel_known = false;
	} else if (!bar->register_known || function->virtual) {
		bar->range = bar->kernel;
		bar->state = BAR_ASSIGNED;
	}
}

/*
 * lspci -v does not number the regions: it is the BAR that holds this address, or else the next
 * of the kind, in the order of the BARs.
 */
static struct bar *find_bar(const struct pci_function *function, const struct region *region,
			    unsigned int taken)
{
	struct bar *next = NULL;

	for (unsigned int i = 0; i < function->bar_count; i++) {
		struct bar *bar = &function->bars[i];

		if (taken & 1u << bar->index || bar->space != region->space ||
		    bar->index == BAR_ROM)
			continue;
		if (region->has_address && bar->register_known &&
		    bar->register_address == region->address)
			return bar;
		if (!next)
			next = bar;
	}
	return next;
}

/*
 * lspci -F, which has no kernel to ask, takes the upper half of a 64-bit BAR for a region of its
 * own, "<unassigned>".
 */
static bool is_upper_half(const struct pci_function *function, unsigned int index)
{
	const struct bar *lower = index && index < BAR_ROM ? function_bar(function, index - 1) :
		NULL;

	return lower && lower->is_64bit && !lower->enhanced;
}

void dump_apply_regions(struct machine *machine, struct pci_function *function,
			const struct region *regions, unsigned int count)
{
	unsigned int number = 0, taken = 0;
	uint32_t value;
	bool registers = config_read(function, CFG_BAR0, 4, &value);

	for (unsigned int i = 0; i < count; i++) {
		struct region region = regions[i];
		struct bar *bar = NULL;

		if (region.index < 0 && registers) {
			bar = find_bar(function, &region, taken);
			if (bar)
				taken |= 1u << bar->index;
		} else if (region.index < 0) {
			/* counted, 64-bit ones twice: a gap in between cannot be seen */
			if (number > 5)
				continue;
			function->bars_counted = true;
			region.index = (int)number;
			number += region.is_64bit ? 2 : 1;
		}
		if (region.index >= 0) {
			if (is_upper_half(function, (unsigned int)region.index))
				continue;
			bar = function_bar(function, (unsigned int)region.index);
			taken |= 1u << region.index;
		}
		if (!bar || bar->space == region.space)
			apply_region(machine, function, &region, bar);
	}
	for (unsigned int i = 0; function->regions_known && i < function->bar_count; i++) {
		struct bar *bar = &function->bars[i];

		/* what -v does not name the kernel does not have */
		if (!(taken & 1u << bar->index) && bar->index != BAR_ROM && !bar->fixed_legacy &&
		    !bar->enhanced && !bar->line)
			bar->kernel_none = true;
	}
	if (function->regions_known)
		config_settle_legacy_bars(function);
}

/* The window's register is one whose value a line of text has told. */
static void add_origin(struct machine *machine, struct pci_function *function,
		       enum window_kind kind, uint32_t line)
{
	unsigned int count = function->origin_count;
	struct text_origin *origins = arena_alloc(&machine->arena,
						  (count + 1) * sizeof(*origins));

	if (count)
		memcpy(origins, function->origins, count * sizeof(*origins));
	origins[count] = (struct text_origin) {
		.offset = (uint16_t)window_register(function->bridge, kind), .length = 1,
		.line = line,
	};
	function->origins = origins;
	function->origin_count++;
}

void dump_apply_windows(struct machine *machine, struct pci_function *function,
			const struct told *told)
{
	if (!function->bridge)
		return;
	for (enum window_kind kind = 0; kind < WINDOWS; kind++) {
		const struct told_window *window = &told->windows[kind];
		struct window *known = &function->bridge->windows[kind];

		if (!window->told)
			continue;
		known->line = window->line;
		if (known->state == WINDOW_UNKNOWN) {
			known->state = window->open ? WINDOW_OPEN : WINDOW_CLOSED;
			known->range = window->range;
			known->maybe_kernel = window->maybe_kernel;
			known->assumed = window->assumed;
			add_origin(machine, function, kind, window->line);
		} else if (window->open && window->maybe_kernel &&
			   (known->state != WINDOW_OPEN ||
			    !range_equal(known->range, window->range))) {
			/*
			 * What lspci prints is the kernel's, or what the registers say.  Where
			 * it is not what they say, it is the kernel's.
			 */
			known->kernel_state = WINDOW_OPEN;
			known->kernel = window->range;
		}
	}
}
