/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What host bridges forward. */
#ifndef PCIADDR_MODEL_HOST_WINDOWS_H
#define PCIADDR_MODEL_HOST_WINDOWS_H

#include "pciaddr/model/machine.h"

/* Adds a window; what is known of the same one already is made more exact. */
void host_window_add(struct machine *machine, const struct host_window *window);

/*
 * Finds the windows that /proc/ioports and /proc/iomem show, for the root buses of the linked
 * machine.
 */
void host_windows_find(struct machine *machine);

/* To be called when all are added; host_windows_of() needs it. */
void host_windows_sort(struct machine *machine);

/* A PC: the bus's addresses are the CPU's. */
bool machine_is_pc(const struct machine *machine);

/* The windows of a root bus: *@count of them, from the returned one on. */
const struct host_window *host_windows_of(const struct machine *machine, const struct bus *root,
					  enum space space, size_t *count);

#endif
