// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/dump-allocation.h"

#include <string.h>

#include "common/numbers.h"
#include "pciaddr/input/dump-registers.h"
#include "pciaddr/input/dump-words.h"

#define EA_ENABLE	0x80000000u
#define EA_WRITABLE	0x40000000u
#define EA_HIGH		2u	/* of base and offset: its upper half follows */

void told_allocation(struct told *told, const struct line *line, uint32_t number)
{
	long count = line_number(line, "NumEntries="), secondary = line_number(line, "secondary="),
		subordinate = line_number(line, "subordinate=");

	if (count < 0 || count > 0x3f)
		return;
	told_bytes(told, told->capability + 2u, 1, (uint32_t)count, number);
	told->allocation.next = told->capability + 4u;
	/* of a bridge */
	if (secondary >= 0 && secondary <= 0xff && subordinate >= 0 && subordinate <= 0xff) {
		told_bytes(told, told->allocation.next, 2,
			   (uint32_t)(secondary | subordinate << 8), number);
		told->allocation.next += 4;
	}
}

/* "Entry 0: Enable+ Writable- EntrySize=3" */
static void begin_entry(struct told_allocation *entry, const struct line *line, uint32_t number)
{
	long size = line_number(line, "EntrySize=");
	unsigned int offset = entry->next;
	bool enabled = false, writable = false;

	*entry = (struct told_allocation) { .line = number };
	if (!offset || size < 2 || size > 7)
		return;
	line_sign(line, "Enable", &enabled);
	line_sign(line, "Writable", &writable);
	entry->offset = offset;
	entry->header = (uint32_t)size | (enabled ? EA_ENABLE : 0) | (writable ? EA_WRITABLE : 0);
	entry->next = offset + 4 + 4 * (unsigned int)size;
}

/* "BAR 0", "VF-BAR 2", ...: the number in the capability, or that of what is reserved */
static unsigned int bar_indicator(const struct line *line)
{
	long vf_bar = line_number(line, "VF-BAR "), bar = line_number(line, " BAR ");

	if (vf_bar >= 0 && vf_bar <= 5)
		return 9 + (unsigned int)vf_bar;
	if (bar >= 0 && bar <= 5)
		return (unsigned int)bar;
	if (line_find(line, "resource behind function"))
		return 6;
	return line_find(line, "expansion ROM") ? 8 : line_find(line, "not indicated") ? 7 : 15;
}

/* "memory space, prefetchable", "[12]": the number in the capability */
static unsigned int properties(const struct line *line, const char *prefix)
{
	static const struct {
		const char *name;
		unsigned int value;
	} names[] = {
		{ "memory space, non-prefetchable", 0x00 }, { "memory space, prefetchable", 0x01 },
		{ "I/O space resource unavailable", 0xfe }, { "I/O space", 0x02 },
		{ "VF memory space, prefetchable", 0x03 },
		{ "VF memory space, non-prefetchable", 0x04 },
		{ "allocation behind bridge, non-prefetchable memory", 0x05 },
		{ "allocation behind bridge, prefetchable memory", 0x06 },
		{ "allocation behind bridge, I/O space", 0x07 },
		{ "memory space resource unavailable", 0xfd },
	};
	struct line rest = { line->text + strlen(prefix), line->length - strlen(prefix) };
	unsigned int value;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (line_begins(&rest, names[i].name))
			return names[i].value;
	if (line_begins(&rest, "[") && line_hex(&rest, rest.text + 1, 2, &value))
		return value;
	return 0xff;
}

/* "Base: 843000000000": more than eight digits are those of both halves */
static bool read_halves(const struct line *line, const char *prefix, uint32_t *low, uint32_t *high,
			bool *has_high)
{
	const char *text = line->text + strlen(prefix);
	const char *end = line->text + line->length;
	size_t length = 0;
	uint64_t value;

	while (text + length < end && hex_digit(text[length]) >= 0)
		length++;
	if (!parse_hex(text, length, &value))
		return false;
	*low = (uint32_t)value;
	*high = (uint32_t)(value >> 32);
	*has_high = length > 8;
	return true;
}

/* "MaxOffset: 0003fffff", the last line of an entry */
static void end_entry(struct told *told, const struct line *line, const char *prefix,
		      uint32_t number)
{
	struct told_allocation *entry = &told->allocation;
	unsigned int at = entry->offset + 12;
	uint32_t low, high;
	bool has_high;

	if (!entry->has_base || !read_halves(line, prefix, &low, &high, &has_high))
		return;
	told_bytes(told, entry->offset, 4, entry->header, entry->line);
	told_bytes(told, entry->offset + 4, 4,
		   (entry->base & ~3u) | (entry->has_base_high ? EA_HIGH : 0), entry->line);
	told_bytes(told, entry->offset + 8, 4, (low & ~3u) | (has_high ? EA_HIGH : 0), number);
	if (entry->has_base_high) {
		told_bytes(told, at, 4, entry->base_high, entry->line);
		at += 4;
	}
	if (has_high)
		told_bytes(told, at, 4, high, number);
	entry->offset = 0;
}

void told_allocation_line(struct told *told, const struct line *line, uint32_t number)
{
	static const char indicator[] = "BAR Equivalent Indicator:";
	static const char primary[] = "PrimaryProperties: ", secondary[] = "SecondaryProperties: ";
	static const char base[] = "Base: ", offset[] = "MaxOffset: ";
	struct told_allocation *entry = &told->allocation;

	if (line_begins(line, "Entry ")) {
		begin_entry(entry, line, number);
		return;
	}
	if (!entry->offset)
		return;
	if (line_begins(line, indicator))
		entry->header |= bar_indicator(line) << 4;
	else if (line_begins(line, primary))
		entry->header |= properties(line, primary) << 8;
	else if (line_begins(line, secondary))
		entry->header |= properties(line, secondary) << 16;
	else if (line_begins(line, base))
		entry->has_base = read_halves(line, base, &entry->base, &entry->base_high,
					      &entry->has_base_high);
	else if (line_begins(line, offset))
		end_entry(told, line, offset, number);
}
