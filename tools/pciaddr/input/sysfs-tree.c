// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A copy of a /sys tree.  It may be the tree itself, or a directory that has it as `sys`
 * (and perhaps `proc` beside it); links may have been kept, followed or lost on the way.
 */
#include <config.h>

#include "pciaddr/input/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/die.h"
#include "pciaddr/configspace/decode.h"
#include "pciaddr/configspace/extended.h"
#include "pciaddr/configspace/read.h"
#include "pciaddr/input/proc-resources.h"
#include "pciaddr/input/sysfs-files.h"
#include "pciaddr/input/textfile.h"
#include "pciaddr/model/pcispec.h"

/* "pci0000:00/0000:00:04.0/0000:01:01.0": one level for each bridge, 255 at most */
#define DEPTH_MAX 260

/* "platform/soc/soc:bus/4010000000.pcie/pci0000:00": where a device tree has the host bridge */
#define HOST_DEPTH_MAX 6

static bool read_attribute(int directory, const char *name, uint64_t max, uint64_t *value)
{
	size_t length;
	char *text = read_text_file_at(directory, name, &length);
	bool good;

	if (!text)
		return false;
	good = parse_hex(text, strcspn(text, " \r\n"), value) && *value <= max;
	free(text);
	return good;
}

/* Without `config` (the copy was made without permission) the ids are in files of their own. */
static void read_ids(struct pci_function *function, int directory)
{
	uint64_t vendor, device, class, revision;

	if (read_attribute(directory, "vendor", UINT16_MAX, &vendor) &&
	    read_attribute(directory, "device", UINT16_MAX, &device)) {
		function->ids_known = true;
		function->vendor = (uint16_t)vendor;
		function->product = (uint16_t)device;
	}
	if (read_attribute(directory, "class", 0xffffff, &class)) {
		function->class_known = true;
		function->class = (uint32_t)class;
	}
	if (read_attribute(directory, "revision", UINT8_MAX, &revision)) {
		function->revision_known = true;
		function->revision = (uint8_t)revision;
	}
	if (read_attribute(directory, "subsystem_vendor", UINT16_MAX, &vendor) &&
	    read_attribute(directory, "subsystem_device", UINT16_MAX, &device)) {
		function->subsystem_known = true;
		function->subsystem_vendor = (uint16_t)vendor;
		function->subsystem = (uint16_t)device;
	}
}

/* Bridges have their bus numbers in files too. */
static void read_bus_numbers(struct machine *machine, struct pci_function *function, int directory)
{
	uint64_t secondary, subordinate;

	if (function->bridge ||
	    !read_attribute(directory, "secondary_bus_number", UINT8_MAX, &secondary) ||
	    !read_attribute(directory, "subordinate_bus_number", UINT8_MAX, &subordinate))
		return;
	function->bridge = arena_alloc(&machine->arena, sizeof(*function->bridge));
	function->bridge->buses_known = true;
	function->bridge->primary = function->bus;
	function->bridge->secondary = (uint8_t)secondary;
	function->bridge->subordinate = (uint8_t)subordinate;
}

static void add_function(struct machine *machine, const struct pci_function *slot, int directory)
{
	struct pci_function *function = machine_add(machine);
	size_t length;
	char *config;

	*function = *slot;
	config = read_text_file_at(directory, "config", &length);
	if (config && length)
		config_decode(machine, function, (uint8_t *)config, NULL,
			      length < CONFIG_KEPT ? length : CONFIG_KEPT);
	if (config && length > EXTENDED_BEGIN)
		config_decode_extended(machine, function, (uint8_t *)config + EXTENDED_BEGIN, NULL,
				       length - EXTENDED_BEGIN < EXTENDED_SIZE ?
				       length - EXTENDED_BEGIN : EXTENDED_SIZE);
	free(config);
	if (!function->ids_known)
		read_ids(function, directory);
	if (!function->header_known)
		read_bus_numbers(machine, function, directory);
	sysfs_read_function(machine, function, directory);
}

static bool leads_to_functions(const char *name, unsigned int depth)
{
	return !strncmp(name, "pci", 3) ||
		(depth < HOST_DEPTH_MAX && name[0] != '.' && strcmp(name, "virtual") &&
		 strcmp(name, "system"));
}

/*
 * Adds every function in the directory @fd (which is closed) and, when @deep, in those below;
 * the files of a function tell it from a mere name.
 */
static void scan(struct machine *machine, int fd, bool deep, unsigned int depth)
{
	DIR *directory = fdopendir(fd);
	struct dirent *entry;

	if (!directory) {
		close(fd);
		return;
	}
	while ((entry = readdir(directory))) {
		struct pci_function slot = { 0 };
		bool is_slot = parse_slot_name(entry->d_name, strlen(entry->d_name), &slot);
		int below;

		if (!is_slot && (!deep || !leads_to_functions(entry->d_name, depth)))
			continue;
		/* links would lead in circles; those of bus/pci/devices are the way */
		below = openat(dirfd(directory), entry->d_name, O_RDONLY | O_DIRECTORY |
			       O_CLOEXEC | (is_slot ? 0 : O_NOFOLLOW));
		if (below < 0)
			continue;
		if (is_slot && (!faccessat(below, "config", F_OK, 0) ||
				!faccessat(below, "resource", F_OK, 0) ||
				!faccessat(below, "vendor", F_OK, 0)))
			add_function(machine, &slot, below);
		if (deep && depth < DEPTH_MAX)
			scan(machine, below, deep, depth + 1);
		else
			close(below);
	}
	closedir(directory);
}

static bool scan_path(struct machine *machine, const char *root, const char *below, bool deep)
{
	char path[PATH_MAX];
	size_t before = machine->count;
	int fd;

	if (snprintf(path, sizeof(path), "%s%s", root, below) >= (int)sizeof(path))
		return false;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	scan(machine, fd, deep, 0);
	if (machine->count == before)
		return false;
	machine->config_path = arena_copy(&machine->arena, path, strlen(path));
	return true;
}

static void load_proc(struct machine *machine, const struct source *source)
{
	static const char *const places[] = { "proc", "../proc" };
	static const char *const files[SPACES] = {
		[SPACE_IO] = "ioports", [SPACE_MEMORY] = "iomem",
	};
	char path[PATH_MAX];

	for (int space = 0; space < SPACES; space++) {
		if (space == SPACE_IO ? source->ioports : source->iomem)
			continue;
		for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
			snprintf(path, sizeof(path), "%s/%s/%s", source->path, places[i],
				 files[space]);
			if (machine->resources[space].state == RESOURCES_NONE)
				resources_load(machine, space, path, false);
		}
	}
}

void source_sysfs_load(struct machine *machine, const struct source *source)
{
	struct stat status;

	if (stat(source->path, &status)) {
		machine_fail(machine, EXIT_USAGE, "%s: %s", source->path, strerror(errno));
		return;
	}
	if (!S_ISDIR(status.st_mode)) {
		machine_fail(machine, EXIT_USAGE,
			     "%s: not a directory; --sysfs expects a copy of a /sys tree, and "
			     "--dump a file with lspci's output", source->path);
		return;
	}
	if (!scan_path(machine, source->path, "/bus/pci/devices", false) &&
	    !scan_path(machine, source->path, "/devices", true) &&
	    !scan_path(machine, source->path, "/sys/bus/pci/devices", false) &&
	    !scan_path(machine, source->path, "/sys/devices", true) &&
	    !scan_path(machine, source->path, "", true)) {
		machine_fail(machine, EXIT_USAGE,
			     "%s: no PCI device in it; expected: a copy of /sys with "
			     "bus/pci/devices or devices/pci*, for example made by "
			     "'tar -C /sys -cf sys.tar bus/pci/devices devices'", source->path);
		return;
	}
	load_proc(machine, source);
}
