// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/model/log-facts.h"

#include <stdlib.h>
#include <string.h>

/* Open addressing; at most half of the places are used. */
struct log_index {
	struct log_place {
		uint64_t key;	/* plus 1; 0: free */
		uint32_t value;
	} *places;
	size_t size;		/* a power of two, or 0 */
	size_t used;
};

static uint64_t key_of(const struct pci_function *slot, unsigned int item)
{
	return ((uint64_t)slot->domain << 24 | (uint64_t)slot->bus << 16 |
		(uint64_t)(slot->device & 0x1f) << 11 | (uint64_t)(slot->function & 7) << 8 |
		item) + 1;
}

static struct log_place *find_place(const struct log_index *index, uint64_t key)
{
	size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (index->size - 1);

	while (index->places[at].key && index->places[at].key != key)
		at = (at + 1) & (index->size - 1);
	return &index->places[at];
}

static void grow_index(struct log_index *index)
{
	struct log_index bigger = { .size = index->size ? index->size * 2 : 256 };

	bigger.places = grow_array(NULL, bigger.size, sizeof(*bigger.places));
	memset(bigger.places, 0, bigger.size * sizeof(*bigger.places));
	for (size_t i = 0; i < index->size; i++)
		if (index->places[i].key)
			*find_place(&bigger, index->places[i].key) = index->places[i];
	bigger.used = index->used;
	free(index->places);
	*index = bigger;
}

static void index_set(struct log_index *index, uint64_t key, size_t value)
{
	struct log_place *place;

	if (index->used * 2 >= index->size)
		grow_index(index);
	place = find_place(index, key);
	if (!place->key)
		index->used++;
	*place = (struct log_place) { key, (uint32_t)value };
}

static const struct log_place *index_find(const struct log_index *index, uint64_t key)
{
	const struct log_place *place = index->size ? find_place(index, key) : NULL;

	return place && place->key ? place : NULL;
}

static uint64_t *seen_place(const struct log_seen *seen, uint64_t hash)
{
	size_t at = (size_t)hash & (seen->size - 1);

	while (seen->hashes[at] && seen->hashes[at] != hash)
		at = (at + 1) & (seen->size - 1);
	return &seen->hashes[at];
}

static void grow_seen(struct log_seen *seen)
{
	struct log_seen bigger = { .size = seen->size ? seen->size * 2 : 1024,
				   .used = seen->used };

	bigger.hashes = grow_array(NULL, bigger.size, sizeof(*bigger.hashes));
	memset(bigger.hashes, 0, bigger.size * sizeof(*bigger.hashes));
	for (size_t i = 0; i < seen->size; i++)
		if (seen->hashes[i])
			*seen_place(&bigger, seen->hashes[i]) = seen->hashes[i];
	free(seen->hashes);
	*seen = bigger;
}

bool log_seen_before(struct log_seen *seen, uint64_t hash, uint64_t stamp, bool add)
{
	uint64_t *place;

	hash ^= stamp * 0x9e3779b97f4a7c15u;
	hash ^= hash >> 29;
	/* 0 stands for a free place */
	hash += !hash;
	if (seen->used * 2 >= seen->size)
		grow_seen(seen);
	place = seen_place(seen, hash);
	if (*place)
		return true;
	if (add) {
		*place = hash;
		seen->used++;
	}
	return false;
}

bool log_function_is_another(const struct log_function *found, const struct pci_function *function)
{
	const struct pci_function *slot = &found->slot;

	if (found->gone || !slot->header_known || function->absent || function->virtual ||
	    function->told_by_log)
		return false;
	if (slot->ids_known && function->ids_known)
		return slot->vendor != function->vendor || slot->product != function->product;
	/* a driver's quirk may give a class to what has none */
	return slot->class_known && function->class_known && slot->class >> 16 &&
		function->class >> 16 && slot->class >> 16 != function->class >> 16;
}

bool log_is_only_source(const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		if (!machine->functions[i].told_by_log)
			return false;
	return machine->log && machine->log->path;
}

struct log_facts *log_facts_of(struct machine *machine)
{
	if (!machine->log) {
		machine->log = grow_array(NULL, 1, sizeof(*machine->log));
		memset(machine->log, 0, sizeof(*machine->log));
		machine->log->index = grow_array(NULL, 1, sizeof(*machine->log->index));
		memset(machine->log->index, 0, sizeof(*machine->log->index));
	}
	return machine->log;
}

void log_facts_free(struct log_facts *facts)
{
	if (!facts)
		return;
	free(facts->resources);
	free(facts->functions);
	free(facts->ecam);
	free(facts->roots);
	free(facts->pending);
	free(facts->seen.hashes);
	free(facts->index->places);
	free(facts->index);
	free(facts);
}

struct log_resource *log_facts_resource(const struct log_facts *facts,
					const struct pci_function *slot, unsigned int item)
{
	const struct log_place *place = index_find(facts->index, key_of(slot, item));

	return place ? &facts->resources[place->value] : NULL;
}

struct log_function *log_facts_function(const struct log_facts *facts,
					const struct pci_function *slot)
{
	const struct log_place *place = index_find(facts->index, key_of(slot, LOG_ITEM_NONE));

	return place ? &facts->functions[place->value] : NULL;
}

static struct pci_function address_of(const struct pci_function *slot)
{
	return (struct pci_function) {
		.domain = slot->domain, .bus = slot->bus, .device = slot->device,
		.function = slot->function,
	};
}

/* Room for one more; doubled each time that it is full. */
static void *room(void *array, size_t count, size_t size)
{
	if (count && (count & (count - 1)))
		return array;
	return grow_array(array, count ? count * 2 : 1, size);
}

struct log_resource *log_facts_take_resource(struct log_facts *facts,
					     const struct pci_function *slot, unsigned int item)
{
	struct log_resource *resource = log_facts_resource(facts, slot, item);

	if (resource)
		return resource;
	facts->resources = room(facts->resources, facts->resource_count,
				sizeof(*facts->resources));
	index_set(facts->index, key_of(slot, item), facts->resource_count);
	resource = &facts->resources[facts->resource_count++];
	*resource = (struct log_resource) { .slot = address_of(slot), .item = (uint8_t)item };
	return resource;
}

struct log_function *log_facts_take_function(struct log_facts *facts,
					     const struct pci_function *slot)
{
	struct log_function *function = log_facts_function(facts, slot);

	if (function)
		return function;
	facts->functions = room(facts->functions, facts->function_count,
				sizeof(*facts->functions));
	index_set(facts->index, key_of(slot, LOG_ITEM_NONE), facts->function_count);
	function = &facts->functions[facts->function_count++];
	*function = (struct log_function) { .slot = address_of(slot) };
	return function;
}

static void forget_resources(struct log_facts *facts, const struct pci_function *slot)
{
	for (unsigned int item = 0; item < LOG_ITEM_WINDOW + WINDOWS; item++) {
		struct log_resource *resource = log_facts_resource(facts, slot, item);

		if (resource)
			*resource = (struct log_resource) {
				.slot = resource->slot, .item = resource->item,
			};
	}
}

static void forget_below(struct log_facts *facts, const struct log_function *bridge)
{
	for (size_t i = 0; i < facts->function_count; i++) {
		struct log_function *function = &facts->functions[i];

		if (function->gone || function->slot.domain != bridge->slot.domain ||
		    function->slot.bus < bridge->secondary ||
		    function->slot.bus > bridge->subordinate)
			continue;
		function->gone = true;
		forget_resources(facts, &function->slot);
	}
}

void log_facts_bus_gone(struct log_facts *facts, uint32_t domain, uint8_t bus)
{
	for (unsigned int place = 0; place < 256; place++) {
		const struct pci_function slot = {
			.domain = domain, .bus = bus, .device = (uint8_t)(place >> 3),
			.function = place & 7,
		};
		struct log_function *function = log_facts_function(facts, &slot);

		if (!function || function->gone)
			continue;
		function->gone = true;
		forget_resources(facts, &slot);
	}
}

void log_facts_port_empty(struct log_facts *facts, const struct pci_function *slot)
{
	struct log_function *port = log_facts_function(facts, slot);

	if (!port)
		return;
	port->leaving = false;
	for (unsigned int bus = port->buses_known ? port->secondary : 256;
	     bus < 256 && bus <= port->subordinate; bus++)
		log_facts_bus_gone(facts, slot->domain, (uint8_t)bus);
}

struct log_function *log_facts_found(struct log_facts *facts, const struct pci_function *slot)
{
	bool known = log_facts_function(facts, slot);
	struct log_function *function = log_facts_take_function(facts, slot);

	if (known)
		forget_resources(facts, slot);
	if (function->buses_known && !function->gone)
		forget_below(facts, function);
	*function = (struct log_function) { .slot = function->slot };
	return function;
}

void log_facts_set_buses(struct log_facts *facts, const struct pci_function *slot,
			 uint8_t secondary, uint8_t subordinate)
{
	struct log_function *function = log_facts_take_function(facts, slot);
	struct pci_function bus = { .domain = slot->domain, .bus = secondary };

	function->gone = false;
	function->buses_known = true;
	function->secondary = secondary;
	function->subordinate = subordinate;
	index_set(facts->index, key_of(&bus, LOG_ITEM_BUS),
		  (size_t)(function - facts->functions));
}

void log_facts_guess_bus(struct log_facts *facts, const struct pci_function *slot, uint8_t secondary)
{
	struct log_function *function = log_facts_take_function(facts, slot);
	struct pci_function bus = { .domain = slot->domain, .bus = secondary };

	function->bus_guessed = true;
	function->secondary = secondary;
	index_set(facts->index, key_of(&bus, LOG_ITEM_BUS),
		  (size_t)(function - facts->functions));
}

void log_facts_close_windows(struct log_facts *facts, struct log_function *bridge)
{
	for (enum window_kind kind = 0; kind < WINDOWS; kind++) {
		struct log_resource *window =
			log_facts_resource(facts, &bridge->slot, LOG_ITEM_WINDOW + kind);

		if (!window || !window->has_address)
			continue;
		window->has_address = false;
		window->outcome = LOG_RELEASED;
	}
	bridge->windows_told = true;
}

struct log_function *log_facts_bridge_to(const struct log_facts *facts, uint32_t domain,
					 uint8_t bus)
{
	struct pci_function slot = { .domain = domain, .bus = bus };
	const struct log_place *place = index_find(facts->index, key_of(&slot, LOG_ITEM_BUS));
	struct log_function *function = place ? &facts->functions[place->value] : NULL;

	/* it may have been given other numbers since */
	return function && !function->gone && (function->buses_known || function->bus_guessed) &&
		function->secondary == bus && function->slot.bus < bus ? function : NULL;
}

bool log_facts_has_domain(const struct log_facts *facts, uint32_t domain)
{
	for (size_t i = 0; i < facts->root_count; i++)
		if (facts->roots[i].domain == domain)
			return true;
	return false;
}

bool log_facts_has_root(const struct log_facts *facts, uint32_t domain, uint8_t bus)
{
	for (size_t i = 0; i < facts->root_count; i++)
		if (facts->roots[i].domain == domain && facts->roots[i].bus == bus)
			return true;
	return false;
}

static bool matches_domain(uint32_t domain, const uint32_t *wanted)
{
	return !wanted || domain == *wanted;
}

void log_facts_forget(struct machine *machine, const uint32_t *domain)
{
	struct log_facts *facts = machine->log;
	size_t kept = 0;

	for (size_t i = 0; i < facts->resource_count; i++) {
		struct log_resource *resource = &facts->resources[i];

		if (matches_domain(resource->slot.domain, domain))
			*resource = (struct log_resource) {
				.slot = resource->slot, .item = resource->item,
			};
	}
	for (size_t i = 0; i < facts->function_count; i++)
		if (matches_domain(facts->functions[i].slot.domain, domain))
			facts->functions[i].gone = true;
	for (size_t i = 0; i < facts->root_count; i++)
		if (!matches_domain(facts->roots[i].domain, domain))
			facts->roots[kept++] = facts->roots[i];
	facts->root_count = kept;
	kept = 0;
	for (size_t i = 0; i < machine->host_window_count; i++)
		if (machine->host_windows[i].path != facts->path ||
		    !matches_domain(machine->host_windows[i].domain, domain))
			machine->host_windows[kept++] = machine->host_windows[i];
	machine->host_window_count = kept;
	if (!domain)
		facts->ecam_count = facts->reserved_count = 0;
}

const char *log_resource_name(const struct log_resource *resource)
{
	static const char *const vf_names[VF_BARS] = {
		"VF BAR 0", "VF BAR 1", "VF BAR 2", "VF BAR 3", "VF BAR 4", "VF BAR 5",
	};

	if (log_resource_is_window(resource))
		return window_name((enum window_kind)(resource->item - LOG_ITEM_WINDOW));
	if (log_resource_is_vf(resource))
		return vf_names[(resource->item - LOG_ITEM_VF_BAR) % VF_BARS];
	return bar_text(&(struct bar) { .index = resource->item });
}
