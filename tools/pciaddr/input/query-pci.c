// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * query-pci, as QEMU's qapi/pci.json has it.  QEMU tells what its models hold: ids, the BARs
 * with their sizes, those that are enabled with their address (-1: enabled nowhere), windows and
 * bus numbers of bridges.  The command register is not told.
 */
#include <config.h>

#include "pciaddr/input/query-pci.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pciaddr/input/json-value.h"
#include "pciaddr/model/pcispec.h"

/* "query-pci[0].devices[3].regions[1]" of a warning */
#define PLACE_MAX 120

#define BUSES 256

struct reader {
	struct machine *machine;
	uint32_t domain;
};

/* The list of devices of a bus. */
struct device_list {
	struct json_object *devices;
	const char *place;
};

static void read_devices(const struct reader *reader, const struct device_list *list);

static void warn_of(const struct reader *reader, const char *place, const char *what)
{
	machine_warn(reader->machine, "%s: %s: %s", reader->machine->config_path, place, what);
}

/*
 * A region without an address is there all the same; without a number or a size it says
 * nothing.
 */
static void read_region(const struct reader *reader, struct pci_function *function,
			struct json_object *region, const char *place)
{
	const char *type = json_member_text(region, "type");
	uint64_t index, size, first;
	struct bar *bar;
	bool io;

	if (!type || (strcmp(type, "io") && strcmp(type, "memory")) ||
	    !json_member_uint(region, "bar", BAR_ROM, &index) ||
	    !json_member_bits(region, "address", &first) ||
	    !json_member_uint(region, "size", INT64_MAX, &size) || !size) {
		warn_of(reader, place, "a region needs bar (0 to 6), type (io or memory), address "
			"and size; left out");
		return;
	}
	if (function_bar(function, (unsigned int)index)) {
		warn_of(reader, place, "the BAR is listed twice; the second is left out");
		return;
	}
	io = !strcmp(type, "io");
	bar = function_add_bar(reader->machine, function, (unsigned int)index);
	bar->space = io ? SPACE_IO : SPACE_MEMORY;
	bar->prefetchable = json_member_true(region, "prefetch");
	bar->is_64bit = json_member_true(region, "mem_type_64");
	bar->size_known = true;
	if (first <= UINT64_MAX - size) {
		bar->state = BAR_ASSIGNED;
		bar->register_known = true;
		bar->register_address = first;
		bar->answers = true;
	} else {
		if (first != UINT64_MAX)
			warn_of(reader, place, "the address is beyond the end of the space; taken "
				"for none");
		first = 0;
		bar->unmapped = true;
		bar->not_decoded = index == BAR_ROM;
	}
	bar->range = (struct range) { first, first + size - 1 };
}

static void read_regions(const struct reader *reader, struct pci_function *function,
			 struct json_object *regions, const char *place)
{
	char below[PLACE_MAX];

	for (size_t i = 0; i < json_object_array_length(regions); i++) {
		snprintf(below, sizeof(below), "%.80s.regions[%zu]", place, i);
		read_region(reader, function, json_object_array_get_idx(regions, i), below);
	}
}

/* QEMU gives the last byte of the window; base and limit 0 stand for none, as in the registers. */
static void read_window(const struct reader *reader, struct window *window,
			struct json_object *bus, const char *key, uint64_t unit,
			const char *place)
{
	struct json_object *range = json_member(bus, key, json_type_object);
	uint64_t base, limit;

	if (!json_member_bits(range, "base", &base) ||
	    !json_member_bits(range, "limit", &limit)) {
		warn_of(reader, place, "base or limit of a window is missing: the window is "
			"unknown");
		return;
	}
	window->state = base > limit || (!base && limit == unit - 1) ? WINDOW_CLOSED : WINDOW_OPEN;
	window->range = (struct range) { base, limit };
}

static void read_bridge(const struct reader *reader, struct pci_function *function,
			struct json_object *value, const char *place)
{
	struct json_object *bus = json_member(value, "bus", json_type_object);
	struct bridge *bridge = arena_alloc(&reader->machine->arena, sizeof(*bridge));
	uint64_t primary, secondary, subordinate;

	function->bridge = bridge;
	bridge->windows[WINDOW_IO_1].state = WINDOW_CLOSED;
	bridge->windows[WINDOW_MEMORY_1].state = WINDOW_CLOSED;
	if (json_member_uint(bus, "number", BUSES - 1, &primary) &&
	    json_member_uint(bus, "secondary", BUSES - 1, &secondary) &&
	    json_member_uint(bus, "subordinate", BUSES - 1, &subordinate)) {
		bridge->buses_known = true;
		bridge->primary = (uint8_t)primary;
		bridge->secondary = (uint8_t)secondary;
		bridge->subordinate = (uint8_t)subordinate;
	} else {
		warn_of(reader, place, "bus numbers of a bridge are 0 to 255; these are unknown");
	}
	read_window(reader, &bridge->windows[WINDOW_IO], bus, "io_range", WINDOW_IO_UNIT, place);
	read_window(reader, &bridge->windows[WINDOW_MEMORY], bus, "memory_range",
		    WINDOW_MEMORY_UNIT, place);
	read_window(reader, &bridge->windows[WINDOW_PREFETCHABLE], bus, "prefetchable_range",
		    WINDOW_MEMORY_UNIT, place);
	bridge->io_32bit = bridge->windows[WINDOW_IO].range.last > UINT16_MAX;
	bridge->prefetch_64bit = bridge->windows[WINDOW_PREFETCHABLE].range.last > UINT32_MAX;
}

static void read_ids(struct pci_function *function, struct json_object *device)
{
	struct json_object *id = json_member(device, "id", json_type_object);
	struct json_object *class_info = json_member(device, "class_info", json_type_object);
	uint64_t vendor, product, value;

	if (json_member_uint(id, "vendor", UINT16_MAX, &vendor) &&
	    json_member_uint(id, "device", UINT16_MAX, &product)) {
		function->ids_known = true;
		function->vendor = (uint16_t)vendor;
		function->product = (uint16_t)product;
	}
	if (json_member_uint(id, "subsystem-vendor", UINT16_MAX, &vendor) &&
	    json_member_uint(id, "subsystem", UINT16_MAX, &product)) {
		function->subsystem_known = true;
		function->subsystem_vendor = (uint16_t)vendor;
		function->subsystem = (uint16_t)product;
	}
	if (json_member_uint(class_info, "class", UINT16_MAX, &value)) {
		function->class_known = true;
		function->class = (uint32_t)value << 8;
		function->interface_unknown = true;
	}
}

static void read_device(const struct reader *reader, struct json_object *device,
			const char *place)
{
	struct json_object *regions = json_member(device, "regions", json_type_array);
	struct json_object *bridge = json_member(device, "pci_bridge", json_type_object);
	const char *label = json_member_text(device, "qdev_id");
	struct pci_function *function;
	uint64_t bus, slot, number;
	char below[PLACE_MAX];

	if (!json_member_uint(device, "bus", BUSES - 1, &bus) ||
	    !json_member_uint(device, "slot", 31, &slot) ||
	    !json_member_uint(device, "function", 7, &number)) {
		warn_of(reader, place, "a device needs bus (0 to 255), slot (0 to 31) and function "
			"(0 to 7); left out, with what is behind it");
		return;
	}
	function = machine_add(reader->machine);
	function->domain = reader->domain;
	function->bus = (uint8_t)bus;
	function->device = (uint8_t)slot;
	function->function = (uint8_t)number;
	function->header_known = true;
	function->header_type = bridge ? HEADER_BRIDGE : HEADER_DEVICE;
	function->bars_listed = regions != NULL;
	if (label && *label)
		function->label = arena_copy(&reader->machine->arena, label, strlen(label));
	read_ids(function, device);
	if (regions)
		read_regions(reader, function, regions, place);
	else
		warn_of(reader, place, "there is no list of regions: its BARs are unknown");
	if (!bridge)
		return;
	read_bridge(reader, function, bridge, place);
	snprintf(below, sizeof(below), "%.80s.pci_bridge", place);
	read_devices(reader, &(struct device_list) {
		json_member(bridge, "devices", json_type_array), below,
	});
}

static void read_devices(const struct reader *reader, const struct device_list *list)
{
	char below[PLACE_MAX];

	for (size_t i = 0; list->devices && i < json_object_array_length(list->devices); i++) {
		snprintf(below, sizeof(below), "%.80s.devices[%zu]", list->place, i);
		read_device(reader, json_object_array_get_idx(list->devices, i), below);
	}
}

static bool is_bus(struct json_object *value)
{
	return json_member(value, "bus", json_type_int) &&
		json_member(value, "devices", json_type_array);
}

bool is_query_pci(struct json_object *value)
{
	if (!json_object_is_type(value, json_type_array) || !json_object_array_length(value))
		return false;
	for (size_t i = 0; i < json_object_array_length(value); i++)
		if (!is_bus(json_object_array_get_idx(value, i)))
			return false;
	return true;
}

static uint64_t bus_number(struct json_object *value, size_t index)
{
	uint64_t number;

	return json_member_uint(json_object_array_get_idx(value, index), "bus", BUSES - 1,
				&number) ? number : BUSES;
}

void query_pci_read(struct machine *machine, struct json_object *value)
{
	size_t count = json_object_array_length(value);
	uint32_t same[BUSES + 1] = { 0 };
	char place[PLACE_MAX];

	for (size_t i = count; i-- > 0;) {
		struct reader reader = { machine, same[bus_number(value, i)]++ };

		snprintf(place, sizeof(place), "query-pci[%zu]", i);
		read_devices(&reader, &(struct device_list) {
			json_member(json_object_array_get_idx(value, i), "devices",
				    json_type_array), place,
		});
	}
}
