/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --emulate: a machine for QEMU, made of what a source tells. */
#ifndef PCIADDR_EMULATE_EMULATE_H
#define PCIADDR_EMULATE_EMULATE_H

#include <stdbool.h>

#include "pciaddr/model/machine.h"

struct emulate_options {
	const char *directory;	/* is made; there, it must be empty, or --emulate's own */
	bool overwrite;		/* ... or is overwritten */
	bool numeric;		/* no names from pci.ids in the specification */
	const char *const *faults;	/* KIND@SELECTOR: what is to be wrong */
	size_t fault_count;
};

/*
 * Writes images of config space, QEMU's arguments, the specification of what the guest must
 * show, and a README of what is otherwise there.  Returns an exit status: EXIT_USAGE when the
 * machine has no function that can be shown, or the directory cannot be written.
 */
int emulate(const struct emulate_options *options, const struct machine *machine);

#endif
