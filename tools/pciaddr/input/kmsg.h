/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running kernel's log, which root may read: one record for each read(). */
#ifndef PCIADDR_INPUT_KMSG_H
#define PCIADDR_INPUT_KMSG_H

#include "pciaddr/model/machine.h"

/*
 * Reads what is in @path (/dev/kmsg) now, and does not wait for more.  Where it is not there or
 * may not be read, nothing of it is known.
 */
void kmsg_load(struct machine *machine, const char *path);

#endif
