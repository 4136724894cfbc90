/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding a function of a dump again, when the dump has it a second time. */
#ifndef PCIADDR_INPUT_DUMP_SLOTS_H
#define PCIADDR_INPUT_DUMP_SLOTS_H

#include "pciaddr/input/dump-state.h"

/*
 * The index of the function at this slot, or of none: SIZE_MAX.  To be asked before each
 * machine_add(): while functions come in order, as lspci sorts them, nothing is kept.
 */
size_t dump_find_slot(struct dump_reader *reader, const struct pci_function *slot);

void dump_free_slots(struct dump_reader *reader);

#endif
