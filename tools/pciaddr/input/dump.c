// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/die.h"
#include "pciaddr/input/dump-reader.h"

/*
 * The file is read in pieces: a dump of 60,000 functions has 50 MB, of which a third is kept.
 * A line that does not fit into a piece is none of lspci's, and is given on in parts.
 */
#define PIECE (256 * 1024)

static bool read_pieces(struct dump_reader *reader, int fd)
{
	char *piece = xrealloc(NULL, PIECE);
	size_t used = 0;

	for (;;) {
		ssize_t count = read(fd, piece + used, PIECE - used);
		const char *feed;
		size_t whole;

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			free(piece);
			return false;
		}
		used += (size_t)count;
		feed = memrchr(piece, '\n', used);
		whole = !count || (!feed && used == PIECE) ? used :
			feed ? (size_t)(feed + 1 - piece) : 0;
		dump_feed(reader, piece, whole);
		memmove(piece, piece + whole, used - whole);
		used -= whole;
		if (!count)
			break;
	}
	free(piece);
	return true;
}

static void read_dump(struct machine *machine, int fd)
{
	struct dump_reader reader;

	dump_start(&reader, machine);
	if (!read_pieces(&reader, fd))
		machine_fail(machine, EXIT_USAGE, "%s: %s", machine->name, strerror(errno));
	else
		dump_finish(&reader);
}

void source_dump_load(struct machine *machine, const struct source *source)
{
	bool standard_input = !strcmp(source->path, "-");
	int fd = standard_input ? STDIN_FILENO : open(source->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		machine_fail(machine, EXIT_USAGE, "%s: %s", source->path, strerror(errno));
		return;
	}
	read_dump(machine, fd);
	if (!standard_input)
		close(fd);
	if (!machine->error && !machine->count)
		machine_fail(machine, EXIT_USAGE,
			     "%s: no PCI device in it; wanted: the text that 'lspci -vvxxxx' "
			     "(as root) writes", machine->name);
}
