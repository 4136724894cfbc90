// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/model/names.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <pci/pci.h>

#include "common/die.h"

static void __attribute__((noreturn, format(printf, 1, 2))) on_error(char *format, ...)
{
	char message[256];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	die(EXIT_CANNOT_TELL, "names of devices: %s", message);
}

/* Without pci.ids there are numbers: no reason to complain. */
static void __attribute__((format(printf, 1, 2))) on_warning(char *format, ...)
{
	(void)format;
}

void names_open(struct names *names, bool numeric)
{
	names->access = NULL;
	if (numeric)
		return;
	names->access = pci_alloc();
	names->access->error = on_error;
	names->access->warning = on_warning;
	names->access->debug = on_warning;
}

void names_close(struct names *names)
{
	if (!names->access)
		return;
	pci_free_name_list(names->access);
	pci_cleanup(names->access);
}

/* PCI Code and ID Assignment 1.11, the classes that one meets. */
const char *class_name(const struct pci_function *function)
{
	static const struct {
		uint16_t class;
		uint16_t mask;
		const char *name;
	} classes[] = {
		{ 0x0101, 0xffff, "IDE" }, { 0x0106, 0xffff, "SATA" }, { 0x0108, 0xffff, "NVMe" },
		{ 0x0100, 0xff00, "storage" },
		{ 0x0200, 0xffff, "Ethernet" }, { 0x0200, 0xff00, "network" },
		{ 0x0300, 0xff00, "display" }, { 0x0400, 0xff00, "multimedia" },
		{ 0x0500, 0xff00, "memory" },
		{ 0x0600, 0xffff, "host bridge" }, { 0x0601, 0xffff, "ISA bridge" },
		{ 0x0604, 0xffff, "PCI bridge" }, { 0x0607, 0xffff, "CardBus bridge" },
		{ 0x0600, 0xff00, "bridge" }, { 0x0700, 0xff00, "communication" },
		{ 0x0800, 0xff00, "system" }, { 0x0900, 0xff00, "input" },
		{ 0x0c03, 0xffff, "USB" }, { 0x0c05, 0xffff, "SMBus" },
		{ 0x0c00, 0xff00, "serial bus" }, { 0x0d00, 0xff00, "wireless" },
		{ 0x0b00, 0xff00, "processor" }, { 0x1200, 0xff00, "accelerator" },
	};

	if (!function->class_known)
		return "device";
	for (unsigned int i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if ((function->class >> 8 & classes[i].mask) == classes[i].class)
			return classes[i].name;
	return "device";
}

const char *function_name(struct names *names, const struct pci_function *function,
			  char buffer[NAME_MAX_LENGTH])
{
	char *name = NULL;

	if (function->ids_known && names->access)
		name = pci_lookup_name(names->access, buffer, NAME_MAX_LENGTH,
				       PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE |
				       PCI_LOOKUP_NO_NUMBERS, function->vendor, function->product);
	if (!name || name[0] == '<') {
		snprintf(buffer, NAME_MAX_LENGTH, "%s", class_name(function));
		return buffer;
	}
	for (char *c = buffer; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return buffer;
}
