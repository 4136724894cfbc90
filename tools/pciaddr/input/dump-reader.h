/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads lspci's text into a machine. */
#ifndef PCIADDR_INPUT_DUMP_READER_H
#define PCIADDR_INPUT_DUMP_READER_H

#include "pciaddr/input/dump-state.h"

/* One machine: start, any number of pieces of whole lines, finish. */
void dump_start(struct dump_reader *reader, struct machine *machine);
void dump_feed(struct dump_reader *reader, const char *text, size_t length);
void dump_finish(struct dump_reader *reader);

/* What is fed from now on is another file of the same machine. */
void dump_next_part(struct dump_reader *reader, const char *path);

/* All three, for a text that is in memory as a whole. */
void dump_parse(struct machine *machine, const char *text, size_t length);

#endif
