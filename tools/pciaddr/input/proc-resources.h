/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/ioports and /proc/iomem: who has which range.
 *
 * The files indent at most five levels, so that deep nesting is not in the indentation: it is
 * rebuilt from the ranges.
 */
#ifndef PCIADDR_INPUT_PROC_RESOURCES_H
#define PCIADDR_INPUT_PROC_RESOURCES_H

#include "pciaddr/input/textfile.h"
#include "pciaddr/model/machine.h"

/* "  2000-27ff : fpga_pci"; false when it is none.  The line's number is the caller's. */
bool resource_parse_line(struct machine *machine, const struct line *line,
			 struct resource *entry);

/* Gives the machine these lines, which were malloc()ed. */
void resources_take(struct machine *machine, enum space space, const char *path,
		    struct resource *entries, size_t count);

/* Reads the text of such a file; lines that are none become warnings of the machine. */
void resources_parse(struct machine *machine, enum space space, const char *path,
		     const char *text, size_t length);

/*
 * Reads the file; when it is not @required, a missing one leaves the list as it is, otherwise
 * the machine has failed.
 */
void resources_load(struct machine *machine, enum space space, const char *path, bool required);

#endif
