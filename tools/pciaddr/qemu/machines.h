/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the types of QEMU's machines bring with them on PCI. */
#ifndef PCIADDR_QEMU_MACHINES_H
#define PCIADDR_QEMU_MACHINES_H

#include <stdbool.h>
#include <stdint.h>

struct qemu_builtin {
	uint8_t slot;		/* on bus 0 */
	uint8_t function;
	uint16_t vendor;
	uint16_t product;
	uint16_t class;		/* class and subclass */
};

/*
 * The functions of a type, "q35" or with a version "pc-q35-9.2", up to one whose vendor is 0;
 * NULL: nothing is known of it.
 */
const struct qemu_builtin *qemu_machine_builtin(const char *type);

/* Is its root bus PCI Express? */
bool qemu_machine_is_express(const char *type);

/* The type that brings a function of these ids at this place on bus 0, or NULL. */
const char *qemu_machine_with(unsigned int slot, unsigned int function, uint16_t vendor,
			      uint16_t product);

#endif
