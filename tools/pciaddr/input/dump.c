// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/source.h"

#include <string.h>

#include "common/die.h"
#include "pciaddr/input/dump-reader.h"
#include "pciaddr/input/text-stream.h"
#include "pciaddr/model/log-facts.h"

static void feed(void *context, char *text, size_t length)
{
	dump_feed(context, text, length);
}

static void read_part(struct dump_reader *reader, const char *path)
{
	dump_next_part(reader, path);
	text_stream_read_file(reader->machine, path, path, feed, reader);
}

/* A part of a log may name devices without saying what they are. */
static bool has_log(const struct machine *machine)
{
	return machine->log && (machine->log->resource_count || machine->log->function_count);
}

static void report_nothing(struct machine *machine, const struct dump_reader *reader)
{
	static const char wanted[] = "the text that 'lspci -vvxxxx' (as root) writes, or a "
		"kernel's log ('dmesg', 'journalctl -k')";

	if (machine->encoded_part)
		machine_fail(machine, EXIT_USAGE, "%s: no PCI device in it that can be read; it "
			     "has %s", machine->config_path, machine->encoded_part);
	else if (reader->foreign)
		machine_fail(machine, EXIT_USAGE, "%s: no PCI device in it that can be read; it looks "
			     "like the output of %s; expected: %s", machine->config_path,
			     reader->foreign, wanted);
	else if (reader->seen & 1u << SECTION_TREE)
		machine_fail(machine, EXIT_USAGE, "%s: it has lspci -t alone, which says nothing of "
			     "addresses; expected: %s", machine->config_path, wanted);
	else
		machine_fail(machine, EXIT_USAGE, "%s: no PCI device in it; expected: %s",
			     machine->config_path, wanted);
}

void source_dump_load(struct machine *machine, const struct source *source)
{
	struct dump_reader reader;

	/* standard input has no path */
	machine->config_path = strcmp(source->path, "-") ?
		arena_copy(&machine->arena, source->path, strlen(source->path)) : machine->name;
	dump_start(&reader, machine);
	if (source->part_count) {
		read_part(&reader, source->path);
		for (size_t i = 0; i < source->part_count && !machine->error; i++)
			read_part(&reader, source->parts[i]);
	} else {
		text_stream_read_file(machine, machine->config_path, source->path, feed, &reader);
	}
	dump_finish(&reader);
	if (!machine->error && !machine->count && !has_log(machine) &&
	    machine->resources[SPACE_IO].state == RESOURCES_NONE &&
	    machine->resources[SPACE_MEMORY].state == RESOURCES_NONE)
		report_nothing(machine, &reader);
}
