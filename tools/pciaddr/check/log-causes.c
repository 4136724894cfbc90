// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/check/log-causes.h"

#include <stdlib.h>

#include "pciaddr/model/pcispec.h"

/* Intel's controller of the firmware's flash memory: hidden, and used by nothing but firmware */
#define CLASS_FLASH_CONTROLLER 0x0c8000

/* Also one that has no address: then that is what harms the device. */
static bool has_memory(const struct log_facts *facts, const struct pci_function *slot)
{
	for (unsigned int item = 0; item < LOG_ITEM_ROM; item++) {
		const struct log_resource *bar = log_facts_resource(facts, slot, item);

		if (bar && bar->space == SPACE_MEMORY &&
		    (bar->has_address || log_resource_failed(bar)))
			return true;
	}
	return false;
}

/* A device below a bridge's window, which has been given up, needs the place in it. */
static bool holds_device(const struct log_facts *facts, const struct log_resource *window)
{
	const struct log_function *bridge = log_facts_function(facts, &window->slot);

	for (size_t i = 0; bridge && bridge->buses_known && i < facts->resource_count; i++) {
		const struct log_resource *bar = &facts->resources[i];

		if (bar->item < LOG_ITEM_ROM && bar->has_address &&
		    bar->slot.domain == window->slot.domain &&
		    bar->slot.bus >= bridge->secondary && bar->slot.bus <= bridge->subordinate &&
		    bar->space == window->space && bar->prefetchable == window->prefetchable)
			return true;
	}
	return false;
}

/*
 * A bridge works without its own BARs and a card without its ROM; with a memory BAR, most
 * cards work without their I/O ports, unless the kernel says that it cannot enable them.
 */
static enum harm harm_of(const struct log_facts *facts, const struct log_resource *resource)
{
	const struct log_function *function = log_facts_function(facts, &resource->slot);

	if (resource->rolled_back && log_resource_is_window(resource) &&
	    holds_device(facts, resource))
		return HARM_DEVICE;
	if (log_resource_is_window(resource) || resource->item == LOG_ITEM_ROM)
		return HARM_NONE;
	if (log_resource_is_vf(resource))
		return HARM_FEATURE;
	if (function && (function->is_bridge ||
			 (function->slot.class_known &&
			  function->slot.class >> 8 == CLASS_HOST_BRIDGE)))
		return HARM_NONE;
	if (function && function->slot.class_known &&
	    function->slot.class == CLASS_FLASH_CONTROLLER)
		return HARM_NONE;
	if (resource->space == SPACE_IO && has_memory(facts, &resource->slot) &&
	    !(function && function->cannot_enable))
		return HARM_NONE;
	return HARM_DEVICE;
}

/* The bridge on the root bus, or as far up as the log goes; with the host bridge its bus. */
static uint64_t scope_of(const struct log_facts *facts, const struct log_pool *pool)
{
	const struct log_function *bridge = pool->bridge, *above;

	if (!bridge)
		return (uint64_t)pool->domain << 24 | (uint64_t)pool->bus << 16 | UINT64_C(1) << 63;
	for (above = bridge; above;
	     above = log_facts_bridge_to(facts, bridge->slot.domain, bridge->slot.bus))
		bridge = above;
	return (uint64_t)bridge->slot.domain << 24 | (uint64_t)bridge->slot.bus << 16 |
		(uint64_t)bridge->slot.device << 3 | bridge->slot.function;
}

/* A resize releases what is there, and a failed one gives it back: both may go wrong. */
static enum check_id check_of(const struct log_resource *resource,
			      const struct log_resource *root)
{
	if (root->rolled_back || resource->pinned)
		return CHECK_LOG_RESIZE;
	switch (root->outcome) {
	case LOG_CONFLICT:
		return CHECK_LOG_CONFLICT;
	case LOG_NO_WINDOW:
		return CHECK_LOG_CLAIM;
	default:
		return CHECK_LOG_NO_SPACE;
	}
}

static int compare_cause(const struct log_loss *a, const struct log_loss *b)
{
	if (a->check != b->check)
		return a->check < b->check ? -1 : 1;
	if (a->resource->space != b->resource->space)
		return a->resource->space - b->resource->space;
	return a->scope < b->scope ? -1 : a->scope > b->scope;
}

bool log_same_cause(const struct log_loss *a, const struct log_loss *b)
{
	return !compare_cause(a, b);
}

static int compare(const void *first, const void *second)
{
	const struct log_loss *a = first, *b = second;
	int order = compare_cause(a, b);

	if (order)
		return order;
	if (a->harm != b->harm)
		return a->harm > b->harm ? -1 : 1;
	order = slot_compare(&a->resource->slot, &b->resource->slot);
	return order ? order : a->resource->item - b->resource->item;
}

struct log_loss *log_losses(const struct machine *machine, size_t *count)
{
	const struct log_facts *facts = machine->log;
	struct log_loss *losses;

	*count = 0;
	for (size_t i = 0; i < facts->resource_count; i++)
		*count += log_resource_failed(&facts->resources[i]);
	losses = grow_array(NULL, *count + 1, sizeof(*losses));
	*count = 0;
	for (size_t i = 0; i < facts->resource_count; i++) {
		struct log_loss *loss = &losses[*count];

		if (!log_resource_failed(&facts->resources[i]))
			continue;
		*loss = (struct log_loss) { .resource = &facts->resources[i] };
		loss->root = log_root_of(machine, loss->resource, &loss->pool);
		loss->harm = harm_of(facts, loss->resource);
		loss->check = check_of(loss->resource, loss->root);
		loss->scope = scope_of(facts, &loss->pool);
		(*count)++;
	}
	qsort(losses, *count, sizeof(*losses), compare);
	return losses;
}
