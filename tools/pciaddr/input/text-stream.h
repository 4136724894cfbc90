/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file's lines as clean text, in pieces: unpacked, in UTF-8, without what mail and web add. */
#ifndef PCIADDR_INPUT_TEXT_STREAM_H
#define PCIADDR_INPUT_TEXT_STREAM_H

#include "pciaddr/input/unpack.h"
#include "pciaddr/model/machine.h"

/* Is given whole lines; a line that does not fit into a piece comes in parts. */
typedef void text_stream_feed(void *context, char *text, size_t length);

/*
 * Reads it all.  What ends it too early is a warning of the machine when something came
 * before it, and otherwise an error.
 */
void text_stream_read(struct machine *machine, const char *name, struct unpack *unpack,
		      text_stream_feed *feed, void *context);

/* Opens the file (NULL or "-": standard input) and reads it; a failure is the machine's. */
void text_stream_read_file(struct machine *machine, const char *name, const char *path,
			   text_stream_feed *feed, void *context);

/* The whole of a file, to be freed; NULL when it failed, which the machine then knows. */
char *text_stream_read_whole(struct machine *machine, const char *name, const char *path,
			     size_t *length);

#endif
