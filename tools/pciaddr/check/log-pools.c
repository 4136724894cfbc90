// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/check/log-pools.h"

#include <inttypes.h>

#define MEMORY_FIRST 0x100000	/* below it a PC has what is older than PCI */
#define MEMORY_4G 0x100000000

static const struct log_resource *window_of(const struct log_facts *facts,
					    const struct log_function *bridge,
					    enum window_kind kind)
{
	return log_facts_resource(facts, &bridge->slot, LOG_ITEM_WINDOW + kind);
}

/* Behind a host bridge that translates, the limit of 4 GiB is one of the bus's addresses. */
static uint64_t on_bus(const struct machine *machine, uint32_t domain, uint64_t address)
{
	for (size_t i = 0; i < machine->host_window_count; i++) {
		const struct host_window *window = &machine->host_windows[i];

		if (window->domain == domain && window->space == SPACE_MEMORY &&
		    window->state == OFFSET_GIVEN && address >= window->cpu.first &&
		    address <= window->cpu.last)
			return address - window->offset;
	}
	return address;
}

static bool is_there(const struct log_resource *window)
{
	return window && (window->has_address || log_resource_failed(window) ||
			  /* given up with those above it before the next try, of which nothing is told */
			  (window->outcome == LOG_RELEASED && window->failures));
}

/* The window of @bridge that the kernel would take, or NULL: it has none of this kind. */
static const struct log_resource *window_above(const struct machine *machine,
					       const struct log_function *bridge,
					       const struct log_resource *resource)
{
	const struct log_facts *facts = machine->log;
	const struct log_resource *window;

	if (resource->space == SPACE_IO) {
		window = window_of(facts, bridge, WINDOW_IO);
		return is_there(window) ? window : NULL;
	}
	window = resource->prefetchable ? window_of(facts, bridge, WINDOW_PREFETCHABLE) : NULL;
	/* 32 bits do not reach what is above 4 GiB */
	if (is_there(window) && !resource->is_64bit && window->has_address &&
	    on_bus(machine, bridge->slot.domain, window->range.first) >= MEMORY_4G)
		window = NULL;
	if (is_there(window))
		return window;
	window = window_of(facts, bridge, WINDOW_MEMORY);
	return is_there(window) ? window : NULL;
}

static bool host_is_known(const struct machine *machine, uint32_t domain, uint8_t bus)
{
	for (size_t i = 0; i < machine->log->root_count; i++)
		if (machine->log->roots[i].domain == domain && machine->log->roots[i].bus == bus)
			return true;
	for (size_t i = 0; i < machine->host_window_count; i++)
		if (machine->host_windows[i].domain == domain &&
		    machine->host_windows[i].bus == bus)
			return true;
	return false;
}

/* The part of a host bridge's window that the pool has; false: none of it. */
static bool host_part(const struct machine *machine, const struct log_pool *pool,
		      const struct host_window *window, struct range *part)
{
	if (window->domain != pool->domain || window->bus != pool->bus ||
	    window->space != pool->space ||
	    (pool->from_log && window->path != machine->log->path))
		return false;
	*part = window->cpu;
	if (pool->space == SPACE_IO)
		return true;
	/* pci_bus_alloc_resource() of __pci_assign_resource(): the types have to be the same */
	if (pool->not_64bit && window->marked_64bit)
		return false;
	if (pool->below_4g) {
		uint64_t first = on_bus(machine, pool->domain, part->first);

		if (first >= MEMORY_4G)
			return false;
		if (part->last - part->first > MEMORY_4G - 1 - first)
			part->last = part->first + (MEMORY_4G - 1 - first);
	}
	return part->last >= MEMORY_FIRST && part->first <= part->last;
}

static void set_host(const struct machine *machine, const struct log_resource *resource,
		     struct log_pool *pool)
{
	struct range part;

	pool->bus = resource->slot.bus;
	pool->below_4g = resource->space == SPACE_MEMORY && !resource->is_64bit;
	pool->not_64bit = pool->below_4g && !resource->prefetchable;
	if (!host_is_known(machine, pool->domain, pool->bus)) {
		pool->kind = POOL_UNKNOWN;
		return;
	}
	for (size_t i = 0; i < machine->host_window_count; i++)
		if (machine->host_windows[i].domain == pool->domain &&
		    machine->host_windows[i].bus == pool->bus &&
		    machine->host_windows[i].path == machine->log->path)
			pool->from_log = true;
	pool->kind = POOL_HOST_NONE;
	for (size_t i = 0; i < machine->host_window_count; i++)
		if (host_part(machine, pool, &machine->host_windows[i], &part))
			pool->kind = POOL_HOST;
	for (size_t i = 0; pool->not_64bit && i < machine->host_window_count; i++) {
		struct log_pool other = *pool;

		other.not_64bit = false;
		pool->marked |= machine->host_windows[i].marked_64bit &&
			host_part(machine, &other, &machine->host_windows[i], &part);
	}
}

const struct log_resource *log_root_of(const struct machine *machine,
				       const struct log_resource *resource,
				       struct log_pool *pool)
{
	const struct log_facts *facts = machine->log;

	*pool = (struct log_pool) {
		.space = (enum space)resource->space, .domain = resource->slot.domain,
	};
	/* the bus number gets less with each turn */
	for (;;) {
		const struct log_resource *window;

		pool->bridge = log_facts_bridge_to(facts, resource->slot.domain,
						   resource->slot.bus);
		if (!pool->bridge) {
			set_host(machine, resource, pool);
			return resource;
		}
		window = window_above(machine, pool->bridge, resource);
		if (!window || window->has_address) {
			pool->kind = window ? POOL_WINDOW : POOL_CLOSED;
			pool->window = window;
			pool->bus = resource->slot.bus;
			return resource;
		}
		resource = window;
	}
}

static void add_part(const struct machine *machine, const struct log_pool *pool,
		     struct range part, struct pool_room *room)
{
	const struct log_facts *facts = machine->log;
	uint64_t size = part.last - part.first + (part.last - part.first < UINT64_MAX);

	room->total = room->total + size < size ? UINT64_MAX : room->total + size;
	for (size_t i = 0; i < facts->resource_count; i++) {
		const struct log_resource *other = &facts->resources[i];

		if (!other->has_address || other->slot.domain != pool->domain ||
		    other->slot.bus != pool->bus || other->space != pool->space ||
		    !range_contains(part, other->range))
			continue;
		room->used += range_size(other->range);
		if (!room->largest ||
		    range_size(other->range) > range_size(room->largest->range))
			room->largest = other;
	}
}

struct pool_room log_pool_room(const struct machine *machine, const struct log_pool *pool)
{
	struct pool_room room = { 0 };
	struct range part;

	if (pool->kind == POOL_WINDOW)
		add_part(machine, pool, pool->window->range, &room);
	for (size_t i = 0; pool->kind == POOL_HOST && i < machine->host_window_count; i++)
		if (host_part(machine, pool, &machine->host_windows[i], &part))
			add_part(machine, pool, part, &room);
	if (room.used > room.total)
		room.used = room.total;
	return room;
}

/* A host bridge may have dozens of windows. */
#define PARTS_SHOWN 4

static const char *host_text(const struct machine *machine, struct results *results,
			     const struct log_pool *pool)
{
	const char *text = TEXT(results, "host bridge of bus %04" PRIx32 ":%02x, %s",
				pool->domain, pool->bus, space_name(pool->space));
	char range[RANGE_TEXT_MAX];
	struct range part;
	size_t parts = 0;

	for (size_t i = 0; i < machine->host_window_count; i++) {
		if (!host_part(machine, pool, &machine->host_windows[i], &part) || parts++ >= PARTS_SHOWN)
			continue;
		text = TEXT(results, "%s%s %s", text, parts > 1 ? "," : "",
			    range_text(part, range));
	}
	return parts > PARTS_SHOWN ? TEXT(results, "%s and %zu more", text, parts - PARTS_SHOWN) :
		text;
}

const char *log_pool_text(const struct machine *machine, struct results *results,
			  const struct log_pool *pool)
{
	char range[RANGE_TEXT_MAX];

	switch (pool->kind) {
	case POOL_HOST:
		return host_text(machine, results, pool);
	case POOL_HOST_NONE:
		return TEXT(results, "host bridge of bus %04" PRIx32 ":%02x, which has no %s "
			    "for it", pool->domain, pool->bus, space_name(pool->space));
	case POOL_WINDOW:
		return TEXT(results, "%s %s %s", device_name(results, &pool->bridge->slot),
			    log_resource_name(pool->window),
			    range_text(pool->window->range, range));
	case POOL_CLOSED:
		return TEXT(results, "%s, which has no %s window",
			    device_name(results, &pool->bridge->slot), space_name(pool->space));
	case POOL_UNKNOWN:
		break;
	}
	return "what lies above, which this log does not show";
}

bool log_is_reachable(const struct machine *machine, const struct log_resource *resource)
{
	const struct log_facts *facts = machine->log;
	const struct log_function *bridge =
		log_facts_bridge_to(facts, resource->slot.domain, resource->slot.bus);
	bool known = false;

	if (!bridge)
		return true;
	for (enum window_kind kind = 0; kind < WINDOWS; kind++) {
		const struct log_resource *window = window_of(facts, bridge, kind);

		if (!window || !window->has_address || window->space != resource->space)
			continue;
		known = true;
		if (range_contains(window->range, resource->range))
			return true;
	}
	return !known;
}
