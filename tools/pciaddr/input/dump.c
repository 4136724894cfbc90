// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/source.h"

#include "common/die.h"
#include "pciaddr/input/dump-reader.h"
#include "pciaddr/input/text-stream.h"

static void feed(void *context, char *text, size_t length)
{
	dump_feed(context, text, length);
}

void source_dump_load(struct machine *machine, const struct source *source)
{
	struct dump_reader reader;

	dump_start(&reader, machine);
	text_stream_read_file(machine, machine->name, source->path, feed, &reader);
	dump_finish(&reader);
	if (!machine->error && !machine->count &&
	    machine->resources[SPACE_IO].state == RESOURCES_NONE &&
	    machine->resources[SPACE_MEMORY].state == RESOURCES_NONE)
		machine_fail(machine, EXIT_USAGE,
			     "%s: no PCI device in it; wanted: the text that 'lspci -vvxxxx' "
			     "(as root) writes", machine->name);
}
