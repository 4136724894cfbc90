/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What host bridges forward: what the files that find that share. */
#ifndef PCIADDR_EMULATE_WINDOWS_H
#define PCIADDR_EMULATE_WINDOWS_H

#include "pciaddr/emulate/shape.h"

#define MIB		(1ull << 20)
#define GIB		(1ull << 30)
#define LOW_END		0xfec00000ull	/* the I/O APIC; HPET and local APIC behind it */
#define BELOW_4G	(1ull << 32)
#define VGA_FIRST	0xa0000ull
#define VGA_LAST	0xbffffull
#define ECAM_SIZE	(256 * MIB)
#define RAM_MOST	(512 * MIB)

/* The addresses of a BAR or window, and the host bridge above it */
struct shape_used {
	struct range range;
	struct shape_root *root;
};

struct shape_used_list {
	struct shape_used *entries;	/* by address */
	size_t count;
};

void shape_find_used(struct shape *shape, enum space space, struct shape_used_list *list);
bool shape_is_free(const struct shape_used_list *used, struct range range);

/* @cpu: the processor's address of the first of @range; @told: the source says so */
void shape_add_window(struct shape *shape, struct shape_root *root, enum space space,
		      struct range range, uint64_t cpu, bool told);
struct range shape_window_cpu(const struct shape_window *window);

/* ecam.c: an address for each domain; what windows have of it is cut out of them */
void shape_find_ecam(struct shape *shape);
void shape_leave_ecam_out(struct shape *shape);

/* place.c: windows where an x86 machine can have them, and the RAM that they leave */
void shape_place_windows(struct shape *shape);

#endif
