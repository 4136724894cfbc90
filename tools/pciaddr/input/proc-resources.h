/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/ioports and /proc/iomem: who has which range.
 *
 * The files indent at most five levels, so that deep nesting is not in the indentation: it is
 * rebuilt from the ranges.
 */
#ifndef PCIADDR_INPUT_PROC_RESOURCES_H
#define PCIADDR_INPUT_PROC_RESOURCES_H

#include "pciaddr/model/machine.h"

/* Reads the text of such a file; lines that are none become warnings of the machine. */
void resources_parse(struct machine *machine, enum space space, const char *path,
		     const char *text, size_t length);

/*
 * Reads the file; when it is not @required, a missing one leaves the list as it is, otherwise
 * the machine has failed.
 */
void resources_load(struct machine *machine, enum space space, const char *path, bool required);

#endif
