/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The capabilities in lspci's text, back into their registers. */
#ifndef PCIADDR_INPUT_DUMP_CAPABILITIES_H
#define PCIADDR_INPUT_DUMP_CAPABILITIES_H

#include "pciaddr/input/dump-state.h"

/* "Capabilities: [dc] Power Management version 2": the lines that follow are of this one. */
void told_capability(struct told *told, const struct line *line, uint32_t number);

/* "Vector table: BAR=3 offset=00000000", "PBA: ...": of MSI-X, at @offset in it */
void told_msix_table(struct told *told, const struct line *line, unsigned int offset,
		     uint32_t number);

/* "LnkSta: Speed 2.5GT/s (ok), Width x1 (ok)": of Express, at @offset in it */
void told_link(struct told *told, const struct line *line, unsigned int offset,
	       uint32_t number);

/* "Status: D3 NoSoftRst+ PME-Enable-": the power state */
void told_power(struct told *told, const struct line *line, uint32_t number);

#endif
