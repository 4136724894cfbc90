/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCIADDR_SPEC_CAPTURE_H
#define PCIADDR_SPEC_CAPTURE_H

#include <stdio.h>

#include "pciaddr/model/machine.h"

/*
 * Writes the specification that @machine fulfils, with comments; @numeric: without names from
 * pci.ids.  Returns an exit status.
 */
int capture(FILE *out, bool numeric, const struct machine *machine);

/*
 * The same of what lasts while drivers come and go: without drivers, command registers,
 * interrupts, links and isolation.
 */
int capture_lasting(FILE *out, bool numeric, const struct machine *machine);

#endif
