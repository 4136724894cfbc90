/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine of which there is nothing but a kernel's log. */
#ifndef PCIADDR_INPUT_LOG_MACHINE_H
#define PCIADDR_INPUT_LOG_MACHINE_H

#include "pciaddr/model/machine.h"

/*
 * Gives the functions that only the log names what it has told of them last (BARs, windows,
 * bus numbers, the driver), and drops those that were gone at its end, or that an earlier start
 * of the machine had found.  Before machine_link().
 */
void log_machine_settle(struct machine *machine);

#endif
