// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/dump-registers.h"

#include <stdio.h>
#include <string.h>

#include "common/numbers.h"
#include "pciaddr/model/pcispec.h"

static bool begins(const struct line *line, const char *prefix)
{
	size_t length = strlen(prefix);

	return line->length >= length && !memcmp(line->text, prefix, length);
}

static const char *find(const struct line *line, const char *text)
{
	return memmem(line->text, line->length, text, strlen(text));
}

/* @count hexadecimal digits at @text, and no more; false when there are others. */
static bool hex_at(const struct line *line, const char *text, unsigned int count,
		   unsigned int *value)
{
	const char *end = line->text + line->length;

	*value = 0;
	if (end - text < (ptrdiff_t)count)
		return false;
	for (unsigned int i = 0; i < count; i++) {
		int digit = hex_digit(text[i]);

		if (digit < 0)
			return false;
		*value = *value << 4 | (unsigned int)digit;
	}
	return text + count == end || hex_digit(text[count]) < 0;
}

/* The decimal number behind @name, or -1. */
static long number_behind(const struct line *line, const char *name)
{
	const char *text = find(line, name), *end = line->text + line->length;
	long value = 0;
	unsigned int digits = 0;

	if (!text)
		return -1;
	for (text += strlen(name); text < end && *text >= '0' && *text <= '9'; text++) {
		value = value * 10 + (*text - '0');
		if (++digits > 6)
			return -1;
	}
	return digits ? value : -1;
}

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

/* "I/O+ Mem-": the sign behind the name; false when the name is not there. */
static bool sign_behind(const struct line *line, const char *name, bool *set)
{
	const char *text = find(line, name), *end = line->text + line->length;

	if (!text || text + strlen(name) >= end)
		return false;
	text += strlen(name);
	if (*text != '+' && *text != '-')
		return false;
	*set = *text == '+';
	return true;
}

struct bit_name {
	const char *name;
	uint16_t bit;
};

/* The bits whose names are there. */
static uint16_t signed_bits(const struct line *line, const struct bit_name *names, size_t count)
{
	uint16_t value = 0;
	bool set;

	for (size_t i = 0; i < count; i++)
		if (sign_behind(line, names[i].name, &set) && set)
			value |= names[i].bit;
	return value;
}

#define SIGNED_BITS(line, names) signed_bits(line, names, sizeof(names) / sizeof(names[0]))

static const struct bit_name command_bits[] = {
	{ "I/O", 0x001 }, { "Mem", 0x002 }, { "BusMaster", 0x004 }, { "SpecCycle", 0x008 },
	{ "MemWINV", 0x010 }, { "VGASnoop", 0x020 }, { "ParErr", 0x040 }, { "Stepping", 0x080 },
	{ "SERR", 0x100 }, { "FastB2B", 0x200 }, { "DisINTx", 0x400 },
};

static const struct bit_name status_bits[] = {
	{ "INTx", 0x0008 }, { "Cap", STATUS_CAPABILITIES }, { "66MHz", 0x0020 },
	{ "UDF", 0x0040 }, { "FastB2B", 0x0080 }, { "ParErr", 0x0100 }, { ">TAbort", 0x0800 },
	{ "<TAbort", 0x1000 }, { "<MAbort", 0x2000 }, { ">SERR", 0x4000 }, { "<PERR", 0x8000 },
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
	{ "Host bridge:", 0x0600 },
	{ "ISA bridge:", 0x0601 },
	{ "PCI bridge:", 0x0604 },
	{ "CardBus bridge:", 0x0607 },
	{ "Semi-transparent PCI-to-PCI bridge:", 0x0609 },
	{ "IDE interface:", 0x0101 },
	{ "VGA compatible controller:", 0x0300 },
	{ "SATA controller:", 0x0106 },
	{ "USB controller:", 0x0c03 },
	{ "USB Controller:", 0x0c03 },
	{ "Ethernet controller:", 0x0200 },
	{ "Non-Volatile memory controller:", 0x0108 },
};

/* "Name [0601]:", "0601:", or a name that is known */
static bool parse_class(const struct line *line, unsigned int *class)
{
	const char *colon = find(line, "]:");

	if (colon && colon - line->text >= 5 && colon[-5] == '[' &&
	    hex_at(line, colon - 4, 4, class))
		return true;
	if (line->length > 4 && line->text[4] == ':' && hex_at(line, line->text, 4, class))
		return true;
	/* lspci without names, of an old version */
	if (begins(line, "Class ") && hex_at(line, line->text + 6, 4, class))
		return true;
	for (size_t i = 0; i < sizeof(class_names) / sizeof(class_names[0]); i++)
		if (begins(line, class_names[i].name)) {
			*class = class_names[i].class;
			return true;
		}
	return false;
}

/* The last "[8086:7000]" of the line, or " 8086:7000" of lspci -n. */
static bool parse_ids(const struct line *line, unsigned int *vendor, unsigned int *device)
{
	bool found = false;

	for (size_t i = 0; i + 10 <= line->length; i++) {
		const char *text = line->text + i;
		unsigned int first, second;
		bool bracketed = text[0] == '[';

		if ((!bracketed && (text[0] != ' ' || found)) || text[5] != ':' ||
		    !hex_at(line, text + 1, 4, &first) ||
		    !hex_at(line, text + 6, 4, &second))
			continue;
		if (i + 10 < line->length ? text[10] == (bracketed ? ']' : ' ') : !bracketed) {
			*vendor = first;
			*device = second;
			found = true;
			i += 9;
		}
	}
	return found;
}

void told_begin(struct told *told)
{
	memset(told, 0, sizeof(*told));
	told->capability_link = CFG_CAPABILITIES;
}

void told_header(struct told *told, const struct line *line, uint32_t number)
{
	unsigned int vendor, device, value;
	const char *revision = find(line, "(rev "), *programming = find(line, "(prog-if ");

	if (parse_class(line, &value)) {
		told->class_told = true;
		told->class = value;
		if (value == CLASS_CARDBUS_BRIDGE)
			told->capability_link = CFG_CARDBUS_CAPABILITIES;
		told_bytes(told, CFG_CLASS + 1, 2, value, number);
	}
	if (parse_ids(line, &vendor, &device))
		told_bytes(told, 0, 4, vendor | device << 16, number);
	if (programming && hex_at(line, programming + 9, 2, &value)) {
		told->programming = (uint8_t)value;
		told_bytes(told, CFG_CLASS, 1, value, number);
	}
	if (!revision)
		told_bytes(told, CFG_REVISION, 1, 0, number);
	else if (hex_at(line, revision + 5, 2, &value))
		told_bytes(told, CFG_REVISION, 1, value, number);
}

static void told_buses(struct told *told, const struct line *line, uint32_t number)
{
	static const char *const names[] = { "primary=", "secondary=", "subordinate=" };

	for (unsigned int i = 0; i < 3; i++) {
		const char *text = find(line, names[i]);
		unsigned int value;

		if (text && hex_at(line, text + strlen(names[i]), 2, &value))
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
	size_t digits = 0;

	while (text < end && *text == ' ')
		text++;
	*window = (struct told_window) {
		.told = true, .line = number, .maybe_kernel = !!find(line, "[size="),
	};
	dash = memchr(text, '-', (size_t)(end - text));
	if (!dash)
		return;
	while (dash + 1 + digits < end && hex_digit(dash[1 + digits]) >= 0)
		digits++;
	if (!parse_hex(text, (size_t)(dash - text), &window->range.first) ||
	    !parse_hex(dash + 1, digits, &window->range.last)) {
		window->told = begins(&(struct line) { text, (size_t)(end - text) }, "[disabled]");
		return;
	}
	window->open = window->range.first <= window->range.last && !find(line, "[disabled]") &&
		(window->range.first || window->range.last);
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
		if (begins(line, names[i].name)) {
			told_window(&told->windows[names[i].kind], line,
				    line->text + strlen(names[i].name), number);
			return true;
		}
	return false;
}

/* How lspci begins the line of each capability. */
static const struct {
	const char *name;
	uint8_t id;
} capability_names[] = {
	{ "Power Management", 0x01 }, { "AGP3", 0x0e }, { "AGP version", 0x02 },
	{ "Vital Product Data", 0x03 }, { "Slot ID:", 0x04 }, { "MSI:", 0x05 },
	{ "Message Signalled Interrupts", 0x05 },
	{ "CompactPCI hot-swap", 0x06 },
	{ "PCI-X", 0x07 }, { "HyperTransport:", 0x08 }, { "Vendor Specific Information", 0x09 },
	{ "Debug port", 0x0a }, { "CompactPCI central", 0x0b }, { "Hot-plug capable", 0x0c },
	{ "Subsystem:", 0x0d }, { "Secure device", 0x0f }, { "Express", 0x10 }, { "MSI-X:", 0x11 },
	{ "SATA HBA", 0x12 }, { "PCI Advanced Features", 0x13 }, { "Enhanced Allocation", 0x14 },
};

static void told_msi(struct told *told, const struct line *line, uint32_t number)
{
	long enabled = number_behind(line, "Count="), possible = -1;
	const char *slash = find(line, "/");
	unsigned int control = 0;
	bool set;

	if (slash) {
		struct line rest = { slash, (size_t)(line->text + line->length - slash) };

		possible = number_behind(&rest, "/");
	}
	if (enabled < 1 || enabled > 32 || possible < 1 || possible > 32 ||
	    !sign_behind(line, "Enable", &set))
		return;
	control |= set;
	while (1l << (control >> 1 & 7) < possible)
		control += 2;
	for (long vectors = 1; vectors < enabled; vectors *= 2)
		control += 0x10;
	if (sign_behind(line, "64bit", &set) && set)
		control |= 0x80;
	if (sign_behind(line, "Maskable", &set) && set)
		control |= 0x100;
	told_bytes(told, told->capability + 2u, 2, control, number);
}

static void told_msix(struct told *told, const struct line *line, uint32_t number)
{
	long count = number_behind(line, "Count=");
	bool enabled, masked = false;

	if (count < 1 || count > 2048 || !sign_behind(line, "Enable", &enabled))
		return;
	sign_behind(line, "Masked", &masked);
	told_bytes(told, told->capability + 2u, 2,
		   (uint32_t)(count - 1) | (masked ? 0x4000u : 0) |
		   (enabled ? 0x8000u : 0), number);
}

/* "Vector table: BAR=3 offset=00000000" */
static void told_msix_table(struct told *told, const struct line *line, unsigned int offset,
			    uint32_t number)
{
	long bar = number_behind(line, "BAR=");
	const char *text = find(line, "offset=");
	unsigned int value;

	if (told->capability_id == 0x11 && bar >= 0 && bar < 6 && text &&
	    hex_at(line, text + 7, 8, &value))
		told_bytes(told, told->capability + offset, 4,
			   (value & ~7u) | (uint32_t)bar, number);
}

/* "Express (v2) Root Port (Slot+), MSI 00" */
static void told_express(struct told *told, const struct line *line, uint32_t number)
{
	static const struct {
		const char *name;
		unsigned int type;
	} types[] = {
		{ "Root Complex Integrated Endpoint", 9 }, { "Root Complex Event Collector", 10 },
		{ "Legacy Endpoint", 1 }, { "Endpoint", 0 }, { "Root Port", 4 },
		{ "Upstream Port", 5 }, { "Downstream Port", 6 },
		{ "PCI-Express to PCI/PCI-X Bridge", 7 }, { "PCI/PCI-X to PCI-Express Bridge", 8 },
	};
	long version = number_behind(line, "(v");
	bool slot = false;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!find(line, types[i].name))
			continue;
		sign_behind(line, "(Slot", &slot);
		/* before version 2 lspci did not print it */
		if (version < 0)
			version = 1;
		told_bytes(told, told->capability + 2u, 2, ((uint32_t)version & 15) |
			   types[i].type << 4 | (slot ? 0x100u : 0), number);
		return;
	}
}

/* "LnkSta: Speed 2.5GT/s (ok), Width x1 (ok)": of the link's register, speed and width */
static void told_link(struct told *told, const struct line *line, unsigned int offset,
		      uint32_t number)
{
	static const char *const speeds[] = { "2.5GT/s", "5GT/s", "8GT/s", "16GT/s", "32GT/s",
					      "64GT/s" };
	const char *speed = find(line, "Speed ");
	long width = number_behind(line, "Width x");

	if (told->capability_id != 0x10 || !speed || width < 0 || width > 32)
		return;
	speed += strlen("Speed ");
	for (unsigned int i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
		struct line rest = { speed, (size_t)(line->text + line->length - speed) };

		if (begins(&rest, speeds[i])) {
			told_bytes(told, told->capability + offset, 2,
				   (i + 1) | (uint32_t)width << 4, number);
			return;
		}
	}
}

/* "Status: D3 NoSoftRst+ PME-Enable-": the power state */
static void told_power(struct told *told, const struct line *line, uint32_t number)
{
	long state = number_behind(line, "Status: D");
	bool set = false;

	if (told->capability_id != 0x01 || state < 0 || state > 3)
		return;
	sign_behind(line, "NoSoftRst", &set);
	told_bytes(told, told->capability + 4u, 1, (uint32_t)state | (set ? 8u : 0), number);
}

/* "Capabilities: [dc] Power Management version 2"; "[100 v1]" is of the extended space */
static void told_capability(struct told *told, const struct line *line, uint32_t number)
{
	const char *text = find(line, "["), *close = find(line, "] ");
	unsigned int offset, vendor, device;
	struct line name;

	told->capability = 0;
	told->capability_id = 0;
	told->capability_seen = true;
	if (!text || !close || close - text != 3 || !hex_at(line, text + 1, 2, &offset) ||
	    offset < 0x40 || offset % 4 || find(line, "<access denied>"))
		return;
	name = (struct line) { close + 2, (size_t)(line->text + line->length - close - 2) };
	told->capability = (uint8_t)offset;
	told_bytes(told, told->capability_link, 1, offset, number);
	told->capability_link = (uint8_t)(offset + 1);
	told->capabilities_told = true;
	for (size_t i = 0; i < sizeof(capability_names) / sizeof(capability_names[0]); i++)
		if (begins(&name, capability_names[i].name)) {
			told->capability_id = capability_names[i].id;
			told_bytes(told, offset, 1, capability_names[i].id, number);
			break;
		}
	switch (told->capability_id) {
	case 0x05:
		told_msi(told, &name, number);
		break;
	case 0x0d:
		if (parse_ids(&name, &vendor, &device))
			told_bytes(told, offset + 4, 4, vendor | device << 16, number);
		break;
	case 0x10:
		told_express(told, &name, number);
		break;
	case 0x11:
		told_msix(told, &name, number);
		break;
	}
}

void told_line(struct told *told, const struct line *line, uint32_t number)
{
	unsigned int vendor, device;

	switch (line->text[0]) {
	case '!':
		if (begins(line, "!!! Unknown ") && find(line, "range types"))
			told->windows_unclear = true;
		break;
	case 'B':
		if (begins(line, "Bus: primary=")) {
			told_buses(told, line, number);
		} else if (begins(line, "BridgeCtl:")) {
			told->control = SIGNED_BITS(line, bridge_control_bits);
			told->control_told = true;
		}
		break;
	case 'C':
		if (begins(line, "Control: I/O"))
			told_bytes(told, CFG_COMMAND, 2, SIGNED_BITS(line, command_bits), number);
		else if (begins(line, "Capabilities: "))
			told_capability(told, line, number);
		break;
	case 'F':
		if (begins(line, "Flags: ") && find(line, " devsel")) {
			told->flags = true;
			told->flags_line = number;
			told->bus_master = !!find(line, "bus master");
		}
		break;
	case 'I':
	case 'M':
		told_windows(told, line, number);
		break;
	case 'L':
		if (begins(line, "LnkCap:"))
			told_link(told, line, 0x0c, number);
		else if (begins(line, "LnkSta:"))
			told_link(told, line, 0x12, number);
		break;
	case 'P':
		if (begins(line, "PriDiscTmr") && told->control_told)
			told_bytes(told, CFG_BRIDGE_CONTROL, 2,
				   told->control | SIGNED_BITS(line, bridge_timer_bits), number);
		else if (begins(line, "PBA: "))
			told_msix_table(told, line, 8, number);
		else
			told_windows(told, line, number);
		break;
	case 'S':
		if (begins(line, "Status: Cap"))
			told_bytes(told, CFG_STATUS, 2, SIGNED_BITS(line, status_bits), number);
		else if (begins(line, "Status: D"))
			told_power(told, line, number);
		else if (begins(line, "Subsystem: ") && told->class != CLASS_PCI_BRIDGE &&
			 parse_ids(line, &vendor, &device))
			told_bytes(told, told->class == CLASS_CARDBUS_BRIDGE ?
				   CFG_CARDBUS_SUBSYSTEM_VENDOR : CFG_SUBSYSTEM_VENDOR, 4,
				   vendor | device << 16, number);
		break;
	case 'V':
		if (begins(line, "Vector table: "))
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
		if (!bridge && told->class != CLASS_PCI_BRIDGE &&
		    told->class != CLASS_CARDBUS_BRIDGE)
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
		if (!told->windows[kind].told && !told->windows_unclear)
			told->windows[kind] = (struct told_window) { .told = true, .line = number };
}
