/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading config space: registers, and what capabilities say.  A byte that was not read is
 * never decoded: what it would have told stays unknown in the function.
 */
#ifndef PCIADDR_CONFIGSPACE_READ_H
#define PCIADDR_CONFIGSPACE_READ_H

#include "pciaddr/model/machine.h"

/* The first part of config space has what this tool looks at; the rest is not kept. */
#define CONFIG_KEPT 256

#define CONFIG_HEADER 64

/* Reads 1, 2 or 4 bytes, little-endian; false when one of them was not read. */
bool config_read(const struct pci_function *function, unsigned int offset, unsigned int size,
		 uint32_t *value);

/* The offset of a capability, or 0; *@known becomes false when the list could not be read. */
unsigned int config_capability(const struct pci_function *function, uint8_t id, bool *known);

/* MSI or MSI-X (@id), as the capability says. */
struct msi_state {
	bool known;
	bool present;
	bool enabled;
	unsigned int vectors;	/* enabled vectors of MSI; table size of MSI-X */
	unsigned int vectors_max;
	unsigned int offset;
};
struct msi_state config_msi(const struct pci_function *function, uint8_t id);

/* Does the Power Management capability say that the function is in D1, D2 or D3hot? */
bool config_is_asleep(const struct pci_function *function);

/* Does that, or the source? */
bool function_is_asleep(const struct pci_function *function);

/*
 * Is it known which extended capabilities there are?  Their list was read, or the function has
 * no extended config space: it is neither PCI Express nor PCI-X.
 */
bool config_extended_known(const struct pci_function *function);

/* PCI Express link; speed as the encoding of the Link Status register (1: 2.5 GT/s, ...). */
struct link_state {
	bool known;		/* the list of capabilities was read, and the status */
	bool present;
	bool capability_known;
	unsigned int speed;
	unsigned int width;
	unsigned int speed_max;	/* of the Link Capabilities register */
	unsigned int width_max;
	unsigned int offset;
};
struct link_state config_link(const struct pci_function *function);

/* "2.5GT/s", ...; NULL for an encoding that has no name yet */
const char *link_speed_name(unsigned int speed);

#endif
