/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output of other programs about PCI, which is not read here: a message names the program. */
#ifndef PCIADDR_INPUT_DUMP_FOREIGN_H
#define PCIADDR_INPUT_DUMP_FOREIGN_H

#include "pciaddr/input/textfile.h"

/* The program whose line this is, and what is wanted instead, in words; NULL: of none known. */
const char *dump_foreign_line(const struct line *line);

#endif
