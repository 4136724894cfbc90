/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of the kernel's PCI code, into the facts that the log tells. */
#ifndef PCIADDR_INPUT_LOG_LINE_H
#define PCIADDR_INPUT_LOG_LINE_H

#include "pciaddr/model/log-facts.h"

/*
 * A whole line without its stamp, NUL-terminated.  Kernels up to 6.7 number a bridge's windows
 * and a physical function's virtual BARs ("BAR 14: no space for [mem size 0x100000]"), later
 * ones name them ("bridge window [mem size 0x00100000]: can't assign; no space").
 */
void log_line(struct machine *machine, const char *text, uint32_t number);

#endif
