// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/model/host-windows.h"

#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "pciaddr/model/slot.h"

static bool same_window(const struct host_window *a, const struct host_window *b)
{
	return a->of_another == b->of_another && a->domain == b->domain && a->bus == b->bus &&
		a->space == b->space && range_equal(a->cpu, b->cpu);
}

void host_window_add(struct machine *machine, const struct host_window *window)
{
	for (size_t i = 0; i < machine->host_window_count; i++) {
		struct host_window *known = &machine->host_windows[i];

		if (!same_window(known, window))
			continue;
		if (window->state > known->state)
			*known = *window;
		return;
	}
	machine->host_windows = grow_array(machine->host_windows, machine->host_window_count + 1,
					   sizeof(*machine->host_windows));
	machine->host_windows[machine->host_window_count++] = *window;
}

bool machine_is_pc(const struct machine *machine)
{
	const struct resource_list *list = &machine->resources[SPACE_IO];

	/* the ports of PCI configuration mechanisms 1 and 2, as arch/x86/pci/direct.c names them */
	for (size_t i = 0; i < list->count; i++)
		if (!strncmp(list->entries[i].name, "PCI conf", 8))
			return true;
	return false;
}

/* The root bus that the entry is about by its name, or NULL. */
static const struct bus *root_of_name(const struct machine *machine, const char *name,
				      bool *is_root)
{
	struct pci_function slot = { 0 };
	const struct bus *bus;
	uint32_t domain;
	uint8_t number;

	*is_root = false;
	if (bus_name_parse(name, &domain, &number)) {
		bus = machine_bus(machine, domain, number);
		*is_root = bus && !bus->bridge;
	} else if (slot_parse(name, strlen(name), &slot) > 0) {
		bus = machine_bus(machine, slot.domain, slot.bus);
	} else {
		return NULL;
	}
	return bus ? &machine->buses[bus->root] : NULL;
}

static void add_entry(struct machine *machine, enum space space, const struct resource *entry,
		      const struct bus *root)
{
	host_window_add(machine, &(struct host_window) {
		.domain = root->domain,
		.bus = root->number,
		.space = (uint8_t)space,
		.cpu = entry->range,
		.path = machine->resources[space].path,
		.line = entry->line,
	});
}

/* What no host bridge is called, and may yet have devices in it. */
static bool is_memory(const char *name)
{
	static const char *const names[] = { "System RAM", "Reserved", "reserved",
					     "Unknown E820 type" };

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcasecmp(name, names[i]))
			return true;
	return false;
}

struct named_root {
	const char *name;
	const struct bus *root;
};

struct roots {
	struct named_root *list;
	size_t count;
};

static void remember_root(struct roots *roots, const char *name, const struct bus *root)
{
	for (size_t i = 0; i < roots->count; i++)
		if (roots->list[i].root == root && !strcmp(roots->list[i].name, name))
			return;
	roots->list = grow_array(roots->list, roots->count + 1, sizeof(*roots->list));
	roots->list[roots->count++] = (struct named_root) { name, root };
}

/*
 * By the name of a root bus, or, where a device tree names the host bridge ("pcie@10000000"),
 * by what lies in it.  Entries that nothing lies in are recognised by their names afterwards.
 */
static void find_in_list(struct machine *machine, enum space space, struct roots *roots)
{
	const struct resource_list *list = &machine->resources[space];
	const struct resource *top = NULL, *last_top = NULL;
	const struct bus *last_root = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct resource *entry = &list->entries[i];
		bool is_root;
		const struct bus *root = root_of_name(machine, entry->name, &is_root);

		if (entry->parent < 0)
			top = entry;
		if (!root)
			continue;
		/* below another bus it is no root bus; the bridge to it is not in the source */
		if (is_root && (top == entry || strncmp(top->name, "PCI Bus ", 8))) {
			add_entry(machine, space, entry, root);
		} else if (top != entry && !is_memory(top->name) &&
			   strncmp(top->name, "PCI Bus ", 8) &&
			   (top != last_top || root != last_root)) {
			remember_root(roots, top->name, root);
			add_entry(machine, space, top, root);
			last_top = top;
			last_root = root;
		}
	}
}

static void find_by_names(struct machine *machine, enum space space, const struct roots *roots)
{
	const struct resource_list *list = &machine->resources[space];

	for (size_t i = 0; i < list->count; i++)
		for (size_t k = 0; list->entries[i].parent < 0 && k < roots->count; k++)
			if (!strcmp(list->entries[i].name, roots->list[k].name))
				add_entry(machine, space, &list->entries[i],
					  roots->list[k].root);
}

static int compare_windows(const void *a, const void *b)
{
	const struct host_window *first = a, *second = b;

	if (first->of_another != second->of_another)
		return first->of_another ? 1 : -1;
	if (first->domain != second->domain)
		return first->domain < second->domain ? -1 : 1;
	if (first->bus != second->bus)
		return first->bus - second->bus;
	if (first->space != second->space)
		return first->space - second->space;
	return range_compare(first->cpu, second->cpu);
}

void host_windows_find(struct machine *machine)
{
	struct roots roots = { 0 };

	for (enum space space = 0; space < SPACES; space++)
		if (machine->resources[space].state == RESOURCES_READ)
			find_in_list(machine, space, &roots);
	for (enum space space = 0; roots.count && space < SPACES; space++)
		find_by_names(machine, space, &roots);
	free(roots.list);
}

void host_windows_sort(struct machine *machine)
{
	if (machine->host_window_count > 1)
		qsort(machine->host_windows, machine->host_window_count,
		      sizeof(*machine->host_windows), compare_windows);
}

const struct host_window *host_windows_of(const struct machine *machine, const struct bus *root,
					  enum space space, size_t *count)
{
	const struct host_window key = {
		.domain = root->domain, .bus = root->number, .space = (uint8_t)space,
	};
	size_t low = 0, high = machine->host_window_count, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct host_window *window = &machine->host_windows[middle];

		if (!window->of_another &&
		    (window->domain < key.domain ||
		     (window->domain == key.domain && (window->bus < key.bus ||
		      (window->bus == key.bus && window->space < key.space)))))
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < machine->host_window_count; end++)
		if (machine->host_windows[end].of_another ||
		    machine->host_windows[end].domain != key.domain ||
		    machine->host_windows[end].bus != key.bus ||
		    machine->host_windows[end].space != key.space)
			break;
	*count = end - low;
	return *count ? &machine->host_windows[low] : NULL;
}
