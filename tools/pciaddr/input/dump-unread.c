// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/dump-unread.h"

#include <string.h>

#include "pciaddr/input/dump-words.h"
#include "pciaddr/model/slot.h"

/* Before lspci 3.8, which leaves the function out of its list then. */
static const char unable[] = "lspci: Unable to read the standard configuration space header of";

/* More of them are counted as one that has no name. */
#define UNREAD_KEPT 256

static void add(struct dump_reader *reader, const struct pci_function *slot, uint32_t number)
{
	struct machine *machine = reader->machine;
	struct unread *unread;

	if (machine->unread_count >= UNREAD_KEPT)
		slot = NULL;
	for (unread = machine->unread; unread; unread = unread->next)
		if (slot ? unread->named && !slot_compare(&unread->slot, slot) : !unread->named)
			return;
	unread = arena_alloc(&machine->arena, sizeof(*unread));
	*unread = (struct unread) { .next = machine->unread, .named = slot };
	if (slot)
		unread->slot = *slot;
	unread->slot.line = number;
	machine->unread = unread;
	machine->unread_count++;
}

/* "0000:03:00.0" at @text, and no word that goes on behind it */
static bool read_slot(const struct line *line, const char *text, struct pci_function *slot)
{
	size_t left = (size_t)(line->text + line->length - text);
	int length = slot_parse(text, left, slot);

	return length > 0 && ((size_t)length == left || strchr(" \t/", text[length]));
}

static void add_slot_at(struct dump_reader *reader, const struct line *line, const char *text,
			uint32_t number)
{
	struct pci_function slot = { 0 };

	add(reader, read_slot(line, text, &slot) ? &slot : NULL, number);
}

/* "device 0000:03:00.0", in whole or in part: it is not complete where the slot is missing. */
static bool read_device(struct dump_reader *reader, const struct line *line, const char *text,
			uint32_t number)
{
	static const char device[] = "device";
	const char *end = line->text + line->length;

	while (text < end && *text == ' ')
		text++;
	if ((size_t)(end - text) >= strlen(device) && !memcmp(text, device, strlen(device)))
		text += strlen(device);
	while (text < end && *text == ' ')
		text++;
	if (text == end)
		return false;
	add_slot_at(reader, line, text, number);
	return true;
}

void dump_unread_end(struct dump_reader *reader)
{
	if (reader->unread_line)
		add(reader, NULL, reader->unread_line);
	reader->unread_line = 0;
}

/* The rest of a line: "device 0000:03:00.0", or the slot and nothing else */
static bool read_rest(struct dump_reader *reader, const struct line *line)
{
	uint32_t number = reader->unread_line;
	struct pci_function slot = { 0 };
	int length = slot_parse(line->text, line->length, &slot);

	if (!line_begins(line, "device") && (length <= 0 || (size_t)length < line->length)) {
		dump_unread_end(reader);
		return false;
	}
	reader->unread_line = 0;
	if (!read_device(reader, line, line->text, number))
		reader->unread_line = number;
	return true;
}

bool dump_unread_line(struct dump_reader *reader, const struct line *line)
{
	static const char device[] = "pcilib: Cannot open /sys/bus/pci/devices/";
	static const char *const others[] = {
		"pcilib: Cannot open /proc/bus/pci/", "pcilib: sysfs_read: read failed",
		"pcilib: proc_read: read failed",
	};
	uint32_t number = reader->lines.number;

	if (reader->unread_line && read_rest(reader, line))
		return true;
	if (line_begins(line, unable)) {
		if (!read_device(reader, line, line->text + strlen(unable), number))
			reader->unread_line = number;
		return true;
	}
	if (line_begins(line, device) && line_find(line, "/config")) {
		add_slot_at(reader, line, line->text + strlen(device), number);
		return true;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (line_begins(line, others[i])) {
			add(reader, NULL, number);
			return true;
		}
	return false;
}
