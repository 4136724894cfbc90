/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lspci -vmm, a line for each field, and lspci -mm, all of them quoted in one line. */
#ifndef PCIADDR_INPUT_DUMP_MACHINE_READABLE_H
#define PCIADDR_INPUT_DUMP_MACHINE_READABLE_H

#include "pciaddr/input/dump-state.h"

/* "Slot:<tab>00:03.0": what follows is of this function; lspci -vm says "Device:" for it. */
bool dump_keyed_slot(const struct line *line, struct pci_function *slot);

/* A field of such a function; false: another line. */
bool dump_keyed_line(struct dump_reader *reader, const struct line *line);

/* "\"Host bridge [0600]\" \"Intel [8086]\" \"... [1237]\" -r02 ..." behind the slot */
void told_quoted_header(struct told *told, const struct line *line, uint32_t number);

#endif
