/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The value of QEMU's option -device: a driver and its properties. */
#ifndef PCIADDR_QEMU_PROPERTIES_H
#define PCIADDR_QEMU_PROPERTIES_H

#include <stdbool.h>

#include "common/arena.h"

struct qemu_property {
	const char *name;
	const char *value;
	struct qemu_property *next;
};

struct qemu_properties {
	const char *driver;		/* NULL: the text is none of -device */
	struct qemu_property *first;	/* the last one that was given first: it counts */
};

/*
 * "driver,name=value,...", where ",," stands for a comma in a value, or a JSON object.  All
 * texts are in @arena.
 */
struct qemu_properties qemu_properties_parse(struct arena *arena, const char *text);

/* The value, or NULL. */
const char *qemu_property(const struct qemu_properties *properties, const char *name);

/*
 * A place as in "addr=4", "addr=1c.1": hexadecimal, and the function is 0 if it is not given.
 * False: it is none.
 */
bool qemu_parse_place(const char *text, unsigned int *slot, unsigned int *function);

#endif
