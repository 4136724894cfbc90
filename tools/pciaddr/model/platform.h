/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is the machine a PC?  On a PC the CPU has memory and ports at the addresses of the bus, and ports
 * of its own below 0x100.  On others neither need be so.
 */
#ifndef PCIADDR_MODEL_PLATFORM_H
#define PCIADDR_MODEL_PLATFORM_H

#include "pciaddr/model/machine.h"

/* Of a linked machine, when its translation has been learnt. */
enum platform machine_platform(const struct machine *machine);

/* Marks the root buses below whose host bridges some address shows that it is translated. */
void platform_mark_translating(struct machine *machine);

/* Does the function's host bridge translate, as far as the addresses below it show? */
bool host_bridge_translates(const struct machine *machine, const struct pci_function *function);

#endif
