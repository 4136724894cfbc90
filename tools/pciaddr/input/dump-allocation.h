/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Enhanced Allocation capability in lspci's text, back into its entries. */
#ifndef PCIADDR_INPUT_DUMP_ALLOCATION_H
#define PCIADDR_INPUT_DUMP_ALLOCATION_H

#include "pciaddr/input/dump-state.h"

/* "Enhanced Allocation (EA): NumEntries=4", behind "Capabilities: [98] " */
void told_allocation(struct told *told, const struct line *line, uint32_t number);

/* A line of an entry. */
void told_allocation_line(struct told *told, const struct line *line, uint32_t number);

#endif
