/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads, checks and prints the machines that were asked for. */
#ifndef PCIADDR_RUN_H
#define PCIADDR_RUN_H

#include "pciaddr/options.h"

/* Returns the tool's exit status. */
int run(struct options *options);

#endif
