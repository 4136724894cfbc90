/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A resource as the kernel prints it: "[mem 0x80000000-0x800fffff 64bit pref]". */
#ifndef PCIADDR_INPUT_LOG_RESOURCE_H
#define PCIADDR_INPUT_LOG_RESOURCE_H

#include "pciaddr/model/machine.h"

struct printed_resource {
	enum space space;
	bool has_range;		/* otherwise only "size 0x..." */
	bool empty;		/* "[io  0x1000-0x0fff]": nothing in it */
	bool disabled;
	bool is_64bit;
	bool prefetchable;
	struct range range;
	uint64_t size;
};

/*
 * resource_string() of lib/vsprintf.c, at the beginning of the NUL-terminated text.  Returns
 * what follows it, NULL for something else (bus numbers, interrupts, raw flags).
 */
const char *log_read_resource(const char *text, struct printed_resource *resource);

/* Both ends of the range were read. */
void log_set_range(struct printed_resource *resource);

/* Hexadecimal with or without 0x; returns what follows it, or NULL. */
const char *log_read_hex(const char *text, uint64_t *value);

/* What follows @prefix, or NULL when the text does not begin with it. */
const char *log_after(const char *text, const char *prefix);

#endif
