/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What devices are called, for people: from pci.ids where it is installed. */
#ifndef PCIADDR_MODEL_NAMES_H
#define PCIADDR_MODEL_NAMES_H

#include "pciaddr/model/machine.h"

struct pci_access;

/* The list is read with the first name that is asked for. */
struct names {
	struct pci_access *access;	/* NULL: names of classes only */
};

void names_open(struct names *names, bool numeric);
void names_close(struct names *names);

/*
 * "Intel Corporation 82574L Gigabit Network Connection"; when pci.ids does not have it,
 * what its class is called.  Printable ASCII only.  Returns @buffer.
 */
#define NAME_MAX_LENGTH 128
const char *function_name(struct names *names, const struct pci_function *function,
			  char buffer[NAME_MAX_LENGTH]);

/* "Ethernet controller"; short, from a table of our own: needs no pci.ids. */
const char *class_name(const struct pci_function *function);

#endif
