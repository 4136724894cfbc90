// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/domain-arguments.h"

#include <inttypes.h>
#include <string.h>

#include "common/numbers.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/qemu/properties.h"

#define FPGA_PORTS 0x800u	/* of BAR 0 of the card fpga */

static bool number_of(const struct qemu_properties *properties, const char *name,
		      uint64_t *value)
{
	const char *text = qemu_property(properties, name);

	return text && (parse_u64(text, value) || parse_size(text, value)) && *value;
}

/* The window of dec-21154 that PREFIX-base and PREFIX-limit fix. */
static void read_window(struct pci_function *function, const struct qemu_properties *properties,
			const char *base, const char *limit, enum window_kind kind,
			uint64_t unit)
{
	struct range range;

	if (!number_of(properties, base, &range.first))
		return;
	if (!number_of(properties, limit, &range.last))
		range.last = range.first + (unit - 1);
	if (range.first <= range.last)
		domain_set_window(function, kind, range);
}

static void read_fixed(struct domain *domain, struct pci_function *function,
		       const struct qemu_properties *properties)
{
	struct bar *bar;
	uint64_t base;

	if (!strcmp(properties->driver, "dec-21154")) {
		read_window(function, properties, "io-base", "io-limit", WINDOW_IO,
			    WINDOW_IO_UNIT);
		read_window(function, properties, "mem-base", "mem-limit", WINDOW_MEMORY,
			    WINDOW_MEMORY_UNIT);
		read_window(function, properties, "pref-base", "pref-limit", WINDOW_PREFETCHABLE,
			    WINDOW_MEMORY_UNIT);
	} else if (!strcmp(properties->driver, "fpga") &&
		   number_of(properties, "io-base", &base) &&
		   base <= UINT64_MAX - FPGA_PORTS) {
		bar = function_add_bar(domain->machine, function, 0);
		bar->space = SPACE_IO;
		bar->state = BAR_ASSIGNED;
		bar->size_known = true;
		bar->register_known = true;
		bar->answers = true;
		bar->register_address = base;
		bar->range = (struct range) { base, base + (FPGA_PORTS - 1) };
	}
}

/* A bus by its name; a device without one goes on the root bus.  DOMAIN_BUSES: there is none. */
static unsigned int find_bus(const struct domain *domain, const char *name)
{
	if (!name)
		return 0;
	/* behind a PCI Express port or bridge the bus may also be called ID.0 */
	for (unsigned int bus = 0; bus < DOMAIN_BUSES; bus++) {
		const char *found = domain->buses[bus].name;
		size_t length = found ? strlen(found) : 0;

		if (found && (!strcmp(found, name) ||
			      (!strncmp(found, name, length) && !strcmp(name + length, ".0"))))
			return bus;
	}
	return DOMAIN_BUSES;
}

static unsigned int free_bus(struct domain *domain, unsigned int above)
{
	unsigned int bus = (above > domain->last_bus ? above : domain->last_bus) + 1;

	if (bus < DOMAIN_BUSES)
		domain->last_bus = bus;
	return bus;
}

static void add_device(struct domain *domain, const struct qemu_properties *properties,
		       uint32_t line)
{
	struct machine *machine = domain->machine;
	const struct qemu_model *model = qemu_model(properties->driver);
	const char *address = qemu_property(properties, "addr");
	const char *id = qemu_property(properties, "id");
	const char *bus_name = qemu_property(properties, "bus");
	struct domain_place place = { .bus = find_bus(domain, bus_name) };
	struct pci_function *function;
	unsigned int below;
	uint64_t number;

	/* of another kind of bus: USB, SCSI, virtio-serial */
	if (!model && !address)
		return;
	if (place.bus == DOMAIN_BUSES) {
		if (!model)
			return;
		machine_warn(machine, "%s:%" PRIu32 ": there is no bus '%s' for this %s",
			     machine->config_path, line, bus_name, properties->driver);
	}
	/* behind a port there is one slot */
	if (place.bus < DOMAIN_BUSES && !address && domain->buses[place.bus].express)
		address = "0";
	if (place.bus == DOMAIN_BUSES || !address ||
	    !qemu_parse_place(address, &place.slot, &place.function)) {
		domain_unplaced(domain, line, arena_printf(&machine->arena, "-device %s%s%s",
							   properties->driver, id ? ",id=" : "",
							   id ? id : ""));
		return;
	}
	function = domain_add(domain, &place, line);
	if (!function)
		return;
	function->label = id;
	if (!model)
		return;
	domain_set_model(domain, function, model);
	if (model_is_bridge(model) || model->kind == MODEL_EXPANDER) {
		below = free_bus(domain, place.bus);
		if (below < DOMAIN_BUSES)
			domain_add_bus(domain, function, below, model, id);
		if (below < DOMAIN_BUSES && model->kind == MODEL_EXPANDER &&
		    number_of(properties, "bus_nr", &number) && number < DOMAIN_BUSES)
			domain_number_root(domain, below, (unsigned int)number, line);
	}
	if (function->bridge || !model_is_bridge(model))
		read_fixed(domain, function, properties);
}

/* The windows that a bridge of the domain fixes say whether it is an I/O port; -1: none has it. */
static int space_at(const struct bridge *bridge, uint64_t address)
{
	for (enum window_kind kind = 0; kind < WINDOWS; kind++) {
		const struct window *window = &bridge->windows[kind];

		if (window->state == WINDOW_OPEN &&
		    range_contains(window->range, (struct range) { address, address }))
			return window_space(kind);
	}
	return -1;
}

/*
 * One "SLOT[.FUNCTION][/BAR]=ADDRESS" of hold-at; false: it is none.  Without a BAR it may be any;
 * sizes are unknown.
 */
static bool hold(struct domain *domain, unsigned int bus, const struct bridge *bridge, char *text)
{
	struct domain_place place = { .bus = bus };
	char *equals = strchr(text, '='), *number = strchr(text, '/');
	struct pci_function *function;
	struct bar *bar;
	uint64_t index = BAR_ROM, address;
	int space;

	if (!equals || (number && number > equals))
		return false;
	*equals++ = '\0';
	if (number)
		*number++ = '\0';
	if (!qemu_parse_place(text, &place.slot, &place.function) ||
	    (number && !parse_u64_max(number, BAR_ROM - 1, &index)) || !parse_u64(equals, &address))
		return false;
	function = domain_find(domain, &place);
	space = space_at(bridge, address);
	if (!number || !function || space < 0 || function_bar(function, (unsigned int)index))
		return true;
	bar = function_add_bar(domain->machine, function, (unsigned int)index);
	bar->space = (uint8_t)space;
	bar->kind_unknown = space == SPACE_MEMORY;
	bar->state = BAR_ASSIGNED;
	bar->register_known = true;
	bar->answers = true;
	bar->register_address = address;
	bar->range = (struct range) { address, address };
	return true;
}

/* What hold-at of a dec-21154 fixes: BARs of the devices behind it, which come after it. */
static void read_held(struct domain *domain, const struct qemu_properties *properties,
		      uint32_t line)
{
	const char *held = qemu_property(properties, "hold-at");
	const char *id = qemu_property(properties, "id");
	unsigned int bus = id ? find_bus(domain, id) : DOMAIN_BUSES;
	const struct pci_function *bridge;
	char *text;

	if (!held || strcmp(properties->driver, "dec-21154") || bus == DOMAIN_BUSES)
		return;
	bridge = domain_bridge_to(domain, bus);
	text = arena_copy(&domain->machine->arena, held, strlen(held));
	while (bridge && text) {
		char *next = strchr(text, '+');

		if (next)
			*next++ = '\0';
		if (!hold(domain, bus, bridge->bridge, text))
			machine_warn(domain->machine, "%s:%" PRIu32 ": hold-at: not SLOT[.FUNCTION]"
				     "[/BAR]=ADDRESS, several with +", domain->machine->config_path,
				     line);
		text = next;
	}
}

/* Calls @take for each -device among the arguments. */
static void each_device(struct domain *domain, const struct xml_element *root,
			void (*take)(struct domain *domain,
				     const struct qemu_properties *properties, uint32_t line))
{
	struct arena *arena = &domain->machine->arena;
	const struct xml_element *list = root->children, *argument;
	bool device = false;

	while (list && !(xml_is(list, "commandline") && list->name_space &&
			 !strcmp(list->name_space, QEMU_NAMESPACE)))
		list = list->next;
	for (argument = list ? list->children : NULL; argument; argument = argument->next) {
		const char *value = xml_attribute(argument, "value");

		if (!xml_is(argument, "arg") || !value)
			continue;
		if (device) {
			struct qemu_properties properties = qemu_properties_parse(arena, value);

			if (properties.driver)
				take(domain, &properties, argument->line);
			device = false;
		} else {
			device = !strcmp(value, "-device") || !strcmp(value, "--device");
		}
	}
}

void domain_read_arguments(struct domain *domain, const struct xml_element *root)
{
	each_device(domain, root, add_device);
	each_device(domain, root, read_held);
}
