/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The extended config space of PCI Express: from 0x100 to 0xfff. */
#ifndef PCIADDR_CONFIGSPACE_EXTENDED_H
#define PCIADDR_CONFIGSPACE_EXTENDED_H

#include "pciaddr/model/machine.h"

#define EXTENDED_BEGIN	0x100u
#define EXTENDED_SIZE	(0x1000u - EXTENDED_BEGIN)

/*
 * Takes SR-IOV, Access Control Services and the sizes of resizable BARs from @length bytes
 * that were read at EXTENDED_BEGIN; @present has one bit for each, NULL stands for all.  The
 * function's BARs are to be decoded before.  The bytes are not kept.
 */
void config_decode_extended(struct machine *machine, struct pci_function *function,
			    const uint8_t *bytes, const uint8_t *present, size_t length);

#endif
