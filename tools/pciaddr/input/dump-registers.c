// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/dump-registers.h"

#include <string.h>

#include "common/numbers.h"
#include "pciaddr/input/dump-allocation.h"
#include "pciaddr/input/dump-capabilities.h"
#include "pciaddr/input/dump-extended.h"
#include "pciaddr/input/dump-machine-readable.h"
#include "pciaddr/input/dump-words.h"
#include "pciaddr/model/pcispec.h"

void told_bytes(struct told *told, unsigned int offset, unsigned int size, uint32_t value,
		uint32_t number)
{
	if (offset + size > CONFIG_KEPT || told->origin_count == ORIGINS_MAX)
		return;
	for (unsigned int i = 0; i < size; i++) {
		told->bytes[offset + i] = (uint8_t)(value >> (8 * i));
		set_bit(told->present, offset + i);
	}
	told->origins[told->origin_count++] = (struct text_origin) {
		.offset = (uint16_t)offset, .length = (uint16_t)size, .line = number,
	};
}

/* In the order of lspci's line. */
static const struct bit_name command_bits[] = {
	{ "I/O", 0x001 }, { "Mem", 0x002 }, { "BusMaster", 0x004 }, { "SpecCycle", 0x008 },
	{ "MemWINV", 0x010 }, { "VGASnoop", 0x020 }, { "ParErr", 0x040 }, { "Stepping", 0x080 },
	{ "SERR", 0x100 }, { "FastB2B", 0x200 }, { "DisINTx", 0x400 },
};

static const struct bit_name status_bits[] = {
	{ "Cap", STATUS_CAPABILITIES }, { "66MHz", 0x0020 }, { "UDF", 0x0040 },
	{ "FastB2B", 0x0080 }, { "ParErr", 0x0100 }, { ">TAbort", 0x0800 }, { "<TAbort", 0x1000 },
	{ "<MAbort", 0x2000 }, { ">SERR", 0x4000 }, { "<PERR", 0x8000 }, { "INTx", 0x0008 },
};

static const struct bit_name bridge_control_bits[] = {
	{ "Parity", 0x01 }, { "SERR", 0x02 }, { "NoISA", 0x04 }, { "VGA", 0x08 },
	{ "VGA16", 0x10 }, { "MAbort", 0x20 }, { ">Reset", 0x40 }, { "FastB2B", 0x80 },
};

static const struct bit_name bridge_timer_bits[] = {
	{ "PriDiscTmr", 0x0100 }, { "SecDiscTmr", 0x0200 }, { "DiscTmrStat", 0x0400 },
	{ "DiscTmrSERREn", 0x0800 },
};

/* The classes that decide what a function is, by the names that pci.ids gives them. */
static const struct {
	const char *name;
	unsigned int class;
} class_names[] = {
	{ "Host bridge", 0x0600 },
	{ "ISA bridge", 0x0601 },
	{ "PCI bridge", 0x0604 },
	{ "CardBus bridge", 0x0607 },
	{ "Semi-transparent PCI-to-PCI bridge", 0x0609 },
	{ "IDE interface", 0x0101 },
	{ "Non-VGA unclassified device", 0x0000 },
	{ "VGA compatible controller", 0x0300 },
	{ "SATA controller", 0x0106 },
	{ "USB controller", 0x0c03 },
	{ "USB Controller", 0x0c03 },
	{ "Ethernet controller", 0x0200 },
	{ "Non-Volatile memory controller", 0x0108 },
};

bool line_class_name(const struct line *line, unsigned int *class)
{
	for (size_t i = 0; i < sizeof(class_names) / sizeof(class_names[0]); i++) {
		size_t length = strlen(class_names[i].name);

		if (!line_begins(line, class_names[i].name) ||
		    (line->length > length && line->text[length] != ':'))
			continue;
		*class = class_names[i].class;
		return true;
	}
	return false;
}

/* "Name [0601]:", "0601:", or a name that is known */
static bool parse_class(const struct line *line, unsigned int *class)
{
	const char *colon = line_find(line, "]:");

	if (colon && colon - line->text >= 5 && colon[-5] == '[' &&
	    line_hex(line, colon - 4, 4, class))
		return true;
	if (line->length > 4 && line->text[4] == ':' && line_hex(line, line->text, 4, class))
		return true;
	/* lspci without names, of an old version */
	if (line_begins(line, "Class ") && line_hex(line, line->text + 6, 4, class))
		return true;
	return line_class_name(line, class);
}

void told_begin(struct told *told)
{
	struct told_extended *extended = told->extended;

	memset(told, 0, sizeof(*told));
	told->extended = extended;
	if (extended)
		extended->used = false;
	told->capability_link = CFG_CAPABILITIES;
}

void told_header(struct told *told, const struct line *line, uint32_t number)
{
	unsigned int vendor, device, value;
	const char *revision = line_find(line, "(rev ");
	const char *programming = line_find(line, "(prog-if ");

	if (line_begins(line, "\"")) {
		told_quoted_header(told, line, number);
		return;
	}
	if (parse_class(line, &value)) {
		told->class_told = true;
		told->class = value;
		if (value == CLASS_CARDBUS_BRIDGE)
			told->capability_link = CFG_CARDBUS_CAPABILITIES;
		told_bytes(told, CFG_CLASS + 1, 2, value, number);
	}
	if (line_ids(line, &vendor, &device))
		told_bytes(told, 0, 4, vendor | device << 16, number);
	if (programming && line_hex(line, programming + 9, 2, &value)) {
		told->programming = (uint8_t)value;
		told_bytes(told, CFG_CLASS, 1, value, number);
	}
	if (!revision)
		told_bytes(told, CFG_REVISION, 1, 0, number);
	else if (line_hex(line, revision + 5, 2, &value))
		told_bytes(told, CFG_REVISION, 1, value, number);
}

static void told_buses(struct told *told, const struct line *line, uint32_t number)
{
	static const char *const names[] = { "primary=", "secondary=", "subordinate=" };

	for (unsigned int i = 0; i < 3; i++) {
		const char *text = line_find(line, names[i]);
		unsigned int value;

		if (text && line_hex(line, text + strlen(names[i]), 2, &value))
			told_bytes(told, CFG_PRIMARY + i, 1, value, number);
	}
	told_bytes(told, CFG_HEADER_TYPE, 1,
		   told->class == CLASS_CARDBUS_BRIDGE ? HEADER_CARDBUS : HEADER_BRIDGE, number);
}

/* "0000e000-0000efff [size=4K] [16-bit]", "None", "[disabled]" */
static void told_window(struct told_window *window, const struct line *line, const char *text,
			uint32_t number)
{
	const char *end = line->text + line->length, *dash;
	uint64_t unit = line_begins(line, "I/O") ? WINDOW_IO_UNIT : WINDOW_MEMORY_UNIT;
	size_t digits = 0;

	while (text < end && *text == ' ')
		text++;
	*window = (struct told_window) {
		.told = true, .line = number, .maybe_kernel = !!line_find(line, "[size="),
	};
	dash = memchr(text, '-', (size_t)(end - text));
	if (!dash) {
		/* what else there is instead of a range has been garbled */
		window->unclear = !line_find(line, "None") && !line_find(line, "[disabled]");
		window->told = !window->unclear;
		return;
	}
	while (dash + 1 + digits < end && hex_digit(dash[1 + digits]) >= 0)
		digits++;
	if ((dash + 1 + digits < end && dash[1 + digits] != ' ') ||
	    !parse_hex(text, (size_t)(dash - text), &window->range.first) ||
	    !parse_hex(dash + 1, digits, &window->range.last)) {
		window->told = end - text >= 10 && !memcmp(text, "[disabled]", 10);
		window->unclear = !window->told;
		return;
	}
	/* of CardBus, some versions print the last page of memory by its first byte */
	if (line_begins(line, "Memory window "))
		window->range.last |= CARDBUS_MEMORY_UNIT - 1;
	/* base and limit of 0: see the decoding of the registers, which lspci prints so */
	window->open = window->range.first <= window->range.last &&
		(window->range.first || window->range.last >= unit) &&
		!line_find(line, "[disabled]");
}

static bool told_windows(struct told *told, const struct line *line, uint32_t number)
{
	static const struct {
		const char *name;
		enum window_kind kind;
	} names[] = {
		{ "I/O behind bridge:", WINDOW_IO },
		{ "Memory behind bridge:", WINDOW_MEMORY },
		{ "Prefetchable memory behind bridge:", WINDOW_PREFETCHABLE },
		{ "Memory window 0:", WINDOW_MEMORY },
		{ "Memory window 1:", WINDOW_MEMORY_1 },
		{ "I/O window 0:", WINDOW_IO },
		{ "I/O window 1:", WINDOW_IO_1 },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (line_begins(line, names[i].name)) {
			told_window(&told->windows[names[i].kind], line,
				    line->text + strlen(names[i].name), number);
			return true;
		}
	return false;
}

/*
 * What lspci complains of: "!!! Unknown header type 7f", without the bit of multi-function devices.
 * It prints this line, too, where it takes the ids and the revision from the kernel.
 */
static void told_complaint(struct told *told, const struct line *line, uint32_t number)
{
	static const char unknown_type[] = "!!! Unknown header type ";
	static const char header_type[] = " for header type ";
	const char *text = line_find(line, header_type);
	unsigned int type;

	if (line_begins(line, "!!! Unknown ") && line_find(line, "range types"))
		told->windows_unclear = true;
	if (line_begins(line, "!!! Invalid class ") && text &&
	    line_hex(line, text + strlen(header_type), 2, &type))
		told_bytes(told, CFG_HEADER_TYPE, 1, type, number);
	if (!line_begins(line, unknown_type) ||
	    !line_hex(line, line->text + strlen(unknown_type), 2, &type))
		return;
	if (type == HEADER_MASK)
		told->silent_line = number;
	else
		told_bytes(told, CFG_HEADER_TYPE, 1, type, number);
}

void told_line(struct told *told, const struct line *line, uint32_t number)
{
	unsigned int vendor, device;

	if (told_extended_line(told, line, number))
		return;
	if (told->capability_id == CAP_ID_EA)
		told_allocation_line(told, line, number);
	switch (line->text[0]) {
	case '!':
		told_complaint(told, line, number);
		break;
	case 'B':
		if (line_begins(line, "Bus: primary=")) {
			told_buses(told, line, number);
		} else if (line_begins(line, "BridgeCtl:")) {
			told->control = LINE_BITS(line, bridge_control_bits);
			told->control_told = true;
		}
		break;
	case 'C':
		if (line_begins(line, "Control: I/O"))
			told_bytes(told, CFG_COMMAND, 2, LINE_BITS(line, command_bits), number);
		else if (line_begins(line, "Capabilities: "))
			told_capability(told, line, number);
		break;
	case 'F':
		if (line_begins(line, "Flags: ") && line_find(line, " devsel")) {
			told->flags = true;
			told->flags_line = number;
			told->bus_master = !!line_find(line, "bus master");
		}
		break;
	case 'I':
	case 'M':
		told_windows(told, line, number);
		break;
	case 'L':
		if (line_begins(line, "LnkCap:"))
			told_link(told, line, 0x0c, number);
		else if (line_begins(line, "LnkSta:"))
			told_link(told, line, 0x12, number);
		/* before lspci 3.0 */
		else if (line_begins(line, "Link: Supported Speed"))
			told_link(told, line, 0x0c, number);
		else if (line_begins(line, "Link: Speed"))
			told_link(told, line, 0x12, number);
		break;
	case 'P':
		if (line_begins(line, "PriDiscTmr") && told->control_told)
			told_bytes(told, CFG_BRIDGE_CONTROL, 2,
				   told->control | LINE_BITS(line, bridge_timer_bits), number);
		else if (line_begins(line, "PBA: "))
			told_msix_table(told, line, 8, number);
		else
			told_windows(told, line, number);
		break;
	case 'S':
		if (line_begins(line, "Status: Cap"))
			told_bytes(told, CFG_STATUS, 2, LINE_BITS(line, status_bits), number);
		else if (line_begins(line, "Status: D"))
			told_power(told, line, number);
		else if (line_begins(line, "Subsystem: ") && told->class != CLASS_PCI_BRIDGE &&
			 line_ids(line, &vendor, &device))
			told_bytes(told, told->class == CLASS_CARDBUS_BRIDGE ?
				   CFG_CARDBUS_SUBSYSTEM_VENDOR : CFG_SUBSYSTEM_VENDOR, 4,
				   vendor | device << 16, number);
		break;
	case 'V':
		if (line_begins(line, "Vector table: "))
			told_msix_table(told, line, 4, number);
		break;
	}
}

/*
 * lspci -v does not print the command register, but says of each region whether it is
 * disabled; where there is no region of a kind, its bit decides nothing.
 */
static void command_of_regions(struct told *told, const struct region *regions,
			       unsigned int count)
{
	unsigned int command = told->bus_master ? 4 : 0;

	for (unsigned int i = 0; i < count; i++)
		if (regions[i].index != BAR_ROM && !regions[i].disabled && !regions[i].virtual)
			command |= regions[i].space == SPACE_IO ? 1 : 2;
	told_bytes(told, CFG_COMMAND, 2, command, told->flags_line);
}

void told_finish(struct told *told, const struct region *regions, unsigned int count)
{
	uint32_t number = told->origin_count ? told->origins[0].line : 0;
	bool bridge = bit_is_set(told->present, CFG_PRIMARY);
	/* lspci -k has some of these lines, too */
	bool verbose = told->flags || bit_is_set(told->present, CFG_COMMAND);

	if (verbose) {
		/* it says when a programming interface is not 0 */
		if (told->class_told && !bit_is_set(told->present, CFG_CLASS))
			told_bytes(told, CFG_CLASS, 1, 0, number);
		if (!bridge && !bit_is_set(told->present, CFG_HEADER_TYPE) &&
		    told->class != CLASS_PCI_BRIDGE && told->class != CLASS_CARDBUS_BRIDGE)
			told_bytes(told, CFG_HEADER_TYPE, 1, 0, number);
		/* a bridge's windows need the bits as well, and no region says what they are */
		if (!bridge && !bit_is_set(told->present, CFG_COMMAND))
			command_of_regions(told, regions, count);
	}
	if (told->capabilities_told) {
		if (!bit_is_set(told->present, told->capability_link))
			told_bytes(told, told->capability_link, 1, 0, number);
		if (!bit_is_set(told->present, CFG_STATUS))
			told_bytes(told, CFG_STATUS, 2, STATUS_CAPABILITIES, number);
	}
	/* old versions do not print a window that is closed */
	for (enum window_kind kind = 0; verbose && bridge && kind < WINDOWS; kind++)
		if (!told->windows[kind].told && !told->windows[kind].unclear &&
		    !told->windows_unclear)
			told->windows[kind] = (struct told_window) {
				.told = true, .assumed = true, .line = number,
			};
}
