/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The extended capabilities in lspci's text, back into their registers: Access Control Services,
 * SR-IOV and resizable BARs.  Of the others the place in the list is enough.
 */
#ifndef PCIADDR_INPUT_DUMP_EXTENDED_H
#define PCIADDR_INPUT_DUMP_EXTENDED_H

#include "pciaddr/input/dump-state.h"

/* "Capabilities: [160 v1] Single Root I/O Virtualization (SR-IOV)"; false: another line. */
bool told_extended_capability(struct told *told, const struct line *line);

/* A line of such a capability; false when it tells no register of one. */
bool told_extended_line(struct told *told, const struct line *line, uint32_t number);

/* No line of the function follows. */
void told_extended_finish(struct told *told);

#endif
