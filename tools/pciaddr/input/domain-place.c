// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/domain-place.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/model/pcispec.h"

static struct pci_function *find(const struct domain *domain, const struct domain_place *place)
{
	struct machine *machine = domain->machine;

	for (size_t i = 0; i < machine->count; i++) {
		struct pci_function *function = &machine->functions[i];

		if (function->bus == place->bus && function->device == place->slot &&
		    function->function == place->function)
			return function;
	}
	return NULL;
}

struct pci_function *domain_add(struct domain *domain, const struct domain_place *place,
				uint32_t line)
{
	struct pci_function *function = find(domain, place);
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

void domain_set_window(struct pci_function *function, enum window_kind kind, struct range range)
{
	function->bridge->windows[kind].state = WINDOW_OPEN;
	function->bridge->windows[kind].range = range;
}

struct builtin {
	uint8_t slot;
	uint8_t function;
	uint16_t vendor;
	uint16_t product;
	uint16_t class;
};

/* hw/i386/pc_piix.c, hw/i386/pc_q35.c and hw/pci-host/gpex.c of QEMU */
static const struct builtin i440fx[] = {
	{ 0, 0, 0x8086, 0x1237, 0x0600 }, { 1, 0, 0x8086, 0x7000, 0x0601 },
	{ 1, 1, 0x8086, 0x7010, 0x0101 }, { 1, 3, 0x8086, 0x7113, 0x0680 }, { 0 },
};

static const struct builtin q35[] = {
	{ 0, 0, 0x8086, 0x29c0, 0x0600 }, { 31, 0, 0x8086, 0x2918, 0x0601 },
	{ 31, 2, 0x8086, 0x2922, 0x0106 }, { 31, 3, 0x8086, 0x2930, 0x0c05 }, { 0 },
};

static const struct builtin generic[] = { { 0, 0, 0x1b36, 0x0008, 0x0600 }, { 0 } };

static bool is_type(const char *type, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(type, name, length) && (!type[length] || type[length] == '-');
}

static const struct builtin *builtin_of(const struct domain *domain)
{
	const char *type = domain->machine_type;

	if (is_type(type, "q35") || is_type(type, "pc-q35"))
		return q35;
	if (is_type(type, "pc") || is_type(type, "pc-i440fx"))
		return i440fx;
	return is_type(type, "virt") ? generic : NULL;
}

bool domain_root_is_express(const struct domain *domain)
{
	return builtin_of(domain) == q35 || builtin_of(domain) == generic;
}

void domain_add_builtin(struct domain *domain)
{
	const struct builtin *builtin = builtin_of(domain);

	for (; builtin && builtin->vendor; builtin++) {
		const struct domain_place place = { 0, builtin->slot, builtin->function };
		struct pci_function *function = find(domain, &place);

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

/* Buses have a higher number than what leads to them: from below, each is passed on. */
void domain_settle(struct domain *domain)
{
	struct machine *machine = domain->machine;
	uint8_t last[DOMAIN_BUSES];

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
