// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/dump-state.h"

#include <inttypes.h>
#include <string.h>

void dump_shown(const struct line *line, char shown[64])
{
	size_t length = line->length < 60 ? line->length : 60;

	/* a file that is no text at all must not reach the terminal as it is */
	for (size_t i = 0; i < length; i++)
		shown[i] = line->text[i] >= ' ' && line->text[i] <= '~' ? line->text[i] :
			line->text[i] == '\t' ? ' ' : '?';
	strcpy(shown + length, length < line->length ? "..." : "");
}

const char *dump_path(const struct dump_reader *reader)
{
	const struct source_part *part = reader->machine->parts;

	return part ? part->path : reader->machine->config_path;
}

uint32_t dump_number(const struct dump_reader *reader)
{
	const struct source_part *part = reader->machine->parts;

	return reader->lines.number - (part ? part->before : 0);
}

void dump_warn(struct dump_reader *reader, const struct line *line, const char *what)
{
	char shown[64];

	dump_shown(line, shown);
	machine_warn(reader->machine, "%s:%" PRIu32 ": %s: %s", dump_path(reader),
		     dump_number(reader), what, shown);
}
