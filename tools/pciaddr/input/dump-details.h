/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of lspci -v. */
#ifndef PCIADDR_INPUT_DUMP_DETAILS_H
#define PCIADDR_INPUT_DUMP_DETAILS_H

#include "pciaddr/input/dump-state.h"

/* A line of lspci -v, with the blanks in front of it. */
void dump_read_detail(struct dump_reader *reader, struct line line);

/* Does the line, which nothing indents, begin as one of lspci -v does? */
bool dump_is_detail(const struct line *line);

/* Puts the regions into the BARs that config space has shown, or makes them. */
void dump_apply_regions(struct machine *machine, struct pci_function *function,
			const struct region *regions, unsigned int count);

/* Puts the windows into the bridge, as far as its registers are not known. */
void dump_apply_windows(struct machine *machine, struct pci_function *function,
			const struct told *told);

#endif
