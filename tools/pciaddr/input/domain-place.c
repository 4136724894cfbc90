// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/domain-place.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/model/pcispec.h"
#include "pciaddr/qemu/machines.h"

struct pci_function *domain_find(const struct domain *domain, const struct domain_place *place)
{
	uint32_t number = domain->functions[place->bus][place->slot][place->function];

	return number ? &domain->machine->functions[number - 1] : NULL;
}

const struct pci_function *domain_bridge_to(const struct domain *domain, unsigned int bus)
{
	for (size_t i = 0; i < domain->machine->count; i++) {
		const struct pci_function *function = &domain->machine->functions[i];

		if (function->bridge && function->bridge->buses_known &&
		    function->bridge->secondary == bus)
			return function;
	}
	return NULL;
}

static void note_place(struct domain *domain, const struct pci_function *function)
{
	domain->functions[function->bus][function->device][function->function] =
		(uint32_t)(function - domain->machine->functions) + 1;
}

struct pci_function *domain_add(struct domain *domain, const struct domain_place *place,
				uint32_t line)
{
	struct pci_function *function = domain_find(domain, place);
	char slot[SLOT_TEXT_MAX];

	if (function) {
		machine_warn(domain->machine, "%s:%" PRIu32 ": %s is taken already (line %" PRIu32
			     "); this device is left out", domain->machine->config_path, line,
			     slot_text(function, slot), function->line);
		return NULL;
	}
	function = machine_add(domain->machine);
	function->bus = (uint8_t)place->bus;
	function->device = (uint8_t)place->slot;
	function->function = (uint8_t)place->function;
	note_place(domain, function);
	function->line = line;
	function->described = true;
	return function;
}

void domain_unplaced(struct domain *domain, uint32_t line, const char *what)
{
	struct machine *machine = domain->machine;

	if (machine->unplaced_count++ < UNPLACED_NAMED)
		machine->unplaced = arena_printf(&machine->arena, "%s%s%s (line %" PRIu32 ")",
						 machine->unplaced ? machine->unplaced : "",
						 machine->unplaced ? ", " : "", what, line);
}

void domain_set_model(struct domain *domain, struct pci_function *function,
		      const struct qemu_model *model)
{
	bool legacy = model->product &&
		!(model->modern && domain->buses[function->bus].express);

	function->ids_known = true;
	function->vendor = model->vendor;
	function->product = model->kind != MODEL_VIRTIO || legacy ? model->product :
		model->modern;
	if (!model_is_bridge(model))
		return;
	function->class_known = true;
	function->class = CLASS_PCI_BRIDGE << 8;
	function->interface_unknown = true;
}

void domain_add_bus(struct domain *domain, struct pci_function *function, unsigned int bus,
		    const struct qemu_model *model, const char *name)
{
	struct bridge *bridge;

	domain->buses[bus] = (struct domain_bus) {
		.exists = true,
		.root = model->kind == MODEL_EXPANDER,
		.express = model->kind == MODEL_PORT,
		.behind_pxb = model->kind == MODEL_EXPANDER && !model->express,
		.name = name,
	};
	if (!function || model->kind == MODEL_EXPANDER)
		return;
	bridge = arena_alloc(&domain->machine->arena, sizeof(*bridge));
	bridge->windows[WINDOW_IO_1].state = WINDOW_CLOSED;
	bridge->windows[WINDOW_MEMORY_1].state = WINDOW_CLOSED;
	bridge->buses_named = true;
	bridge->buses_known = bus > function->bus;
	bridge->primary = function->bus;
	bridge->secondary = (uint8_t)bus;
	bridge->subordinate = (uint8_t)bus;
	function->bridge = bridge;
}

void domain_number_root(struct domain *domain, unsigned int bus, unsigned int number,
			uint32_t line)
{
	domain->buses[bus].number = number;
	domain->buses[bus].line = line;
}

void domain_set_window(struct pci_function *function, enum window_kind kind, struct range range)
{
	function->bridge->windows[kind].state = WINDOW_OPEN;
	function->bridge->windows[kind].range = range;
}

bool domain_root_is_express(const struct domain *domain)
{
	return qemu_machine_is_express(domain->machine_type);
}

void domain_add_builtin(struct domain *domain)
{
	const struct qemu_builtin *builtin = qemu_machine_builtin(domain->machine_type);

	for (; builtin && builtin->vendor; builtin++) {
		const struct domain_place place = { 0, builtin->slot, builtin->function };
		struct pci_function *function = domain_find(domain, &place);

		if (!function)
			function = domain_add(domain, &place, 0);
		function->ids_known = true;
		function->vendor = builtin->vendor;
		function->product = builtin->product;
		function->class_known = true;
		function->class = (uint32_t)builtin->class << 8;
		function->interface_unknown = true;
	}
}

/* Is @bus the bus @above, or behind it?  What leads to a bus has a lower index. */
static bool is_behind(const struct domain *domain, unsigned int bus, unsigned int above)
{
	const struct pci_function *bridge = bus > above ? domain_bridge_to(domain, bus) : NULL;

	return bridge ? is_behind(domain, bridge->bus, above) : bus == above;
}

/*
 * The numbers of the buses from @above on, in their order, from that of the expander's root bus on.
 * False: another bus has one of them, or they do not suffice.
 */
static bool renumber(const struct domain *domain, unsigned int above, bool taken[DOMAIN_BUSES],
		     uint8_t numbers[DOMAIN_BUSES])
{
	const struct domain_bus *root = &domain->buses[above];
	unsigned int next = root->number + root->behind_pxb;
	bool behind[DOMAIN_BUSES] = { false }, fits;

	for (unsigned int bus = above; bus < DOMAIN_BUSES; bus++) {
		behind[bus] = domain->buses[bus].exists && is_behind(domain, bus, above);
		taken[bus] = taken[bus] && !behind[bus];
	}
	fits = !root->behind_pxb || !taken[root->number];
	for (unsigned int bus = above; bus < DOMAIN_BUSES; bus++) {
		if (!behind[bus])
			continue;
		fits = fits && next < DOMAIN_BUSES && !taken[next];
		if (fits)
			numbers[bus] = (uint8_t)next++;
	}
	for (unsigned int bus = above; bus < DOMAIN_BUSES; bus++) {
		if (behind[bus] && !fits)
			numbers[bus] = (uint8_t)bus;
		if (behind[bus])
			taken[numbers[bus]] = true;
	}
	taken[root->number] = taken[root->number] || fits;
	return fits;
}

/* On the root bus of pxb is nothing but a bridge of its own, which has the same id. */
static void add_bridge_of_pxb(struct domain *domain, const struct domain_bus *root)
{
	const struct domain_place place = { root->number, 0, 0 };
	const struct qemu_model *model = qemu_model("pci-bridge");
	struct pci_function *function = domain_add(domain, &place, root->line);

	if (!function)
		return;
	function->label = root->name;
	domain_set_model(domain, function, model);
	domain_add_bus(domain, function, root->number + 1, model, NULL);
}

static void number_expanders(struct domain *domain)
{
	struct machine *machine = domain->machine;
	struct domain_bus before[DOMAIN_BUSES];
	uint8_t numbers[DOMAIN_BUSES];
	bool taken[DOMAIN_BUSES], fits[DOMAIN_BUSES] = { false };

	for (unsigned int bus = 0; bus < DOMAIN_BUSES; bus++) {
		numbers[bus] = (uint8_t)bus;
		before[bus] = domain->buses[bus];
		taken[bus] = before[bus].exists;
	}
	for (unsigned int bus = 1; bus < DOMAIN_BUSES; bus++) {
		if (!before[bus].number)
			continue;
		fits[bus] = renumber(domain, bus, taken, numbers);
		if (!fits[bus])
			machine_warn(machine, "%s:%" PRIu32 ": the root bus %u of this expander, or "
				     "one of the numbers after it, is another bus's index or too "
				     "high: what is behind it is named by the controllers' indexes",
				     machine->config_path, before[bus].line, before[bus].number);
	}
	memset(domain->functions, 0, sizeof(domain->functions));
	for (size_t i = 0; i < machine->count; i++) {
		struct pci_function *function = &machine->functions[i];

		function->bus = numbers[function->bus];
		note_place(domain, function);
		if (!function->bridge)
			continue;
		function->bridge->primary = numbers[function->bridge->primary];
		function->bridge->secondary = numbers[function->bridge->secondary];
	}
	memset(domain->buses, 0, sizeof(domain->buses));
	for (unsigned int bus = 0; bus < DOMAIN_BUSES; bus++)
		if (before[bus].exists)
			domain->buses[numbers[bus]] = before[bus];
	for (unsigned int bus = 1; bus < DOMAIN_BUSES; bus++) {
		if (!fits[bus] || !before[bus].behind_pxb)
			continue;
		domain->buses[before[bus].number] = (struct domain_bus) {
			.exists = true,
			.root = true,
		};
		add_bridge_of_pxb(domain, &before[bus]);
	}
}

/* Buses have a higher number than what leads to them: from below, each is passed on. */
void domain_settle(struct domain *domain)
{
	struct machine *machine = domain->machine;
	uint8_t last[DOMAIN_BUSES];

	number_expanders(domain);
	for (unsigned int bus = 0; bus < DOMAIN_BUSES; bus++)
		last[bus] = (uint8_t)bus;
	for (unsigned int bus = DOMAIN_BUSES - 1; bus > 0; bus--) {
		for (size_t i = 0; i < machine->count; i++) {
			struct pci_function *function = &machine->functions[i];
			struct bridge *bridge = function->bridge;

			if (!bridge || !bridge->buses_known || bridge->secondary != bus)
				continue;
			bridge->subordinate = last[bus];
			if (last[function->bus] < last[bus])
				last[function->bus] = last[bus];
		}
	}
	for (size_t i = 0; i < machine->count; i++) {
		struct pci_function *function = &machine->functions[i];

		function->on_root_bus = domain->buses[function->bus].root;
	}
}
