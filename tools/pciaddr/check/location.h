/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a value was read.  A finding keeps what it takes to say so; the words are made when it
 * is printed.
 */
#ifndef PCIADDR_CHECK_LOCATION_H
#define PCIADDR_CHECK_LOCATION_H

#include "common/arena.h"
#include "pciaddr/model/machine.h"

enum location_kind {
	LOCATION_NONE,
	LOCATION_SOURCE,	/* the machine's source as a whole */
	LOCATION_FUNCTION,	/* the function's line or directory */
	LOCATION_CONFIG,	/* a register of its config space */
	LOCATION_KERNEL_BAR,	/* the kernel's resource for a BAR */
	LOCATION_KERNEL_WINDOW,
	LOCATION_RESOURCES,	/* /proc/ioports or /proc/iomem */
	LOCATION_TEXT,		/* anything else, in words */
};

struct location {
	enum location_kind kind;
	unsigned int number;	/* register, BAR, enum window_kind, enum space */
	uint32_t line;		/* in the source; 0: no single one */
	const struct pci_function *function;
	const char *text;
};

struct location at_source(void);
struct location at_function(const struct pci_function *function);
struct location at_config(const struct pci_function *function, unsigned int offset);
struct location at_kernel_bar(const struct pci_function *function, const struct bar *bar);
struct location at_kernel_window(const struct pci_function *function, enum window_kind kind);
struct location at_resources(enum space space);
struct location at_text(const char *text);

/* The words, in @arena; NULL for LOCATION_NONE. */
const char *location_text(const struct machine *machine, const struct location *location,
			  struct arena *arena);

#endif
