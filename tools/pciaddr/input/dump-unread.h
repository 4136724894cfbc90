/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lspci and its library write on standard error of functions that they cannot read. */
#ifndef PCIADDR_INPUT_DUMP_UNREAD_H
#define PCIADDR_INPUT_DUMP_UNREAD_H

#include "pciaddr/input/dump-state.h"

/* Takes such a line, and the rest of one that a mail program has broken; false: another line. */
bool dump_unread_line(struct dump_reader *reader, const struct line *line);

/* No line follows that can be the rest of one. */
void dump_unread_end(struct dump_reader *reader);

#endif
