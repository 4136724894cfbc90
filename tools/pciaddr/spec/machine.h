/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine that a specification describes, as --capture writes one. */
#ifndef PCIADDR_SPEC_MACHINE_H
#define PCIADDR_SPEC_MACHINE_H

#include "pciaddr/input/source.h"

/* Is it a specification, by its name? */
bool is_spec_path(const char *path);

/*
 * The entries that select one slot become functions; of these what is given exactly is known
 * (ids, class, driver, BARs and windows with a range, bus numbers).
 */
void spec_machine_load(struct machine *machine, const struct source *source);

#endif
