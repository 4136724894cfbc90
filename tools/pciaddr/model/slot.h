/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slots in words: "0000:01:01.0". */
#ifndef PCIADDR_MODEL_SLOT_H
#define PCIADDR_MODEL_SLOT_H

#include "pciaddr/model/machine.h"

/*
 * Reads "[DDDD:]BB:dd.f" at the beginning of @length characters: a domain of 4 to 8 digits, or
 * none, which is domain 0.  Returns how many characters it has, 0 when it is something else,
 * -1 when it looks like a slot that no function can have.
 */
int slot_parse(const char *text, size_t length, struct pci_function *slot);

/* "PCI Bus 0000:01", as /proc/ioports and /proc/iomem name a bus; the whole of @text. */
bool bus_name_parse(const char *text, uint32_t *domain, uint8_t *bus);

#endif
