// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libvirt domain: what was asked for.  It says which device is where behind which controller,
 * and of addresses only those that the devices of <qemu:commandline> fix.  All else that a
 * machine has is unknown.
 */
#include <config.h>

#include "pciaddr/input/source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/die.h"
#include "pciaddr/input/domain-arguments.h"
#include "pciaddr/input/domain-devices.h"
#include "pciaddr/input/domain-place.h"
#include "pciaddr/input/domain-xml.h"

static const char wanted[] = "expected: what 'virsh dumpxml DOMAIN' prints";

static const char *alias_of(const struct xml_element *device)
{
	return xml_attribute(xml_child(device, "alias"), "name");
}

/* False: it has none that is a place on a PCI bus; one that is not valid has a warning. */
static bool read_place(struct domain *domain, const struct xml_element *device,
		       struct domain_place *place)
{
	struct machine *machine = domain->machine;
	const struct xml_element *address = xml_child(device, "address");
	uint64_t bus = 0, slot = 0, function = 0;

	if (!xml_attribute_is(address, "type", "pci"))
		return false;
	/* <address type='pci'/> alone asks for a PCI bus, anywhere */
	if (!xml_attribute(address, "slot"))
		return false;
	if ((xml_attribute(address, "bus") && !xml_number(address, "bus", DOMAIN_BUSES - 1, &bus)) ||
	    !xml_number(address, "slot", 31, &slot) ||
	    (xml_attribute(address, "function") &&
	     !xml_number(address, "function", 7, &function))) {
		machine_warn(machine, "%s:%" PRIu32 ": not a PCI address: bus is 0 to 0xff, slot 0 "
			     "to 0x1f, function 0 to 7", machine->config_path, address->line);
		return false;
	}
	*place = (struct domain_place) { (unsigned int)bus, (unsigned int)slot,
					 (unsigned int)function };
	return true;
}

static void add_root(struct domain *domain, const struct xml_element *controller,
		     unsigned int index)
{
	const char *name = arena_printf(&domain->machine->arena, "%s.%u",
					xml_attribute_is(controller, "model", "pcie-root") ?
					"pcie" : "pci", index);

	domain->buses[index] = (struct domain_bus) { .exists = true, .root = true, .name = name };
}

static void add_controller(struct domain *domain, const struct xml_element *controller)
{
	struct machine *machine = domain->machine;
	const struct qemu_model *model = domain_controller_model(controller);
	const char *name, *alias = alias_of(controller);
	struct pci_function *function = NULL;
	struct domain_place place;
	uint64_t index, number;

	if (!xml_number(controller, "index", DOMAIN_BUSES - 1, &index)) {
		machine_warn(machine, "%s:%" PRIu32 ": a PCI controller without an index from 0 to "
			     "255: what is behind it is unknown", machine->config_path,
			     controller->line);
		return;
	}
	if (domain->last_bus < index)
		domain->last_bus = (unsigned int)index;
	if (domain_controller_is_root(controller)) {
		add_root(domain, controller, (unsigned int)index);
		return;
	}
	/* libvirt gives its PCI controllers this id, whether or not the domain runs */
	name = alias ? alias : arena_printf(&machine->arena, "pci.%u", (unsigned int)index);
	if (read_place(domain, controller, &place)) {
		if (place.bus >= index)
			machine_warn(machine, "%s:%" PRIu32 ": controller %u is on bus %u: libvirt "
				     "requires an index above that", machine->config_path,
				     controller->line, (unsigned int)index, place.bus);
		function = domain_add(domain, &place, controller->line);
	} else {
		domain_unplaced(domain, controller->line,
				domain_device_text(&machine->arena, controller));
	}
	if (function) {
		function->label = name;
		if (model)
			domain_set_model(domain, function, model);
	}
	if (!model)
		return;
	domain_add_bus(domain, function, (unsigned int)index, model, name);
	if (model->kind == MODEL_EXPANDER &&
	    xml_number(xml_child(controller, "target"), "busNr", DOMAIN_BUSES - 1, &number))
		domain_number_root(domain, (unsigned int)index, (unsigned int)number,
				   controller->line);
}

static void add_device(struct domain *domain, const struct xml_element *device)
{
	struct machine *machine = domain->machine;
	const struct qemu_model *model = domain_device_model(device);
	struct pci_function *function;
	struct domain_place place;

	if (!read_place(domain, device, &place)) {
		if (domain_device_is_pci(device))
			domain_unplaced(domain, device->line,
					domain_device_text(&machine->arena, device));
		return;
	}
	function = domain_add(domain, &place, device->line);
	if (!function)
		return;
	function->label = alias_of(device);
	if (model)
		domain_set_model(domain, function, model);
	if (!domain->buses[place.bus].exists)
		machine_warn(machine, "%s:%" PRIu32 ": no controller of this domain leads to bus "
			     "%u: where that is is unknown", machine->config_path,
			     device->line, place.bus);
}

static bool is_pci_controller(const struct xml_element *device)
{
	return xml_is(device, "controller") && xml_attribute_is(device, "type", "pci");
}

/* What leads to a bus comes before what is on it. */
static void read_devices(struct domain *domain, const struct xml_element *devices)
{
	const struct xml_element *first = devices ? devices->children : NULL;

	for (const struct xml_element *device = first; device; device = device->next)
		if (is_pci_controller(device))
			add_controller(domain, device);
	if (!domain->buses[0].exists)
		domain->buses[0] = (struct domain_bus) {
			.exists = true,
			.root = true,
			.name = domain_root_is_express(domain) ? "pcie.0" : "pci.0",
		};
	for (const struct xml_element *device = first; device; device = device->next)
		if (!is_pci_controller(device))
			add_device(domain, device);
}

static void read_machine(struct domain *domain, const struct xml_element *root)
{
	const struct xml_element *type = xml_child(xml_child(root, "os"), "type");
	const struct xml_element *name = xml_child(root, "name");
	const char *value = xml_attribute(type, "arch");

	if (name && *name->text)
		domain->machine->host = name->text;
	domain->architecture = value ? value : "";
	value = xml_attribute(type, "machine");
	domain->machine_type = value ? value : "";
}

static void read_domain(struct machine *machine, const struct xml_element *root)
{
	struct domain *domain = xcalloc(1, sizeof(*domain));

	domain->machine = machine;
	read_machine(domain, root);
	read_devices(domain, xml_child(root, "devices"));
	domain_add_builtin(domain);
	domain_read_arguments(domain, root);
	domain_settle(domain);
	machine_tell(machine, "%s: a libvirt domain, %s%smachine %s: %zu PCI functions with an "
		     "address, %zu devices without one", machine->config_path,
		     domain->architecture, *domain->architecture ? ", " : "",
		     *domain->machine_type ? domain->machine_type : "unknown", machine->count,
		     machine->unplaced_count);
	free(domain);
}

void source_domain_load(struct machine *machine, const struct source *source)
{
	const struct xml_element *root, *domain;

	machine->config_path = strcmp(source->path, "-") ?
		arena_copy(&machine->arena, source->path, strlen(source->path)) : machine->name;
	root = domain_xml_read(machine, source->path);
	if (!root)
		return;
	domain = domain_xml_domain(root);
	if (!domain)
		machine_fail(machine, EXIT_USAGE, "%s: no libvirt domain in it; %s",
			     machine->config_path, wanted);
	else
		read_domain(machine, domain);
}
