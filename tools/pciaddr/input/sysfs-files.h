/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says of one function in its directory of sysfs, live or copied. */
#ifndef PCIADDR_INPUT_SYSFS_FILES_H
#define PCIADDR_INPUT_SYSFS_FILES_H

#include "pciaddr/model/machine.h"

/*
 * Takes the text of `resource`: BARs, expansion ROM and bridge windows as the kernel has
 * them.  Config space is to be decoded before.
 */
void sysfs_parse_resource(struct machine *machine, struct pci_function *function,
			  const char *text, size_t length);

/* Reads `resource` and the driver of the function whose directory is open as @directory. */
void sysfs_read_function(struct machine *machine, struct pci_function *function, int directory);

/* "0000:01:01.0" with a domain of 4 to 8 digits; the whole of @length characters. */
bool parse_slot_name(const char *text, size_t length, struct pci_function *function);

#endif
