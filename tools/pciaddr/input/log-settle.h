/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is concluded when a log has been read, and all else that is read with it. */
#ifndef PCIADDR_INPUT_LOG_SETTLE_H
#define PCIADDR_INPUT_LOG_SETTLE_H

#include "pciaddr/model/log-facts.h"

/*
 * A part of a log may have the lines of what failed alone, without those that tell which bridge
 * leads to which bus.
 */
void log_guess_buses(struct log_facts *facts);

/*
 * lspci prints a bridge's windows of 32 bits as the kernel has them, and of the CPU's address the
 * low 32 bits alone.  With the log they are whole again.
 */
void log_settle_windows(struct machine *machine);

#endif
