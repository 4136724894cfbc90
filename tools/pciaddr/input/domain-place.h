/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The buses and functions of a libvirt domain.  Its buses are named by the index of the controller
 * that leads to them: the numbers that firmware gives them may be others.  Only the root bus of an
 * expander has a number that is asked for; it gets that one, and what is behind it the next ones.
 */
#ifndef PCIADDR_INPUT_DOMAIN_PLACE_H
#define PCIADDR_INPUT_DOMAIN_PLACE_H

#include "pciaddr/model/machine.h"
#include "pciaddr/qemu/models.h"

#define DOMAIN_BUSES 256

struct domain_bus {
	bool exists;		/* some controller, or the machine, makes it */
	bool root;
	bool express;		/* a slot of PCI Express behind a port */
	bool behind_pxb;	/* an expander's, behind the bridge that comes with it */
	unsigned int number;	/* an expander's: that of its root bus; 0: not told */
	uint32_t line;		/* an expander's */
	const char *name;	/* as -device has it in bus= */
};

struct domain {
	struct machine *machine;
	const char *architecture;	/* "x86_64"; "": not told */
	const char *machine_type;	/* "pc-q35-9.2"; "": not told */
	unsigned int last_bus;		/* the highest index that a controller has */
	struct domain_bus buses[DOMAIN_BUSES];
	uint32_t functions[DOMAIN_BUSES][32][8];	/* index and 1 of the one there; 0: none */
};

struct domain_place {
	unsigned int bus;
	unsigned int slot;
	unsigned int function;
};

/* The function at this place; NULL: there is none. */
struct pci_function *domain_find(const struct domain *domain, const struct domain_place *place);

/* The bridge that leads to this bus; NULL: none does. */
const struct pci_function *domain_bridge_to(const struct domain *domain, unsigned int bus);

/*
 * A function at its place; NULL, with a warning, when something is there already.  The pointer
 * holds until the next call.
 */
struct pci_function *domain_add(struct domain *domain, const struct domain_place *place,
				uint32_t line);

/* A device without a place: counted, with what it is called. */
void domain_unplaced(struct domain *domain, uint32_t line, const char *what);

/* Its ids, as they are on this bus. */
void domain_set_model(struct domain *domain, struct pci_function *function,
		      const struct qemu_model *model);

/* The bus behind @function, a bridge, gets the number @bus. */
void domain_add_bus(struct domain *domain, struct pci_function *function, unsigned int bus,
		    const struct qemu_model *model, const char *name);

/* The root bus behind the expander that made the bus @bus has this number. */
void domain_number_root(struct domain *domain, unsigned int bus, unsigned int number,
			uint32_t line);

/* A window of a bridge, or BAR, that is fixed. */
void domain_set_window(struct pci_function *function, enum window_kind kind,
		       struct range range);

/* Is the root bus PCI Express, by the type of the machine? */
bool domain_root_is_express(const struct domain *domain);

/* What the type of the machine brings with it. */
void domain_add_builtin(struct domain *domain);

/* Once all is there: which buses are behind which bridge. */
void domain_settle(struct domain *domain);

#endif
