// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/device-tree.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pciaddr/input/textfile.h"
#include "pciaddr/model/host-windows.h"

#define NODE_MAX	96	/* "0000:00:00.0/../pci_bus/0000:00/of_node" */
#define CELL		4u
#define PCI_CELLS	3u
#define SIZE_CELLS	2u
#define SPACE_SHIFT	24	/* of the space code in the first cell */
#define SPACE_MASK	3
#define SPACE_CODE_IO	1	/* 0: config space; 2 and 3: memory of 32 and 64 bits */

static uint64_t read_cells(const uint8_t *bytes, unsigned int count)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < count * CELL; i++)
		value = value << 8 | bytes[i];
	return value;
}

static void add_memory(struct machine *machine, const struct pci_function *root,
		       const char *path, uint64_t bus, uint64_t cpu, uint64_t size)
{
	host_window_add(machine, &(struct host_window) {
		.domain = root->domain,
		.bus = root->bus,
		.space = SPACE_MEMORY,
		.state = OFFSET_GIVEN,
		.cpu = { cpu, cpu + size - 1 },
		.offset = cpu - bus,
		.path = path,
	});
}

static void add_io(struct machine *machine, const struct pci_function *root, const char *path,
		   uint64_t bus, uint64_t size)
{
	struct io_range *range = arena_alloc(&machine->arena, sizeof(*range));

	*range = (struct io_range) {
		.domain = root->domain,
		.root = root->bus,
		.bus = { bus, bus + size - 1 },
		.path = path,
		.next = machine->io_ranges,
	};
	machine->io_ranges = range;
}

void device_tree_parse_ranges(struct machine *machine, const struct pci_function *root,
			      const char *path, const uint8_t *bytes, size_t length,
			      unsigned int address_cells)
{
	size_t entry = (PCI_CELLS + address_cells + SIZE_CELLS) * CELL;

	if (!address_cells || address_cells > 2)
		return;
	path = arena_copy(&machine->arena, path, strlen(path));
	for (; length >= entry; bytes += entry, length -= entry) {
		unsigned int code = read_cells(bytes, 1) >> SPACE_SHIFT & SPACE_MASK;
		uint64_t bus = read_cells(bytes + CELL, 2);
		uint64_t cpu = read_cells(bytes + PCI_CELLS * CELL, address_cells);
		uint64_t size = read_cells(bytes + (PCI_CELLS + address_cells) * CELL, 2);

		if (!size || cpu + (size - 1) < cpu || bus + (size - 1) < bus)
			continue;
		if (code == SPACE_CODE_IO)
			add_io(machine, root, path, bus, size);
		else if (code)
			add_memory(machine, root, path, bus, cpu, size);
	}
}

static unsigned int read_address_cells(int directory, const char *node)
{
	char path[NODE_MAX + 24];
	size_t length;
	unsigned int cells = 0;
	char *text;

	snprintf(path, sizeof(path), "%s/../#address-cells", node);
	text = read_text_file_at(directory, path, &length);
	if (text && length == CELL)
		cells = (unsigned int)read_cells((uint8_t *)text, 1);
	free(text);
	return cells;
}

static bool is_known(const struct machine *machine, const struct pci_function *function)
{
	for (size_t i = 0; i < machine->host_window_count; i++)
		if (machine->host_windows[i].domain == function->domain &&
		    machine->host_windows[i].bus == function->bus)
			return true;
	return false;
}

void device_tree_read(struct machine *machine, const struct pci_function *function, int directory)
{
	char node[NODE_MAX], path[NODE_MAX + 8];
	unsigned int cells;
	size_t length;
	char *text;

	/* above a function on a root bus there is the bus, above others a bridge */
	if (!faccessat(directory, "../config", F_OK, 0) || is_known(machine, function))
		return;
	snprintf(node, sizeof(node), "../pci_bus/%04" PRIx32 ":%02x/of_node", function->domain,
		 function->bus);
	cells = read_address_cells(directory, node);
	if (!cells)
		return;
	snprintf(path, sizeof(path), "%s/ranges", node);
	text = read_text_file_at(directory, path, &length);
	if (!text)
		return;
	snprintf(path, sizeof(path), "the device tree, pci%04" PRIx32 ":%02x/of_node/ranges",
		 function->domain, function->bus);
	device_tree_parse_ranges(machine, function, path, (uint8_t *)text, length, cells);
	free(text);
}

void device_tree_settle(struct machine *machine)
{
	size_t count = machine->host_window_count;

	for (const struct io_range *range = machine->io_ranges; range; range = range->next) {
		for (size_t i = 0; i < count; i++) {
			struct host_window window = machine->host_windows[i];

			if (window.domain != range->domain || window.bus != range->root ||
			    window.space != SPACE_IO || window.cpu.last - window.cpu.first !=
			    range->bus.last - range->bus.first)
				continue;
			window.state = OFFSET_GIVEN;
			window.offset = window.cpu.first - range->bus.first;
			window.path = range->path;
			host_window_add(machine, &window);
		}
	}
}
