// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/dump-resources.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/numbers.h"
#include "pciaddr/input/proc-resources.h"

/*
 * The kernel writes addresses with 4 digits in a space that ends below 64 K, otherwise with 8
 * (kernel/resource.c, r_show()).  arm64 and RISC-V have 16 MiB of I/O ports, and no RAM there.
 */
#define IO_SPACE_MAX 0x1000000

static bool is_ram(const char *name)
{
	static const char *const names[] = { "System RAM", "Kernel code", "Kernel data",
					     "System ROM", "Video RAM", "ACPI Tables" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(name, names[i], strlen(names[i])))
			return true;
	return false;
}

bool dump_read_resource(struct dump_reader *reader, const struct line *line)
{
	struct resource_block *block = &reader->block;
	struct resource entry = { .line = dump_number(reader) };
	size_t digits = 0;

	while (digits < line->length && hex_digit(line->text[digits]) >= 0)
		digits++;
	if (digits < 4 || digits == line->length || line->text[digits] != '-' ||
	    !resource_parse_line(reader->machine, line, &entry))
		return false;
	block->entries = array_room(block->entries, block->count, &block->capacity,
				    sizeof(*block->entries));
	block->entries[block->count++] = entry;
	block->wide = block->wide || digits >= 8;
	block->ram = block->ram || is_ram(entry.name);
	return true;
}

static enum space space_of(const struct dump_reader *reader)
{
	const struct resource_block *block = &reader->block;

	if (!block->wide)
		return SPACE_IO;
	if (block->ram || reader->hint == SECTION_IOMEM)
		return SPACE_MEMORY;
	if (reader->hint == SECTION_IOPORTS)
		return SPACE_IO;
	for (size_t i = 0; i < block->count; i++)
		if (block->entries[i].range.last >= IO_SPACE_MAX)
			return SPACE_MEMORY;
	/* zeroes, read without permission, are wide in the larger space only */
	return block->entries[0].range.last ? SPACE_IO : SPACE_MEMORY;
}

void dump_end_resources(struct dump_reader *reader)
{
	struct resource_block *block = &reader->block;
	struct machine *machine = reader->machine;
	enum space space;

	if (!block->count)
		return;
	space = space_of(reader);
	if (machine->resources[space].state == RESOURCES_NONE) {
		machine_tell(machine, "%s: %s, %zu lines, from line %" PRIu32 " to %" PRIu32,
			     dump_path(reader), space == SPACE_IO ? "/proc/ioports" : "/proc/iomem",
			     block->count, block->entries[0].line,
			     block->entries[block->count - 1].line);
		resources_take(machine, space, dump_path(reader), block->entries, block->count);
	} else {
		machine_warn(machine, "%s:%" PRIu32 ": %s comes a second time; the first counts",
			     dump_path(reader), block->entries[0].line,
			     space == SPACE_IO ? "/proc/ioports" : "/proc/iomem");
		free(block->entries);
	}
	*block = (struct resource_block) { 0 };
	reader->hint = SECTION_NONE;
}
