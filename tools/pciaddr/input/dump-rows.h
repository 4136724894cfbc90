/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Config space in lspci's text: "40: 01 02 ...". */
#ifndef PCIADDR_INPUT_DUMP_ROWS_H
#define PCIADDR_INPUT_DUMP_ROWS_H

#include "pciaddr/input/dump-state.h"

#define DUMP_ROW_BYTES 16

/* Is it "40: 01 02 ..."?  The number of digits of the offset, 0 for another line. */
size_t dump_row_digits(const struct line *line);

/* Takes the bytes of such a line. */
void dump_read_row(struct dump_reader *reader, const struct line *line, size_t digits);

/*
 * The lines behind a row that was read, as long as they are rows that lspci writes next: whole,
 * each 16 bytes on.  What else a row can be is left to dump_read_row().
 */
void dump_read_next_rows(struct dump_reader *reader);

/*
 * The rest of a row that a line of the kernel's log broke: bytes alone, and no more than are
 * missing.  False when it is something else.
 */
bool dump_continue_row(struct dump_reader *reader, const struct line *line);

/* A row that stayed too short is a warning; to be called before what follows it. */
void dump_end_row(struct dump_reader *reader);

#endif
