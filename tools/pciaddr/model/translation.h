/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bus addresses and the CPU's.
 *
 * BAR and window registers hold bus addresses; Linux's resources, /proc/iomem and /proc/ioports
 * have the CPU's.  A host bridge adds an offset to the one to get the other: one offset for
 * each of its windows, 0 for all of them on a PC.  Where no source gives it, it is learnt from
 * what registers and kernel say of the same BARs, windows and claims; where these do not
 * suffice, it stays unknown.
 */
#ifndef PCIADDR_MODEL_TRANSLATION_H
#define PCIADDR_MODEL_TRANSLATION_H

#include "pciaddr/model/machine.h"

/*
 * Learns the offsets of the host bridges' windows.  To be called once, after machine_link() and
 * when all that is known of host windows is in the machine.
 */
void machine_learn_translation(struct machine *machine);

void translation_free(struct translation *translation);

enum agreement { DIFFERS, AGREES, UNDECIDED };

/* Does the CPU's address @cpu stand for the bus address @bus of this function? */
enum agreement translation_agrees(const struct machine *machine,
				  const struct pci_function *function, enum space space,
				  uint64_t bus, uint64_t cpu);

/* The offset that holds at the CPU's address @cpu; false when it is not known. */
bool translation_offset(const struct machine *machine, const struct pci_function *function,
			enum space space, uint64_t cpu, uint64_t *offset);

/* Each known offset of the function's host bridge; *@at is to be 0 at first. */
bool translation_next(const struct machine *machine, const struct pci_function *function,
		      enum space space, size_t *at, uint64_t *offset);

/*
 * Does the function's host bridge forward the bus range, whole?  HOST_UNKNOWN: its windows, or
 * their offsets, are not known.  @low16: of the bus range only the low 16 bits are known.
 */
enum host_forwarding { HOST_UNKNOWN, HOST_FORWARDS, HOST_FORWARDS_NOT };
enum host_forwarding host_forwarding(const struct machine *machine,
				     const struct pci_function *function, enum space space,
				     struct range bus, bool low16);

#endif
