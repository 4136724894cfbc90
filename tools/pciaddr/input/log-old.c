// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What kernels before 2.6.34 say of BARs and windows, in words of their own:
 *
 *	pci 0000:00:02.0: reg 10 32bit mmio pref: [0xe0000000-0xe0ffffff]
 *	pci 0000:00:1c.0: bridge io port: [0x2000-0x2fff]
 *	pci 0000:00:1c.0: PCI bridge, secondary bus 0000:02
 *	pci 0000:00:1c.0:   IO window: 0x2000-0x2fff
 *	pci 0000:01:00.0: BAR 6: can't allocate mem resource [0xd8000000-0xd801ffff]
 *
 * and, before 2.6.28, without a slot in front:
 *
 *	PCI: Bridge: 0000:00:1e.0
 *	  MEM window: f4000000-f5ffffff
 *	PCI: Failed to allocate mem resource #6:20000@d8000000 for 0000:01:00.0
 */
#include "pciaddr/input/log-told.h"

#include <string.h>

#include "common/numbers.h"
#include "pciaddr/model/slot.h"

/* "0x2000-0x2fff", "2000, 2fff" */
static const char *read_range(const char *text, struct printed_resource *printed)
{
	text = log_read_hex(text, &printed->range.first);
	if (!text)
		return NULL;
	if (*text == '-')
		text++;
	else if (log_after(text, ", "))
		text += 2;
	else
		return NULL;
	text = log_read_hex(text, &printed->range.last);
	if (!text)
		return NULL;
	log_set_range(printed);
	return text;
}

const char *log_read_old_resource(const char *text, struct printed_resource *printed)
{
	static const struct {
		const char *words;
		enum space space;
		bool is_64bit, prefetchable;
	} types[] = {
		{ "io port: ", SPACE_IO, false, false },
		{ "32bit mmio: ", SPACE_MEMORY, false, false },
		{ "32bit mmio pref: ", SPACE_MEMORY, false, true },
		{ "64bit mmio: ", SPACE_MEMORY, true, false },
		{ "64bit mmio pref: ", SPACE_MEMORY, true, true },
		/* of a bus */
		{ "io: ", SPACE_IO, false, false },
		{ "mem: ", SPACE_MEMORY, false, false },
		{ "pref mem ", SPACE_MEMORY, false, true },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const char *rest = log_after(text, types[i].words);

		if (!rest)
			continue;
		*printed = (struct printed_resource) {
			.space = types[i].space, .is_64bit = types[i].is_64bit,
			.prefetchable = types[i].prefetchable,
		};
		while (*rest == ' ')
			rest++;
		rest = *rest == '[' ? read_range(rest + 1, printed) : NULL;
		return rest && *rest == ']' ? rest + 1 : NULL;
	}
	return NULL;
}

/* As the scan found it: "reg 10 io port: [0x2000-0x20ff]", "bridge io port: [0x2000-0x2fff]" */
static bool found(struct told_line *line, const char *text)
{
	struct item_name name = { .kind = NAME_WINDOW };
	const char *rest = log_after(text, "bridge ");
	struct printed_resource printed;

	if (!rest) {
		rest = log_after(text, "reg ") ? log_read_name(text, &name) : NULL;
		rest = rest && *rest == ' ' ? rest + 1 : NULL;
	}
	if (!rest || !log_read_old_resource(rest, &printed))
		return false;
	if (name.kind == NAME_WINDOW)
		log_take_bridge(line);
	log_set_address(line, log_take(line, &name, &printed), &printed, LOG_FOUND);
	return true;
}

static void begin_windows(struct told_line *line)
{
	struct log_function *bridge = log_take_bridge(line);

	bridge->gone = false;
	log_facts_close_windows(line->facts, bridge);
}

/* "PCI bridge, secondary bus 0000:02": the last bus below it is not told */
static bool secondary_bus(struct told_line *line, const char *text)
{
	const char *rest = log_after(text, "PCI bridge, secondary bus ");
	struct log_function *bridge;
	uint64_t domain, bus;

	if (!rest)
		rest = log_after(text, "CardBus bridge, secondary bus ");
	if (!rest)
		return false;
	rest = log_read_hex(rest, &domain);
	if (!rest || *rest != ':' || !log_read_hex(rest + 1, &bus) || bus > UINT8_MAX ||
	    bus <= line->slot.bus)
		return true;
	begin_windows(line);
	log_facts_set_buses(line->facts, &line->slot, (uint8_t)bus, (uint8_t)bus);
	bridge = log_facts_function(line->facts, &line->slot);
	bridge->secondary_only = true;
	return true;
}

/* "IO window: 0x2000-0x2fff", "PREFETCH window: disabled." */
static bool window(struct told_line *line, const char *text)
{
	static const struct {
		const char *words;
		enum space space;
		bool prefetchable;
	} kinds[] = {
		{ "IO window: ", SPACE_IO, false },
		{ "MEM window: ", SPACE_MEMORY, false },
		{ "PREFETCH window: ", SPACE_MEMORY, true },
	};
	const struct item_name name = { .kind = NAME_WINDOW };
	const struct log_function *bridge = log_facts_function(line->facts, &line->slot);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct printed_resource printed = {
			.space = kinds[i].space, .prefetchable = kinds[i].prefetchable,
		};
		const char *rest = log_after(text, kinds[i].words);

		if (!rest)
			continue;
		/* a line of another program's */
		if (bridge && bridge->is_bridge && read_range(rest, &printed))
			log_set_address(line, log_take(line, &name, &printed), &printed,
					LOG_ASSIGNED);
		return true;
	}
	return false;
}

static void no_place(struct told_line *line, const struct item_name *name,
		     const struct printed_resource *printed)
{
	struct log_resource *resource = log_take(line, name, printed);

	resource->failures++;
	log_set_outcome(line, resource, LOG_NO_SPACE);
}

/* "BAR 6: can't allocate mem resource [0xd8000000-0xd801ffff]" */
static bool not_allocated(struct told_line *line, const char *text)
{
	static const char words[] = ": can't allocate ";
	struct printed_resource printed = { .space = SPACE_MEMORY };
	struct item_name name;
	const char *rest = log_after(text, "BAR ") ? log_read_name(text, &name) : NULL;

	rest = rest ? log_after(rest, words) : NULL;
	if (!rest)
		return false;
	if (log_after(rest, "io ") || log_after(rest, "I/O "))
		printed.space = SPACE_IO;
	rest = strchr(rest, '[');
	if (rest && read_range(rest + 1, &printed))
		no_place(line, &name, &printed);
	return true;
}

bool log_old_function_line(struct told_line *line, const char *text)
{
	if (log_after(text, "transparent bridge")) {
		log_take_bridge(line)->subtractive = true;
		return true;
	}
	return found(line, text) || secondary_bus(line, text) || window(line, text) ||
		not_allocated(line, text);
}

/* "mem resource #6:20000@d8000000 for 0000:01:00.0" */
static void failed_to_allocate(struct told_line *line, const char *text)
{
	struct printed_resource printed = { .space = SPACE_MEMORY };
	const char *number = strstr(text, " resource #"), *slot = strstr(text, " for ");
	struct item_name name = { .kind = NAME_BAR };

	if (log_after(text, "io ") || log_after(text, "I/O "))
		printed.space = SPACE_IO;
	number = number ? log_read_decimal(number + 11, 16, &name.number) : NULL;
	if (!number || *number != ':' || !log_read_hex(number + 1, &printed.size) || !slot ||
	    slot_parse(slot + 5, strlen(slot + 5), &line->slot) <= 0)
		return;
	if (name.number > LOG_ITEM_ROM)
		name.kind = NAME_NUMBER;
	no_place(line, &name, &printed);
}

bool log_old_line(struct told_line *line, const char *text)
{
	const char *rest = log_after(text, "PCI: Bridge: ");

	if (rest) {
		line->facts->old_bridge_open = slot_parse(rest, strlen(rest), &line->slot) > 0;
		if (!line->facts->old_bridge_open)
			return true;
		line->facts->old_bridge = line->slot;
		begin_windows(line);
		return true;
	}
	rest = log_after(text, "PCI: Failed to allocate ");
	if (rest) {
		failed_to_allocate(line, rest);
		return true;
	}
	if (line->facts->old_bridge_open) {
		line->slot = line->facts->old_bridge;
		line->facts->old_bridge_open = window(line, text);
		return line->facts->old_bridge_open;
	}
	return false;
}
