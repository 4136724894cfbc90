// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/dump-foreign.h"

#include <stddef.h>

#include "pciaddr/input/dump-words.h"

const char *dump_foreign_line(const struct line *line)
{
	static const struct {
		const char *sign;
		const char *whose;
	} signs[] = {
		{ "@pci0:", "FreeBSD's pciconf: pciutils' lspci runs there too" },
		{ ": Vendor ID: ", "OpenBSD's pcidump: pciutils' lspci runs there too" },
		{ "bus info: pci@", "lshw, which has no bridge windows" },
		{ "\"businfo\" : \"pci@", "lshw, which has no bridge windows" },
		{ "\"businfo\":\"pci@", "lshw, which has no bridge windows" },
		{ "<businfo>pci@", "lshw, which has no bridge windows" },
		{ "bus-ID: ", "inxi, which has no addresses" },
		{ "SysFS BusID: ", "hwinfo, which has no bridge windows" },
		{ "PCI\\VEN_", "Windows: pciutils' lspci runs there too" },
		{ "PCI_SLOT_NAME=", "uevent files: --sysfs DIR takes a copy of a /sys tree" },
		{ "command not found", "a shell that has no lspci: install pciutils" },
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (line_find(line, signs[i].sign))
			return signs[i].whose;
	return NULL;
}
