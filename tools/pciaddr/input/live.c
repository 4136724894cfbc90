// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The running machine: libpci finds the functions and reads config space, sysfs has the
 * kernel's resources (libpci gives bridge windows for some lengths of `resource` only),
 * /proc the claims.
 */
#include <config.h>

#include "pciaddr/input/source.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <pci/pci.h>

#include "common/die.h"
#include "pciaddr/configspace/decode.h"
#include "pciaddr/configspace/extended.h"
#include "pciaddr/configspace/read.h"
#include "pciaddr/input/kmsg.h"
#include "pciaddr/input/proc-resources.h"
#include "pciaddr/input/sysfs-files.h"

/* libpci's error hook has no place for a context, and must not return */
static jmp_buf failed;
static char failure[256];

static void __attribute__((noreturn, format(printf, 1, 2))) on_error(char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(failure, sizeof(failure), format, args);
	va_end(args);
	longjmp(failed, 1);
}

/* Warnings of libpci are about single reads; what could not be read is found by its absence. */
static void __attribute__((format(printf, 1, 2))) on_warning(char *format, ...)
{
	(void)format;
}

static size_t read_config(struct pci_dev *device, uint8_t *bytes)
{
	if (pci_read_block(device, 0, bytes, CONFIG_KEPT))
		return CONFIG_KEPT;
	if (pci_read_block(device, 0, bytes, CONFIG_HEADER))
		return CONFIG_HEADER;
	return 0;
}

static void add_function(struct machine *machine, struct pci_dev *device, int sysfs)
{
	struct pci_function *function = machine_add(machine);
	uint8_t bytes[CONFIG_KEPT], extended[EXTENDED_SIZE];
	char slot[SLOT_TEXT_MAX];
	size_t length;
	int directory;

	function->domain = (uint32_t)device->domain;
	function->bus = device->bus;
	function->device = device->dev;
	function->function = device->func;
	length = read_config(device, bytes);
	if (length)
		config_decode(machine, function, bytes, NULL, length);
	/* only PCI Express has more, and only root may read it */
	if (length == CONFIG_KEPT && function->port_type != PORT_UNKNOWN &&
	    pci_read_block(device, EXTENDED_BEGIN, extended, EXTENDED_SIZE))
		config_decode_extended(machine, function, extended, NULL, EXTENDED_SIZE);
	pci_fill_info(device, PCI_FILL_IDENT | PCI_FILL_CLASS);
	if (!function->ids_known) {
		function->ids_known = true;
		function->vendor = device->vendor_id;
		function->product = device->device_id;
	}
	if (sysfs < 0)
		return;
	directory = openat(sysfs, slot_text(function, slot), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return;
	sysfs_read_function(machine, function, directory);
	close(directory);
}

static void add_functions(struct machine *machine, struct pci_access *access)
{
	static char parameter[] = "sysfs.path";
	char directory[512];
	int sysfs;

	snprintf(directory, sizeof(directory), "%s/devices", pci_get_param(access, parameter));
	machine->config_path = arena_copy(&machine->arena, directory, strlen(directory));
	sysfs = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (struct pci_dev *device = access->devices; device; device = device->next)
		add_function(machine, device, sysfs);
	if (sysfs >= 0)
		close(sysfs);
}

void source_live_load(struct machine *machine, const struct source *source)
{
	struct pci_access *access = pci_alloc();

	access->error = on_error;
	access->warning = on_warning;
	if (setjmp(failed)) {
		/* what libpci had allocated stays: it does not say how far it had come */
		machine_fail(machine, EXIT_CANNOT_TELL, "this machine's PCI devices: %s", failure);
		return;
	}
	pci_init(access);
	pci_scan_bus(access);
	add_functions(machine, access);
	pci_cleanup(access);
	if (!source->ioports)
		resources_load(machine, SPACE_IO, "/proc/ioports", false);
	if (!source->iomem)
		resources_load(machine, SPACE_MEMORY, "/proc/iomem", false);
	if (!source->log)
		kmsg_load(machine, "/dev/kmsg");
}
