// SPDX-License-Identifier: GPL-2.0-or-later
/* Host bridges: one for each bus that no bridge leads to. */
#include "pciaddr/emulate/shape.h"

#include <inttypes.h>
#include <stdlib.h>

#include "pciaddr/model/topology.h"

/* ACPI's _SEG has 16 bits; VMD's domains begin above them. */
#define DOMAIN_MAX 0xffffu

/* A place that the source does not have, for a domain that no segment group can be */
static uint32_t free_domain(const struct shape *shape, uint32_t from)
{
	const struct machine *machine = shape->machine;
	uint32_t domain = from;

	for (size_t i = 0; i < machine->bus_count; i++)
		if (machine->buses[i].domain == domain)
			domain++;
	return domain;
}

static void add_root(struct shape *shape, const struct shape_root *root)
{
	shape->roots[shape->root_count++] = *root;
}

/* \_SB.PCI0 of QEMU's tables is 0000:00, whether or not the source has such a bus. */
static void add_filler(struct shape *shape)
{
	if (!machine_bus(shape->machine, 0, 0))
		add_root(shape, &(struct shape_root) { .filler = true });
}

static void tell_of_bus(struct shape *shape, const struct bus *bus)
{
	if (bus_is_below(shape->machine, bus))
		shape_note(shape, TOPIC_MADE_UP, "bus %04" PRIx32 ":%02x: the bridge that leads to "
			   "it is not in the source; it is a root bus in the guest", bus->domain,
			   bus->number);
}

static int compare_roots(const void *a, const void *b)
{
	const struct shape_root *one = a, *other = b;

	if (one->domain != other->domain)
		return one->domain < other->domain ? -1 : 1;
	return (one->bus > other->bus) - (one->bus < other->bus);
}

/* A root's buses reach up to the next root's. */
static void set_last_buses(struct shape *shape)
{
	for (size_t i = 0; i < shape->root_count; i++) {
		struct shape_root *root = &shape->roots[i];
		const struct shape_root *next = root + 1;

		root->last_bus = 0xff;
		if (i + 1 < shape->root_count && next->domain == root->domain)
			root->last_bus = (uint8_t)(next->bus - 1);
	}
}

void shape_find_roots(struct shape *shape)
{
	const struct machine *machine = shape->machine;
	uint32_t from = UINT32_MAX, to = 0, next = 1;

	shape->roots = arena_alloc(&shape->arena,
				   (machine->bus_count + 1) * sizeof(*shape->roots));
	add_filler(shape);
	for (size_t i = 0; i < machine->bus_count; i++) {
		const struct bus *bus = &machine->buses[i];

		if (bus->bridge)
			continue;
		if (bus->domain <= DOMAIN_MAX) {
			to = bus->domain;
		} else if (from != bus->domain) {
			from = bus->domain;
			to = free_domain(shape, next);
			next = to + 1;
			shape_note(shape, TOPIC_ELSEWHERE, "domain %" PRIx32 ": no PCI segment "
				   "group has such a number; it is domain %04" PRIx32 " in the guest",
				   from, to);
		}
		tell_of_bus(shape, bus);
		add_root(shape, &(struct shape_root) {
			.domain = to,
			.source_domain = bus->domain,
			.bus = bus->number,
		});
	}
	qsort(shape->roots, shape->root_count, sizeof(*shape->roots), compare_roots);
	set_last_buses(shape);
}

struct shape_root *shape_root_of(const struct shape *shape, uint32_t domain, uint8_t bus)
{
	for (size_t i = 0; i < shape->root_count; i++) {
		struct shape_root *root = &shape->roots[i];

		if (!root->filler && root->source_domain == domain && root->bus <= bus &&
		    bus <= root->last_bus)
			return root;
	}
	return NULL;
}
