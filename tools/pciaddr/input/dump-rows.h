/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Config space in lspci's text: "40: 01 02 ...". */
#ifndef PCIADDR_INPUT_DUMP_ROWS_H
#define PCIADDR_INPUT_DUMP_ROWS_H

#include "pciaddr/input/dump-state.h"

/* Is it "40: 01 02 ..."?  The number of digits of the offset, 0 for another line. */
size_t dump_row_digits(const struct line *line);

/* Takes the bytes of such a line. */
void dump_read_row(struct dump_reader *reader, const struct line *line, size_t digits);

#endif
