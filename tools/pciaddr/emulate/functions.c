// SPDX-License-Identifier: GPL-2.0-or-later
/* Which functions of the source the guest can have. */
#include "pciaddr/emulate/shape.h"

#include <inttypes.h>

/* Why there is nothing to be shown, or NULL */
static const char *missing(const struct pci_function *function)
{
	if (function->virtual)
		return "a virtual function; it comes when its physical function's driver enables it";
	if (function->absent && function->woke)
		return "the header reads all ones, and what follows it does not; take the dump again";
	if (function->absent)
		return "config space reads all ones: the device slept, or was gone";
	return NULL;
}

static bool lost_bus(const struct shape *shape, const struct pci_function *function)
{
	const struct bus *bus = machine_bus(shape->machine, function->domain, function->bus);

	return bus && bus->indirect;
}

/* The functions that were left out: of these lists, and everything behind a bridge among them */
static bool is_behind(const struct pci_function *function, const bool *left_out,
		      const struct machine *machine)
{
	for (const struct pci_function *up = function->parent; up; up = up->parent)
		if (left_out[up - machine->functions])
			return true;
	return false;
}

/* Linux looks there only with its driver for the bridge, after it has numbered the bus anew. */
static bool is_card(const struct pci_function *function)
{
	for (const struct pci_function *up = function->parent; up; up = up->parent)
		if (up->bridge && up->bridge->cardbus)
			return true;
	return false;
}

static bool take(struct shape *shape, const struct pci_function *function, const bool *left_out)
{
	const char *why = missing(function);
	char slot[SLOT_TEXT_MAX];

	if (!why && lost_bus(shape, function))
		why = "the bridge that leads to its bus is not in the source";
	if (!why && is_behind(function, left_out, shape->machine))
		why = "the bridge above it is left out";
	if (!why && is_card(function))
		why = "a CardBus card; Linux finds it with its driver for the CardBus bridge alone";
	if (!why && !shape_root_of(shape, function->domain, function->bus))
		why = "its bus number is another host bridge's";
	if (!why && function->header_known && function->header_type > 2)
		why = "its header type is not in the PCI specifications";
	if (why)
		shape_note(shape, TOPIC_LEFT_OUT, "%s: %s", slot_text(function, slot), why);
	return !why;
}

/* Kernels look for the others of a device only where function 0 answers. */
static void find_unreachable(struct shape *shape)
{
	const struct shape_function *zero = NULL;
	char slot[SLOT_TEXT_MAX];

	for (size_t i = 0; i < shape->count; i++) {
		struct shape_function *function = &shape->functions[i];
		const struct pci_function *source = function->source;

		if (!source->function) {
			zero = function;
			continue;
		}
		if (zero && zero->source->domain == source->domain &&
		    zero->source->bus == source->bus && zero->source->device == source->device)
			continue;
		function->unreachable = true;
		shape_note(shape, TOPIC_MAY_DIFFER, "%s: function 0 of this device is not there, "
			   "so that no kernel looks for it", slot_text(source, slot));
	}
}

void shape_take_functions(struct shape *shape)
{
	const struct machine *machine = shape->machine;
	bool *left_out = arena_alloc(&shape->arena, machine->count + 1);

	shape->functions = arena_alloc(&shape->arena,
				       (machine->count + 1) * sizeof(*shape->functions));
	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];
		struct shape_root *root = shape_root_of(shape, function->domain, function->bus);

		if (!take(shape, function, left_out)) {
			left_out[i] = true;
			continue;
		}
		shape->functions[shape->count++] = (struct shape_function) {
			.source = function,
			.root = root,
			.domain = root->domain,
		};
	}
	find_unreachable(shape);
}
