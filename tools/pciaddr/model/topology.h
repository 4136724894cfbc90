/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The questions about a topology that the checks and others ask. */
#ifndef PCIADDR_MODEL_TOPOLOGY_H
#define PCIADDR_MODEL_TOPOLOGY_H

#include "pciaddr/model/machine.h"

/* How a bridge treats a range that comes from above. */
enum forwarding {
	FORWARDS,		/* one of its windows has the whole of it */
	FORWARDS_BY_SUBTRACTION,/* outside its windows, but it takes what no other does */
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

/*
 * Intel's P2SB: firmware hides it, the kernel shows it for a moment to read its BAR, and of the
 * moment that it is hidden again no log tells.
 */
bool function_is_hidden(const struct pci_function *function);

/*
 * A BAR where the scan of a log found it, which the kernel leaves there and nobody uses: of a
 * function that is hidden, or ports beside memory.
 */
bool bar_is_left_alone(const struct pci_function *function, const struct bar *bar);

/* Is @bridge above @function, at any distance? */
bool is_above(const struct pci_function *bridge, const struct pci_function *function);

/*
 * Is a bus that no bridge of the source leads to certainly a root bus, or certainly none?  A
 * dump may leave bridges out; both may be false.
 */
bool bus_is_root(const struct machine *machine, const struct bus *bus);
bool bus_is_below(const struct machine *machine, const struct bus *bus);

/* May it be below a bridge whose bus numbers were not read?  No, if one is known to lead to it. */
bool bus_may_be_below(const struct machine *machine, const struct bus *bus);

/*
 * The buses right below a bridge: the one that it leads to, and those that it only encloses.
 * The first is behind @last NULL; NULL when there is no more.
 */
const struct bus *bus_below(const struct machine *machine, const struct pci_function *bridge,
			    const struct bus *last);

/* Does the BAR answer to an address, as far as is known? */
bool bar_is_live(const struct pci_function *function, const struct bar *bar);

/* Offset of the base register of a window. */
unsigned int window_register(const struct bridge *bridge, enum window_kind kind);

#endif
