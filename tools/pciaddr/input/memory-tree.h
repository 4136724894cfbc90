/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What answers where, as QEMU's monitor command "info mtree -f -o" tells it. */
#ifndef PCIADDR_INPUT_MEMORY_TREE_H
#define PCIADDR_INPUT_MEMORY_TREE_H

#include "pciaddr/model/machine.h"

/* The command */
#define MEMORY_TREE_COMMAND "info mtree -f -o"

/* Is it the text of that command? */
bool is_memory_tree(const char *text);

/* Takes the ranges of the CPU's memory and I/O ports that have an owner. */
void memory_tree_read(struct machine *machine, const char *text);

#endif
