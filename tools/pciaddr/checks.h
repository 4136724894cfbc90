/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks, and the questions about a topology that they and others ask. */
#ifndef PCIADDR_CHECKS_H
#define PCIADDR_CHECKS_H

#include "pciaddr/model.h"
#include "pciaddr/results.h"

/* What must hold on any machine. */
void check_machine(struct machine *machine, struct results *results);

/* Its parts. */
void check_bridges(struct machine *machine, struct results *results);
void check_bars(struct machine *machine, struct results *results);
void check_overlaps(struct machine *machine, struct results *results);
void check_kernel(struct machine *machine, struct results *results);
void check_claims(struct machine *machine, struct results *results);

/* Why something about a BAR cannot be told, and what to do about it. */
extern const char size_unknown[];
extern const char size_advice[];

/* How a bridge treats a range that comes from above. */
enum forwarding {
	FORWARDS,		/* one of its windows has the whole of it */
	FORWARDS_BY_SUBTRACTION,/* outside its windows, but it takes what nobody else does */
	FORWARDS_NOT,
	FORWARDS_PARTLY,
	FORWARDS_UNKNOWN,	/* its window registers were not read */
};

/*
 * @kind, when not NULL, becomes the window that was decisive: the one that has the range,
 * partly has it, or would be the first to have it.
 */
enum forwarding bridge_forwarding(const struct bridge *bridge, enum space space,
				  struct range range, enum window_kind *kind);

/*
 * With ISA Enable, a bridge forwards only the first 256 ports of each 1024 below 64 K
 * (PCI-to-PCI Bridge Architecture 1.2, 3.2.5.18).  Is part of the range held back?
 */
bool isa_hole(const struct bridge *bridge, struct range range);

/* Is @bridge above @function, at any distance? */
bool is_above(const struct pci_function *bridge, const struct pci_function *function);

/* Does the BAR answer to an address, as far as is known? */
bool bar_is_live(const struct pci_function *function, const struct bar *bar);

/* The name that the kernel gives the claim of a BAR: the slot with at least four digits. */
const char *claim_name(const struct pci_function *function, char buffer[SLOT_TEXT_MAX]);

/* "0x2000-0x27ff", or "0x2000 (size unknown)"; in the results' arena. */
const char *bar_range(struct results *results, const struct bar *bar);

/* "I/O window 0x2000-0x2fff", "I/O window closed", "I/O window unknown" */
const char *window_range(struct results *results, const struct bridge *bridge,
			 enum window_kind kind);

/* A finding's texts, in the results' arena. */
#define TEXT(results, ...) arena_printf(&(results)->arena, __VA_ARGS__)

/* Offset of the base register of a window. */
unsigned int window_register(const struct bridge *bridge, enum window_kind kind);

/*
 * Where another BAR or window than those that lead to it overlaps the BAR: a text that names
 * it, with where it was read; false when nothing does.
 */
bool bar_intruder(struct machine *machine, struct results *results,
		  const struct pci_function *function, const struct bar *bar,
		  struct value *intruder, const char **device);

#endif
