// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/configspace.h"

#include <string.h>

#include "pciaddr/pcispec.h"

#define BARS_MAX (BAR_ROM + 1)

static bool byte_present(const struct pci_function *function, unsigned int offset)
{
	if (offset >= function->config_length)
		return false;
	return !function->present || function->present[offset / 8] >> (offset % 8) & 1;
}

bool config_read(const struct pci_function *function, unsigned int offset, unsigned int size,
		 uint32_t *value)
{
	uint32_t result = 0;

	for (unsigned int i = 0; i < size; i++) {
		if (!byte_present(function, offset + i))
			return false;
		result |= (uint32_t)function->config[offset + i] << (8 * i);
	}
	*value = result;
	return true;
}

unsigned int config_capability(const struct pci_function *function, uint8_t id, bool *known)
{
	unsigned int pointer = function->header_type == HEADER_CARDBUS ?
		CFG_CARDBUS_CAPABILITIES : CFG_CAPABILITIES;
	uint32_t status, position, capability;

	*known = true;
	if (!config_read(function, CFG_STATUS, 2, &status)) {
		*known = false;
		return 0;
	}
	if (!(status & STATUS_CAPABILITIES))
		return 0;
	if (!config_read(function, pointer, 1, &position)) {
		*known = false;
		return 0;
	}
	/* at most one capability for each four bytes: a list that is a ring ends too */
	for (int left = 48; left && (position &= 0xfc) >= 0x40; left--) {
		if (!config_read(function, position, 2, &capability)) {
			*known = false;
			return 0;
		}
		if ((capability & 0xff) == 0xff)
			break;
		if ((capability & 0xff) == id)
			return position;
		position = capability >> 8;
	}
	return 0;
}

struct bar *function_bar(const struct pci_function *function, unsigned int index)
{
	for (unsigned int i = 0; i < function->bar_count; i++)
		if (function->bars[i].index == index)
			return &function->bars[i];
	return NULL;
}

struct bar *function_add_bar(struct machine *machine, struct pci_function *function,
			     unsigned int index)
{
	struct bar *bars = arena_alloc(&machine->arena,
				       (function->bar_count + 1u) * sizeof(*bars));
	unsigned int place = 0;

	while (place < function->bar_count && function->bars[place].index < index)
		place++;
	if (function->bar_count) {
		memcpy(bars, function->bars, place * sizeof(*bars));
		memcpy(bars + place + 1, function->bars + place,
		       (function->bar_count - place) * sizeof(*bars));
	}
	function->bars = bars;
	function->bar_count++;
	bars[place].index = (uint8_t)index;
	bars[place].state = BAR_UNASSIGNED;
	return &bars[place];
}

/* A driver or firmware that was stopped while it asked for the size leaves all address bits 1. */
static bool is_address(uint64_t address, uint64_t mask)
{
	return address && (address & mask) != mask;
}

static unsigned int decode_bar(const struct pci_function *function, unsigned int index,
			       unsigned int last, struct bar *bar)
{
	uint32_t low, high;
	uint64_t mask;

	if (!config_read(function, CFG_BAR0 + 4 * index, 4, &low))
		return 0;
	bar->index = (uint8_t)index;
	bar->register_known = true;
	if (low & BAR_IO) {
		bar->space = SPACE_IO;
		bar->register_address = low & BAR_IO_MASK;
		mask = BAR_IO_MASK;
	} else {
		bar->space = SPACE_MEMORY;
		bar->prefetchable = low & BAR_PREFETCH;
		bar->register_address = low & BAR_MEMORY_MASK;
		mask = BAR_MEMORY_MASK;
		if ((low & BAR_MEMORY_TYPE) == BAR_MEMORY_64BIT && index < last) {
			bar->is_64bit = true;
			if (!config_read(function, CFG_BAR0 + 4 * (index + 1), 4, &high))
				return 2;
			bar->register_address |= (uint64_t)high << 32;
			mask |= 0xffffffffull << 32;
		}
	}
	bar->state = is_address(bar->register_address, mask) ? BAR_ASSIGNED : BAR_UNASSIGNED;
	bar->range.first = bar->range.last = bar->register_address;
	return bar->is_64bit ? 2 : 1;
}

/* A register of which no bit is set may as well not be there: no BAR, says PCI 3.0, 6.2.5.1. */
static bool bar_exists(const struct bar *bar)
{
	return bar->register_known &&
		(bar->register_address || bar->space == SPACE_IO || bar->is_64bit ||
		 bar->prefetchable);
}

/*
 * IDE in compatibility mode answers at the ISA addresses, whatever the registers hold
 * (PCI IDE Controller Specification 1.0, 2.4).
 */
static bool is_legacy_ide_bar(const struct pci_function *function, unsigned int index)
{
	if (!function->class_known || function->class >> 8 != CLASS_IDE || index > 3)
		return false;
	return !(function->class & (index < 2 ? 0x01 : 0x04));
}

static struct bar legacy_ide_bar(unsigned int index)
{
	static const struct range ranges[] = {
		{ 0x1f0, 0x1f7 }, { 0x3f6, 0x3f6 }, { 0x170, 0x177 }, { 0x376, 0x376 },
	};

	return (struct bar) {
		.index = (uint8_t)index,
		.space = SPACE_IO,
		.state = BAR_ASSIGNED,
		.size_known = true,
		.fixed_legacy = true,
		.range = ranges[index],
	};
}

static unsigned int decode_bars(const struct pci_function *function, struct bar *bars)
{
	unsigned int count = 0, end;

	switch (function->header_type) {
	case HEADER_DEVICE:
		end = 6;
		break;
	case HEADER_BRIDGE:
		end = 2;
		break;
	case HEADER_CARDBUS:
		end = 1;
		break;
	default:
		return 0;
	}
	for (unsigned int index = 0; index < end;) {
		struct bar bar = { 0 };
		unsigned int registers = decode_bar(function, index, end - 1, &bar);

		if (is_legacy_ide_bar(function, index))
			bars[count++] = legacy_ide_bar(index);
		else if (bar_exists(&bar))
			bars[count++] = bar;
		index += registers ? registers : 1;
	}
	return count;
}

static unsigned int decode_rom(const struct pci_function *function, struct bar *bar)
{
	uint32_t value;

	if (function->header_type > HEADER_BRIDGE ||
	    !config_read(function, function->header_type == HEADER_BRIDGE ?
			 CFG_BRIDGE_ROM : CFG_ROM, 4, &value) || !value)
		return 0;
	*bar = (struct bar) {
		.index = BAR_ROM,
		.space = SPACE_MEMORY,
		.register_known = true,
		.register_address = value & ROM_MASK,
		.not_decoded = !(value & ROM_ENABLE),
		.range = { value & ROM_MASK, value & ROM_MASK },
	};
	bar->state = is_address(bar->register_address, ROM_MASK) ? BAR_ASSIGNED : BAR_UNASSIGNED;
	return 1;
}

static void set_window(struct window *window, uint64_t base, uint64_t limit)
{
	window->range.first = base;
	window->range.last = limit;
	window->state = base <= limit ? WINDOW_OPEN : WINDOW_CLOSED;
}

/*
 * A window whose base and limit have no address bit set is taken as closed: a bridge without
 * this window reads so (PCI-to-PCI Bridge Architecture 1.2, 3.2.5.6 and 9), and so does one
 * that nobody has programmed since reset.  What lies at address 0 is never a bridge's.
 */
static void decode_io_window(const struct pci_function *function, struct window *window)
{
	uint32_t registers, high = 0;
	uint32_t base, limit;

	if (!config_read(function, CFG_IO_BASE, 2, &registers))
		return;
	base = (registers & 0xf0) << 8;
	limit = (registers & 0xf000) | 0xfff;
	if ((registers & IO_WINDOW_TYPE) == IO_WINDOW_32BIT) {
		if (!config_read(function, CFG_IO_BASE_HIGH, 4, &high))
			return;
		base |= (high & 0xffff) << 16;
		limit |= high & 0xffff0000;
	}
	if (!(registers & 0xf0f0) && !high)
		window->state = WINDOW_CLOSED;
	else
		set_window(window, base, limit);
}

static void decode_memory_window(const struct pci_function *function, struct window *window)
{
	uint32_t registers;

	if (!config_read(function, CFG_MEMORY_BASE, 4, &registers))
		return;
	if (!(registers & 0xfff0fff0))
		window->state = WINDOW_CLOSED;
	else
		set_window(window, (registers & 0xfff0) << 16, (registers & 0xfff00000) | 0xfffff);
}

static void decode_prefetchable_window(const struct pci_function *function,
				       struct window *window)
{
	uint32_t registers, base_high = 0, limit_high = 0;

	if (!config_read(function, CFG_PREFETCH_BASE, 4, &registers))
		return;
	if ((registers & 0xf) == PREFETCH_64BIT &&
	    (!config_read(function, CFG_PREFETCH_BASE_HIGH, 4, &base_high) ||
	     !config_read(function, CFG_PREFETCH_LIMIT_HIGH, 4, &limit_high)))
		return;
	if (!(registers & 0xfff0fff0) && !base_high && !limit_high)
		window->state = WINDOW_CLOSED;
	else
		set_window(window, (registers & 0xfff0) << 16 | (uint64_t)base_high << 32,
			   (registers & 0xfff00000) | 0xfffff | (uint64_t)limit_high << 32);
}

/* PC Card Standard 8.0, volume 7: both registers name the first byte of the last unit. */
static void decode_cardbus_window(const struct pci_function *function, struct window *window,
				  unsigned int base_register, uint32_t unit)
{
	uint32_t base, limit;

	if (!config_read(function, base_register, 4, &base) ||
	    !config_read(function, base_register + 4, 4, &limit))
		return;
	base &= ~(unit - 1);
	limit |= unit - 1;
	/* I/O registers of 16-bit bridges have nothing above; base 0 stands for closed */
	if (!base)
		window->state = WINDOW_CLOSED;
	else
		set_window(window, base, limit);
}

static void decode_cardbus_windows(const struct pci_function *function, struct bridge *bridge)
{
	decode_cardbus_window(function, &bridge->windows[WINDOW_MEMORY],
			      CFG_CARDBUS_MEMORY_BASE, 0x1000);
	decode_cardbus_window(function, &bridge->windows[WINDOW_MEMORY_1],
			      CFG_CARDBUS_MEMORY_BASE + 8, 0x1000);
	decode_cardbus_window(function, &bridge->windows[WINDOW_IO], CFG_CARDBUS_IO_BASE, 4);
	decode_cardbus_window(function, &bridge->windows[WINDOW_IO_1],
			      CFG_CARDBUS_IO_BASE + 8, 4);
	bridge->windows[WINDOW_PREFETCHABLE].state = WINDOW_CLOSED;
}

static struct bridge *decode_bridge(struct machine *machine, const struct pci_function *function)
{
	struct bridge *bridge;
	uint32_t value;

	if (function->header_type != HEADER_BRIDGE && function->header_type != HEADER_CARDBUS)
		return NULL;
	bridge = arena_alloc(&machine->arena, sizeof(*bridge));
	bridge->cardbus = function->header_type == HEADER_CARDBUS;
	bridge->subtractive = function->class_known &&
		function->class == (CLASS_PCI_BRIDGE << 8 | PROGIF_SUBTRACTIVE);
	if (config_read(function, CFG_PRIMARY, 4, &value)) {
		bridge->buses_known = true;
		bridge->primary = value & 0xff;
		bridge->secondary = value >> 8 & 0xff;
		bridge->subordinate = value >> 16 & 0xff;
	}
	if (config_read(function, CFG_BRIDGE_CONTROL, 2, &value)) {
		bridge->control_known = true;
		bridge->control = (uint16_t)value;
	}
	if (bridge->cardbus) {
		decode_cardbus_windows(function, bridge);
		return bridge;
	}
	decode_io_window(function, &bridge->windows[WINDOW_IO]);
	decode_memory_window(function, &bridge->windows[WINDOW_MEMORY]);
	decode_prefetchable_window(function, &bridge->windows[WINDOW_PREFETCHABLE]);
	bridge->windows[WINDOW_IO_1].state = WINDOW_CLOSED;
	bridge->windows[WINDOW_MEMORY_1].state = WINDOW_CLOSED;
	return bridge;
}

struct ea_entry {
	unsigned int bar_indicator;
	unsigned int properties;
	struct range range;
};

enum {
	EA_BAR_LAST = 5,
	EA_BEHIND_BRIDGE = 6,
	EA_ROM = 8,
	EA_MEMORY = 0x00,
	EA_MEMORY_PREFETCHABLE = 0x01,
	EA_IO = 0x02,
	EA_BRIDGE_MEMORY = 0x05,
	EA_BRIDGE_PREFETCHABLE = 0x06,
	EA_BRIDGE_IO = 0x07,
	EA_UNAVAILABLE = 0xff,
};

/* One entry of 2 to 5 double words; returns its length in bytes, 0 when it is malformed. */
static unsigned int read_ea_entry(const struct pci_function *function, unsigned int offset,
				  struct ea_entry *entry, bool *enabled)
{
	uint32_t first, base, top, high;
	unsigned int length, next = offset + 12;

	if (!config_read(function, offset, 4, &first) ||
	    !config_read(function, offset + 4, 4, &base) ||
	    !config_read(function, offset + 8, 4, &top))
		return 0;
	length = 4 + 4 * (first & 7);
	entry->bar_indicator = first >> 4 & 0xf;
	entry->properties = first >> 8 & 0xff;
	if (entry->properties > EA_BRIDGE_IO)
		entry->properties = first >> 16 & 0xff;
	*enabled = first >> 31;
	entry->range.first = base & ~3u;
	entry->range.last = (top & ~3u) | 3;
	if (base & 2) {
		if (!config_read(function, next, 4, &high))
			return 0;
		entry->range.first |= (uint64_t)high << 32;
		next += 4;
	}
	if (top & 2) {
		if (!config_read(function, next, 4, &high))
			return 0;
		entry->range.last |= (uint64_t)high << 32;
		next += 4;
	}
	if (next > offset + length || entry->range.last > UINT64_MAX - entry->range.first)
		return 0;
	entry->range.last += entry->range.first;
	return length;
}

static void apply_ea_entry(struct machine *machine, struct pci_function *function,
			   const struct ea_entry *entry)
{
	unsigned int index = entry->bar_indicator == EA_ROM ? BAR_ROM : entry->bar_indicator;
	struct bar *bar;

	if (function->bridge && entry->bar_indicator == EA_BEHIND_BRIDGE) {
		enum window_kind kind = entry->properties == EA_BRIDGE_IO ? WINDOW_IO :
			entry->properties == EA_BRIDGE_PREFETCHABLE ? WINDOW_PREFETCHABLE :
			WINDOW_MEMORY;

		function->bridge->windows[kind].state = WINDOW_OPEN;
		function->bridge->windows[kind].range = entry->range;
		return;
	}
	if ((entry->bar_indicator > EA_BAR_LAST && entry->bar_indicator != EA_ROM) ||
	    entry->properties > EA_IO)
		return;
	bar = function_bar(function, index);
	if (!bar)
		bar = function_add_bar(machine, function, index);
	bar->space = entry->properties == EA_IO ? SPACE_IO : SPACE_MEMORY;
	bar->prefetchable = entry->properties == EA_MEMORY_PREFETCHABLE;
	bar->is_64bit = entry->range.last > UINT32_MAX;
	bar->enhanced = true;
	bar->register_known = true;
	bar->register_address = entry->range.first;
	bar->state = BAR_ASSIGNED;
	bar->size_known = true;
	bar->not_decoded = false;
	bar->range = entry->range;
}

/* PCI Express Base 5.0, 7.8.5 */
static void decode_enhanced_allocation(struct machine *machine, struct pci_function *function)
{
	bool known;
	unsigned int offset = config_capability(function, CAP_ID_EA, &known);
	uint32_t count;

	if (!offset || !config_read(function, offset + 2, 1, &count))
		return;
	offset += function->header_type == HEADER_BRIDGE ? 8 : 4;
	for (count &= 0x3f; count; count--) {
		struct ea_entry entry;
		bool enabled = false;
		unsigned int length = read_ea_entry(function, offset, &entry, &enabled);

		if (!length)
			return;
		if (enabled)
			apply_ea_entry(machine, function, &entry);
		offset += length;
	}
}

static void decode_subsystem(struct pci_function *function)
{
	uint32_t value;
	unsigned int offset = CFG_SUBSYSTEM_VENDOR;
	bool known;

	if (function->header_type == HEADER_BRIDGE) {
		offset = config_capability(function, CAP_ID_SUBSYSTEM, &known);
		if (!offset) {
			function->subsystem_known = known;
			return;
		}
		offset += 4;
	} else if (function->header_type == HEADER_CARDBUS) {
		offset = 0x40;
	}
	if (config_read(function, offset, 4, &value)) {
		function->subsystem_known = true;
		function->subsystem_vendor = value & 0xffff;
		function->subsystem = (uint16_t)(value >> 16);
	}
}

void config_decode(struct machine *machine, struct pci_function *function,
		   const uint8_t *bytes, const uint8_t *present, size_t length)
{
	struct bar bars[BARS_MAX];
	unsigned int count;
	uint32_t value;

	function->config = memcpy(arena_alloc(&machine->arena, length), bytes, length);
	function->config_length = (uint16_t)length;
	if (present)
		function->present = memcpy(arena_alloc(&machine->arena, CONFIG_KEPT / 8), present,
					   CONFIG_KEPT / 8);

	if (config_read(function, CFG_VENDOR, 4, &value)) {
		if (value == UINT32_MAX) {
			/* nothing answers; a virtual function reads so too (SR-IOV 1.1, 3.4.1) */
			function->absent = !config_read(function, CFG_COMMAND, 4, &value) ||
				value == UINT32_MAX;
			function->virtual = !function->absent;
		} else {
			function->ids_known = true;
			function->vendor = value & 0xffff;
			function->product = (uint16_t)(value >> 16);
		}
	}
	if (function->absent)
		return;
	if (config_read(function, CFG_REVISION, 4, &value)) {
		function->revision_known = true;
		function->revision = value & 0xff;
		function->class_known = true;
		function->class = value >> 8;
	}
	if (config_read(function, CFG_COMMAND, 2, &value)) {
		function->command_known = true;
		function->command = (uint16_t)value;
	}
	if (!config_read(function, CFG_HEADER_TYPE, 1, &value))
		return;
	function->header_known = true;
	function->header_type = value & HEADER_MASK;
	function->bridge = decode_bridge(machine, function);
	count = decode_bars(function, bars);
	count += decode_rom(function, &bars[count]);
	if (count) {
		function->bars = memcpy(arena_alloc(&machine->arena, count * sizeof(*bars)), bars,
					count * sizeof(*bars));
		function->bar_count = (uint8_t)count;
	}
	decode_enhanced_allocation(machine, function);
	decode_subsystem(function);
}

struct msi_state config_msi(const struct pci_function *function, uint8_t id)
{
	struct msi_state state = { 0 };
	uint32_t control;

	state.offset = config_capability(function, id, &state.known);
	if (!state.offset)
		return state;
	state.present = true;
	if (!config_read(function, state.offset + 2, 2, &control)) {
		state.known = false;
		return state;
	}
	if (id == CAP_ID_MSIX) {
		state.enabled = control >> 15 & 1;
		state.vectors = state.vectors_max = (control & 0x7ff) + 1;
	} else {
		state.enabled = control & 1;
		state.vectors = 1u << (control >> 4 & 7);
		state.vectors_max = 1u << (control >> 1 & 7);
	}
	return state;
}

struct link_state config_link(const struct pci_function *function)
{
	struct link_state state = { 0 };
	uint32_t status;

	state.offset = config_capability(function, CAP_ID_EXPRESS, &state.known);
	if (!state.offset)
		return state;
	state.present = true;
	state.known = config_read(function, state.offset + 0x12, 2, &status);
	if (state.known) {
		state.speed = status & 0xf;
		state.width = status >> 4 & 0x3f;
	}
	return state;
}

const char *link_speed_name(unsigned int speed)
{
	static const char *const names[] = {
		[1] = "2.5GT/s", [2] = "5GT/s", [3] = "8GT/s",
		[4] = "16GT/s", [5] = "32GT/s", [6] = "64GT/s",
	};

	return speed < sizeof(names) / sizeof(names[0]) ? names[speed] : NULL;
}
