/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ^C ends a command with a result so far: the first one is noted, a second one ends it at once. */
#ifndef FPGACTL_INTERRUPT_H
#define FPGACTL_INTERRUPT_H

#include <stdbool.h>

/* From now on SIGINT and SIGTERM are noted; a request that waits ends with EINTR. */
void interrupt_note(void);

bool interrupt_noted(void);

/* Ends the tool by the signal that was noted, as if nothing had caught it; returns if none was. */
void interrupt_end(void);

#endif
