/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of lspci -v. */
#ifndef PCIADDR_INPUT_DUMP_DETAILS_H
#define PCIADDR_INPUT_DUMP_DETAILS_H

#include "pciaddr/input/dump-state.h"

/* A line of lspci -v; most say nothing that config space does not. */
void dump_read_detail(struct dump_reader *reader, struct line line);

/* Puts the regions that were read into the BARs that config space has shown. */
void dump_apply_regions(struct dump_reader *reader, struct pci_function *function);

#endif
