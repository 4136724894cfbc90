// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/emit/plan.h"

#include <string.h>

#include "common/alloc.h"
#include "common/die.h"
#include "pciaddr/qemu/machines.h"

#define ID_MASK		0xffffu
#define BUSES		0x100u
#define SLOT_FIRST	3u	/* below it the machines have their own, and often a display */

const char *plan_entry_text(struct plan *plan, const struct spec_entry *entry)
{
	if (!entry)
		return plan->spec->name;
	return arena_printf(&plan->arena, "%s:%u: %s%s%s", plan->spec->name, entry->place.line,
			    entry->name ? "'" : entry->is_bridge ? "a bridge" : "a device",
			    entry->name ? entry->name : "", entry->name ? "'" : "");
}

void plan_refuse(struct plan *plan, const struct spec_entry *entry, const char *what,
		 const char *advice)
{
	plan->refused++;
	warn_advice(advice, "%s: %s", plan_entry_text(plan, entry), what);
}

struct planned *plan_add(struct plan *plan, const struct spec_entry *entry,
			 const struct qemu_model *model)
{
	struct planned *planned = arena_alloc(&plan->arena, sizeof(*planned));

	planned->entry = entry;
	planned->model = model;
	*plan->end = planned;
	plan->end = &planned->next;
	return planned;
}

bool plan_is_fixed_bridge(const struct planned *planned)
{
	return !strcmp(planned->model->name, "dec-21154");
}

bool plan_is_fixed_card(const struct planned *planned)
{
	return !strcmp(planned->model->name, "fpga");
}

/* Ids */

static bool full_id(const struct selector *selector)
{
	return selector->has_id && (selector->vendor.mask & ID_MASK) == ID_MASK &&
		(selector->product.mask & ID_MASK) == ID_MASK;
}

static const struct selector *id_of(const struct spec_entry *entry)
{
	if (full_id(&entry->selector))
		return &entry->selector;
	return full_id(&entry->id) ? &entry->id : NULL;
}

static bool fixes_windows(const struct spec_entry *entry)
{
	for (const struct spec_window *window = entry->windows; window; window = window->next)
		if (!window->closed && window->range.has_exact)
			return true;
	return false;
}

static const struct qemu_model *model_of(struct plan *plan, const struct spec_entry *entry)
{
	const struct selector *id = id_of(entry);
	const struct qemu_model *model;

	if (!id) {
		if (entry->is_bridge && fixes_windows(entry))
			return qemu_model("dec-21154");
		plan_refuse(plan, entry, "its id is not given: which device of QEMU's it is, is "
			    "unknown", "give id: VENDOR:DEVICE");
		return NULL;
	}
	model = qemu_model_of((uint16_t)id->vendor.value, (uint16_t)id->product.value);
	if (!model)
		plan_refuse(plan, entry, arena_printf(&plan->arena, "no device model of QEMU's "
						      "with the id %04x:%04x is known",
						      id->vendor.value, id->product.value),
			    "pass the host's own device through (vfio-pci, <hostdev>), or take "
			    "the entry out");
	return model;
}

/* Places */

static bool is_exact(const struct slot_pattern *slot)
{
	return (slot->device.mask & 0x1f) == 0x1f && (slot->function.mask & 7) == 7;
}

/* The place on its bus, as far as the selector names one exactly; NULL: it does not. */
static const struct slot_pattern *place_of(const struct spec_entry *entry)
{
	const struct selector *selector = &entry->selector;
	const struct slot_pattern *slot = NULL;

	if (selector->path_length)
		slot = &selector->path[selector->path_length - 1];
	else if (selector->has_slot && slot_names_bus(&selector->slot))
		slot = &selector->slot;
	return slot && is_exact(slot) ? slot : NULL;
}

/* The root bus that the entry's path names, or its slot, as far as one of them does; else 0. */
static unsigned int bus_named(const struct spec_entry *entry)
{
	const struct selector *selector = &entry->selector;
	const struct slot_pattern *slot = selector->path_length ? &selector->path[0] :
		selector->has_slot ? &selector->slot : NULL;

	return slot && slot_names_bus(slot) ? slot->bus.value : 0;
}

static bool is_expander(const struct planned *planned)
{
	return planned->model->kind == MODEL_EXPANDER;
}

/*
 * Behind pxb-pcie is a root bus.  On that of pxb is nothing but a bridge of its own, at 00.0, and
 * what is behind pxb is behind that bridge.
 */
static unsigned int own_bridges(const struct planned *expander)
{
	return expander->model->express ? 0 : 1;
}

/* Do the path's first @length elements lead to what is behind this expander? */
static bool leads_behind(const struct planned *expander, const struct slot_pattern *path,
			 unsigned int length)
{
	return slot_names_bus(path) && path->bus.value == expander->bus_nr &&
		length == own_bridges(expander) &&
		(!length || (!path->device.value && !path->function.value));
}

/* Does the place of @planned end where the path's first @length elements end? */
static bool has_path(const struct planned *planned, const struct slot_pattern *path,
		     unsigned int length)
{
	bool other_root = slot_names_bus(path) && path->bus.value;

	while (length && planned) {
		const struct slot_pattern *slot = &path[--length];

		if (planned->slot != slot->device.value ||
		    planned->function != slot->function.value)
			return false;
		planned = planned->parent;
		if (planned && is_expander(planned))
			return leads_behind(planned, path, length);
	}
	return !length && !planned && !other_root;
}

static bool leads_to(const struct planned *other, const struct spec_entry *entry)
{
	const struct selector *selector = &entry->selector;

	if (is_expander(other))
		return selector->path_length ?
			leads_behind(other, selector->path, selector->path_length - 1) :
			other->model->express && other->bus_nr == bus_named(entry);
	if (!model_is_bridge(other->model))
		return false;
	return selector->path_length ?
		has_path(other, selector->path, selector->path_length - 1) :
		other->entry && other->entry->secondary.place.line &&
		other->entry->secondary.value == bus_named(entry);
}

/* What leads to the bus that the selector names; false: nothing in the specification does. */
static bool find_parent(struct plan *plan, const struct spec_entry *entry,
			struct planned **parent)
{
	*parent = NULL;
	if (entry->selector.path_length <= 1 && !bus_named(entry))
		return true;
	for (struct planned *other = plan->first; other; other = other->next) {
		if (!other->placed || other->entry == entry || !leads_to(other, entry))
			continue;
		*parent = other;
		return true;
	}
	return false;
}

/* The machine's own, where it has something of these ids at this place. */
static const char *machine_with(const struct spec_entry *entry)
{
	const struct slot_pattern *place = place_of(entry);
	const struct selector *id = id_of(entry);
	struct plan nothing = { .first = NULL };
	struct planned *parent;

	if (!id || (place && (!find_parent(&nothing, entry, &parent) || parent)))
		return NULL;
	for (unsigned int slot = 0; slot < PLAN_SLOTS; slot++) {
		for (unsigned int function = 0; function < 8; function++) {
			const char *machine;

			if (place && (place->device.value != slot ||
				      place->function.value != function))
				continue;
			machine = qemu_machine_with(slot, function, (uint16_t)id->vendor.value,
						    (uint16_t)id->product.value);
			if (machine)
				return machine;
		}
	}
	return NULL;
}

/* IDE in compatibility mode is where it is. */
static bool is_legacy(const struct spec_bar *bar)
{
	return bar->range.exact.last < 0x400;
}

static void take_builtin(struct plan *plan, const struct spec_entry *entry, const char *machine)
{
	if (plan->machine && strcmp(plan->machine, machine))
		plan_refuse(plan, entry, arena_printf(&plan->arena, "the machine '%s' has it, and "
						      "another entry is of the machine '%s'",
						      machine, plan->machine), NULL);
	plan->machine = machine;
	for (const struct spec_bar *bar = entry->bars; bar; bar = bar->next)
		if (bar_is_fixed(bar) && !is_legacy(bar))
			plan_refuse(plan, entry, arena_printf(&plan->arena, "BAR %u of a device "
							      "that the machine '%s' has by "
							      "itself cannot be fixed",
							      bar->index, machine),
				    "take the range out, or say inside: what firmware hands out");
}

static size_t count_like(const struct plan *plan, const struct selector *id)
{
	size_t count = 0;

	for (const struct planned *planned = plan->first; id && planned; planned = planned->next) {
		const struct selector *other = planned->entry ? id_of(planned->entry) : NULL;

		count += other && other->vendor.value == id->vendor.value &&
			other->product.value == id->product.value;
	}
	return count;
}

/* Is something of the specification on this bus, and no bridge of it leads there? */
static bool is_root_bus(const struct plan *plan, unsigned int bus)
{
	bool named = false;

	for (const struct spec_entry *entry = plan->spec->entries; entry; entry = entry->next) {
		if (entry->secondary.place.line && entry->secondary.value == bus)
			return false;
		named = named || (bus_named(entry) == bus && place_of(entry));
	}
	return named;
}

/* The bridge that comes with pxb: at 00.0 of its root bus. */
static bool is_bridge_of_pxb(const struct plan *plan, const struct spec_entry *entry)
{
	const struct slot_pattern *place = place_of(entry);
	const struct selector *id = id_of(entry);
	const struct qemu_model *pxb = qemu_model("pxb");

	if (!place || entry->selector.path_length > 1 || !bus_named(entry) ||
	    !is_root_bus(plan, bus_named(entry)) || place->device.value || place->function.value ||
	    !id || qemu_model_of((uint16_t)id->vendor.value, (uint16_t)id->product.value) !=
	    qemu_model("pci-bridge"))
		return false;
	for (const struct spec_entry *other = plan->spec->entries; other; other = other->next) {
		const struct selector *its = id_of(other);

		if (its && its->vendor.value == pxb->vendor && its->product.value == pxb->product)
			return true;
	}
	return false;
}

static void add_entry(struct plan *plan, const struct spec_entry *entry)
{
	const struct qemu_model *model;
	const char *machine;
	size_t count = entry->count_place.line && entry->min_count ? entry->min_count : 1;

	if (entry->presence != PRESENCE_REQUIRED || (entry->count_place.line && !entry->max_count))
		return;
	machine = machine_with(entry);
	if (machine) {
		take_builtin(plan, entry, machine);
		return;
	}
	if (is_bridge_of_pxb(plan, entry))
		return;
	model = model_of(plan, entry);
	if (!model)
		return;
	if (place_of(entry)) {
		count = 1;
	} else {
		/* those that other entries place count for this one, too */
		size_t there = count_like(plan, id_of(entry));

		count -= there < count ? there : count;
	}
	if (count > PLAN_SLOTS) {
		plan_refuse(plan, entry, "more of them are asked for than a bus has slots", NULL);
		return;
	}
	for (size_t i = 0; i < count; i++)
		plan_add(plan, entry, model);
}

/* An expander's number is in the places behind it: the lowest for the first one. */
static void number_expanders(struct plan *plan)
{
	unsigned int bus = 0;

	for (struct planned *planned = plan->first; planned; planned = planned->next) {
		if (!is_expander(planned))
			continue;
		do
			bus++;
		while (bus < BUSES && !is_root_bus(plan, bus));
		if (bus >= BUSES) {
			plan_refuse(plan, planned->entry, "which root bus is behind it, is unknown",
				    planned->model->express ?
				    "give something on it, with its bus: path: \"80:00.0\"" :
				    "give something behind it, with its bus: path: "
				    "\"80:00.0/01.0\"");
			return;
		}
		planned->bus_nr = bus;
	}
}

/* One after the other: what is behind a bridge finds it only when that has its place. */
static void place_all(struct plan *plan)
{
	bool progress;

	do {
		progress = false;
		for (struct planned *planned = plan->first; planned; planned = planned->next) {
			const struct slot_pattern *place = planned->entry ?
				place_of(planned->entry) : NULL;

			if (planned->placed || !place ||
			    !find_parent(plan, planned->entry, &planned->parent))
				continue;
			planned->slot = place->device.value;
			planned->function = place->function.value;
			planned->placed = true;
			progress = true;
		}
	} while (progress);
	for (struct planned *planned = plan->first; planned; planned = planned->next)
		if (!planned->placed && planned->entry && place_of(planned->entry))
			plan_refuse(plan, planned->entry, "the bridge that leads to its bus is not "
				    "in the specification", "give the bridge with bus: "
				    "{secondary: N}, or a path in select:; of a root bus, the "
				    "expander (pxb, pxb-pcie)");
}

static bool is_taken(const struct plan *plan, const struct planned *parent, unsigned int slot)
{
	for (const struct planned *other = plan->first; other; other = other->next)
		if (other->placed && other->parent == parent && other->slot == slot)
			return true;
	for (const struct qemu_builtin *builtin = parent ? NULL :
	     qemu_machine_builtin(plan->machine); builtin && builtin->vendor; builtin++)
		if (builtin->slot == slot)
			return true;
	return false;
}

static void take_free_slot(struct plan *plan, struct planned *planned)
{
	bool port = planned->parent && planned->parent->model->kind == MODEL_PORT;
	unsigned int slot = port ? 0 : planned->parent ? 1 : SLOT_FIRST;

	while (slot < PLAN_SLOTS && is_taken(plan, planned->parent, slot))
		slot = port ? PLAN_SLOTS : slot + 1;
	if (slot == PLAN_SLOTS) {
		plan_refuse(plan, planned->entry, "no slot is free on its bus", NULL);
		return;
	}
	planned->slot = slot;
	planned->placed = true;
}

/* Bridges with fixed windows have to stand before others: Linux finds their windows first. */
static void place_the_rest(struct plan *plan)
{
	for (int bridges = 1; bridges >= 0; bridges--)
		for (struct planned *planned = plan->first; planned; planned = planned->next)
			if (!planned->placed && plan_is_fixed_bridge(planned) == bridges &&
			    !(planned->entry && place_of(planned->entry)))
				take_free_slot(plan, planned);
}

/* What stands on what */

static void check_place(struct plan *plan, struct planned *planned)
{
	const struct planned *parent = planned->parent;
	bool express = parent ? parent->model->express && parent->model->kind != MODEL_BRIDGE :
		qemu_machine_is_express(plan->machine);
	const struct spec_entry *entry = planned->entry;
	bool taken = false;

	if (parent && parent->model->kind == MODEL_PORT && planned->slot)
		plan_refuse(plan, entry, "behind a PCI Express port there is slot 0 alone", NULL);
	if (planned->model->express && !express)
		plan_refuse(plan, entry, arena_printf(&plan->arena, "%s needs PCI Express, and its "
						      "bus is conventional",
						      planned->model->name),
			    "put it on a port of the machine q35, or take another model");
	if (parent && is_expander(parent) && parent->model->express &&
	    !model_is_bridge(planned->model))
		plan_refuse(plan, entry, "on the root bus of pxb-pcie QEMU takes bridges and ports "
			    "alone", "put it behind a port there");
	if (parent && parent->model->kind == MODEL_BRIDGE && !planned->slot)
		plan_refuse(plan, entry, "slot 0 behind a bridge may be its hot-plug controller's; "
			    "QEMU gives out slots from 1 on", NULL);
	for (struct planned *other = plan->first; other != planned; other = other->next) {
		if (other->parent != parent || other->slot != planned->slot || !other->placed)
			continue;
		taken = taken || other->function == planned->function;
		if (!other->function)
			other->multifunction = true;
		if (!planned->function)
			planned->multifunction = true;
	}
	if (taken)
		plan_refuse(plan, entry, "another entry stands at the same place", NULL);
}

static void check_functions(struct plan *plan)
{
	for (struct planned *planned = plan->first; planned; planned = planned->next) {
		bool first = !planned->function;

		for (struct planned *other = plan->first; other && !first; other = other->next)
			first = other->parent == planned->parent && !other->function &&
				other->slot == planned->slot;
		if (!first && planned->placed)
			plan_refuse(plan, planned->entry, "there is no function 0 in its slot: "
				    "software finds the others only if function 0 is there", NULL);
	}
}

static const char *id_for(struct plan *plan, const struct planned *planned, unsigned int number)
{
	return arena_printf(&plan->arena, "%s%u", model_is_bridge(planned->model) ? "bridge" :
			    "device", number);
}

static void choose_machine(struct plan *plan)
{
	if (plan->machine)
		return;
	plan->machine = "pc";
	for (const struct planned *planned = plan->first; planned; planned = planned->next)
		if (planned->model->express)
			plan->machine = "q35";
}

void plan_make(struct plan *plan, const struct spec *spec)
{
	unsigned int number = 0;

	memset(plan, 0, sizeof(*plan));
	plan->spec = spec;
	plan->end = &plan->first;
	for (int placed = 1; placed >= 0; placed--)
		for (const struct spec_entry *entry = spec->entries; entry; entry = entry->next)
			if (!place_of(entry) == !placed)
				add_entry(plan, entry);
	choose_machine(plan);
	number_expanders(plan);
	place_all(plan);
	plan_windows(plan);
	place_the_rest(plan);
	plan_hold(plan);
	for (struct planned *planned = plan->first; planned; planned = planned->next) {
		planned->id = id_for(plan, planned, ++number);
		if (model_is_bridge(planned->model))
			planned->index = ++plan->bridges;
		check_place(plan, planned);
	}
	check_functions(plan);
}

void plan_free(struct plan *plan)
{
	arena_free(&plan->arena);
}
