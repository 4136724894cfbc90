// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/dump-machine-readable.h"

#include <string.h>

#include "common/numbers.h"
#include "pciaddr/input/dump-registers.h"
#include "pciaddr/input/dump-words.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/slot.h"

/* "Name [8086]", or the number alone, of lspci -n; @digits of them. */
static bool read_number(const struct line *value, unsigned int digits, unsigned int *number)
{
	const char *end = value->text + value->length;

	/* busybox' lspci -m */
	if (line_begins(value, "Class ") && value->length == 6 + digits)
		return line_hex(value, value->text + 6, digits, number);
	if (value->length == digits)
		return line_hex(value, value->text, digits, number);
	return value->length > digits + 2 && end[-1] == ']' && end[-2 - (ptrdiff_t)digits] == '[' &&
		line_hex(value, end - 1 - digits, digits, number);
}

static void told_number(struct told *told, const struct line *value, unsigned int offset,
			unsigned int size, uint32_t number)
{
	unsigned int found;

	if (read_number(value, 2 * size, &found))
		told_bytes(told, offset, size, found, number);
}

static void told_class_name(struct told *told, const struct line *value, uint32_t number)
{
	unsigned int class;

	if (!read_number(value, 4, &class) && !line_class_name(value, &class))
		return;
	told->class_told = true;
	told->class = class;
	told_bytes(told, CFG_CLASS + 1, 2, class, number);
	/* what is 0 has no field */
	told_bytes(told, CFG_CLASS, 1, 0, number);
	told_bytes(told, CFG_REVISION, 1, 0, number);
}

static bool is_bridge(const struct told *told)
{
	return told->class == CLASS_PCI_BRIDGE || told->class == CLASS_CARDBUS_BRIDGE;
}

/* The value behind @key, without the blanks in front of it. */
static bool take_value(const struct line *line, const char *key, struct line *value)
{
	if (!line_begins(line, key))
		return false;
	value->text = line->text + strlen(key);
	value->length = line->length - strlen(key);
	while (value->length && (*value->text == ' ' || *value->text == '\t')) {
		value->text++;
		value->length--;
	}
	return true;
}

bool dump_keyed_slot(const struct line *line, struct pci_function *slot)
{
	struct line value;

	if (!take_value(line, "Slot:", &value) && !take_value(line, "Device:", &value))
		return false;
	return value.length && slot_parse(value.text, value.length, slot) == (int)value.length;
}

bool dump_keyed_line(struct dump_reader *reader, const struct line *line)
{
	static const struct {
		const char *key;
		unsigned int offset;
		unsigned int size;
	} numbers[] = {
		{ "Vendor:", CFG_VENDOR, 2 }, { "Device:", CFG_VENDOR + 2, 2 },
		{ "SVendor:", CFG_SUBSYSTEM_VENDOR, 2 }, { "SDevice:", CFG_SUBSYSTEM_VENDOR + 2, 2 },
		{ "Rev:", CFG_REVISION, 1 }, { "ProgIf:", CFG_CLASS, 1 },
	};
	static const char *const others[] = {
		"PhySlot:", "Module:", "NUMANode:", "IOMMUGroup:", "DTNode:",
	};
	uint32_t number = reader->lines.number;
	struct told *told = &reader->told;
	struct line value;

	if (take_value(line, "Class:", &value)) {
		told_class_name(told, &value, number);
		return true;
	}
	if (take_value(line, "Driver:", &value)) {
		dump_function(reader)->driver = arena_copy(&reader->machine->arena, value.text,
							   value.length);
		reader->any_driver = true;
		return true;
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (!take_value(line, numbers[i].key, &value))
			continue;
		if (numbers[i].offset < CFG_SUBSYSTEM_VENDOR || !is_bridge(told))
			told_number(told, &value, numbers[i].offset, numbers[i].size, number);
		return true;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (line_begins(line, others[i]))
			return true;
	return false;
}

/* The next "..." of the line, which may have \" in it; moves @line behind it. */
static bool take_quoted(struct line *line, struct line *value)
{
	const char *open = memchr(line->text, '"', line->length);
	const char *end = line->text + line->length, *close;

	if (!open)
		return false;
	for (close = open + 1; close < end && *close != '"'; close++)
		close += *close == '\\' && close + 1 < end;
	if (close >= end)
		return false;
	*value = (struct line) { open + 1, (size_t)(close - open - 1) };
	line->text = close + 1;
	line->length = (size_t)(end - line->text);
	return true;
}

void told_quoted_header(struct told *told, const struct line *line, uint32_t number)
{
	static const struct {
		unsigned int offset;
		bool subsystem;
	} fields[] = {
		{ CFG_VENDOR, false }, { CFG_VENDOR + 2, false },
		{ CFG_SUBSYSTEM_VENDOR, true }, { CFG_SUBSYSTEM_VENDOR + 2, true },
	};
	struct line rest = *line, value;
	const char *revision, *programming;
	unsigned int found;

	if (!take_quoted(&rest, &value))
		return;
	told_class_name(told, &value, number);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!take_quoted(&rest, &value))
			break;
		if (!fields[i].subsystem || !is_bridge(told))
			told_number(told, &value, fields[i].offset, 2, number);
	}
	revision = line_find(line, "\" -r");
	programming = line_find(line, " -p");
	if (revision && line_hex(line, revision + 4, 2, &found))
		told_bytes(told, CFG_REVISION, 1, found, number);
	if (programming && line_hex(line, programming + 3, 2, &found))
		told_bytes(told, CFG_CLASS, 1, found, number);
}
