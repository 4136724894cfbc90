// SPDX-License-Identifier: GPL-2.0-or-later
/* hw/i386/pc_piix.c, hw/i386/pc_q35.c and hw/pci-host/gpex.c of QEMU */
#include "pciaddr/qemu/machines.h"

#include <stddef.h>
#include <string.h>

static const struct qemu_builtin i440fx[] = {
	{ 0, 0, 0x8086, 0x1237, 0x0600 }, { 1, 0, 0x8086, 0x7000, 0x0601 },
	{ 1, 1, 0x8086, 0x7010, 0x0101 }, { 1, 3, 0x8086, 0x7113, 0x0680 }, { 0 },
};

static const struct qemu_builtin q35[] = {
	{ 0, 0, 0x8086, 0x29c0, 0x0600 }, { 31, 0, 0x8086, 0x2918, 0x0601 },
	{ 31, 2, 0x8086, 0x2922, 0x0106 }, { 31, 3, 0x8086, 0x2930, 0x0c05 }, { 0 },
};

static const struct qemu_builtin generic[] = { { 0, 0, 0x1b36, 0x0008, 0x0600 }, { 0 } };

static const struct {
	const char *name;
	const char *versioned;	/* what the name begins with where it has a version */
	bool express;
	const struct qemu_builtin *functions;
} machines[] = {
	{ "pc", "pc-i440fx", false, i440fx },
	{ "q35", "pc-q35", true, q35 },
	{ "virt", "virt", true, generic },
};

#define MACHINES (sizeof(machines) / sizeof(machines[0]))

static size_t find(const char *type)
{
	for (size_t i = 0; i < MACHINES; i++) {
		size_t length = strlen(machines[i].versioned);

		if (!strcmp(type, machines[i].name) ||
		    (!strncmp(type, machines[i].versioned, length) &&
		     (!type[length] || type[length] == '-')))
			return i;
	}
	return MACHINES;
}

const struct qemu_builtin *qemu_machine_builtin(const char *type)
{
	size_t index = find(type);

	return index < MACHINES ? machines[index].functions : NULL;
}

bool qemu_machine_is_express(const char *type)
{
	size_t index = find(type);

	return index < MACHINES && machines[index].express;
}

const char *qemu_machine_with(unsigned int slot, unsigned int function, uint16_t vendor,
			      uint16_t product)
{
	for (size_t i = 0; i < MACHINES; i++)
		for (const struct qemu_builtin *builtin = machines[i].functions; builtin->vendor;
		     builtin++)
			if (builtin->slot == slot && builtin->function == function &&
			    builtin->vendor == vendor && builtin->product == product)
				return machines[i].name;
	return NULL;
}
