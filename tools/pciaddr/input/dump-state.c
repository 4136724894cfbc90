// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/dump-state.h"

#include <inttypes.h>

void dump_warn(struct dump_reader *reader, const struct line *line, const char *what)
{
	size_t shown = line->length < 60 ? line->length : 60;
	char text[64];

	/* a file that is no text at all must not reach the terminal as it is */
	for (size_t i = 0; i < shown; i++)
		text[i] = line->text[i] >= ' ' && line->text[i] <= '~' ? line->text[i] :
			line->text[i] == '\t' ? ' ' : '?';
	machine_warn(reader->machine, "%s:%" PRIu32 ": %s: %.*s%s", reader->machine->config_path,
		     reader->lines.number, what, (int)shown, text,
		     shown < line->length ? "..." : "");
}
