/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dump has told of a function, in one record or in several, into the machine. */
#ifndef PCIADDR_INPUT_DUMP_MERGE_H
#define PCIADDR_INPUT_DUMP_MERGE_H

#include "pciaddr/input/dump-state.h"

/*
 * Decodes the function that was read.  Config space that was read as hex comes first, then
 * what the text says of it; what an earlier record of the same function had stays, and what
 * this one has besides is added.
 */
void dump_decode(struct dump_reader *reader);

#endif
