/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which devices of QEMU's stand where, for a machine to be as a specification says. */
#ifndef PCIADDR_EMIT_PLAN_H
#define PCIADDR_EMIT_PLAN_H

#include <stdio.h>

#include "pciaddr/qemu/models.h"
#include "pciaddr/spec/model.h"

#define PLAN_SLOTS 32

struct planned {
	const struct spec_entry *entry;	/* NULL: a bridge that nothing but fixed BARs ask for */
	const struct qemu_model *model;
	struct planned *parent;		/* NULL: on the root bus */
	unsigned int slot;
	unsigned int function;
	bool placed;			/* slot and function are given */
	bool multifunction;
	const char *id;
	unsigned int index;		/* of libvirt's controller, or chassis; from 1 */
	unsigned int bus_nr;		/* of an expander: the root bus behind it */
	/* of a bridge with fixed windows */
	bool has_window[WINDOW_PREFETCHABLE + 1];
	bool given[WINDOW_PREFETCHABLE + 1];	/* by its entry: not to be widened */
	struct range windows[WINDOW_PREFETCHABLE + 1];
	const char *hold;		/* the value of hold-at; NULL: it holds nothing */
	struct planned *next;
};

struct plan {
	struct arena arena;
	const struct spec *spec;
	struct planned *first;		/* in the order of the file */
	struct planned **end;
	const char *machine;		/* "pc", "q35", "virt" */
	unsigned int bridges;
	size_t refused;
};

/* Finds a place for everything; what cannot be is told, and counted in @plan->refused. */
void plan_make(struct plan *plan, const struct spec *spec);
void plan_free(struct plan *plan);

/* The windows that bridges are to have; devices with fixed BARs and no place get a bridge. */
void plan_windows(struct plan *plan);

/* When all have their place: which BARs the bridges hold. */
void plan_hold(struct plan *plan);

/* A new device at the end of the plan. */
struct planned *plan_add(struct plan *plan, const struct spec_entry *entry,
			 const struct qemu_model *model);

/* Tells what cannot be, and why or what to do. */
void plan_refuse(struct plan *plan, const struct spec_entry *entry, const char *what,
		 const char *advice);

/* "FILE:LINE: entry 'fpga card'", for messages */
const char *plan_entry_text(struct plan *plan, const struct spec_entry *entry);

/* Is it this project's bridge with windows that can be fixed, or its card? */
bool plan_is_fixed_bridge(const struct planned *planned);
bool plan_is_fixed_card(const struct planned *planned);

/* Does the entry say where this BAR is? */
static inline bool bar_is_fixed(const struct spec_bar *bar)
{
	return bar->range.has_exact && !bar->absent;
}

/* A property that a model cannot do without, and a specification does not have; or NULL. */
const char *plan_backend(const struct qemu_model *model);

/* "dec-21154,id=fixed,addr=4,io-base=0x2000"; @bus is the name of its bus. */
const char *plan_properties(struct plan *plan, const struct planned *planned, const char *bus);

/* The bus that it is on, by the id of what leads to it; @root for the root bus. */
const char *plan_bus(const struct planned *planned, const char *root);

/* The whole as a libvirt domain. */
void plan_write_libvirt(FILE *out, struct plan *plan);

#endif
