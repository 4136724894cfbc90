// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the source's own addresses make impossible: a kernel refuses to claim a BAR or a window
 * that is outside the bridge above, or where another one is, and moves it.  That is what many
 * reports are about, so it stays in the images, and out of the specification.
 */
#include "pciaddr/emulate/shape.h"

#include <string.h>

#include "pciaddr/model/pcispec.h"

struct place {
	const struct pci_function *function;
	uint8_t item;		/* BAR, or BAR_ROM + 1 + enum window_kind */
	uint8_t space;
	struct range range;
	bool *moves;
};

struct places {
	struct place *entries;
	size_t count;
};

static const char *place_name(const struct place *place)
{
	static const char *const bars[] = { "BAR 0", "BAR 1", "BAR 2", "BAR 3", "BAR 4", "BAR 5",
					    "expansion ROM" };

	return place->item <= BAR_ROM ? bars[place->item] :
		window_name((enum window_kind)(place->item - BAR_ROM - 1));
}

static void add_place(struct places *places, struct shape_function *function, uint8_t item,
		      uint8_t space, struct range range)
{
	if (range.last < range.first)
		return;
	places->entries[places->count++] = (struct place) {
		.function = function->source, .item = item, .space = space, .range = range,
		.moves = &function->moves[item],
	};
}

static void find_places(struct shape *shape, struct places *places)
{
	places->entries = arena_alloc(&shape->arena, (shape->count * SHAPE_ITEMS + 1) *
				      sizeof(*places->entries));
	for (size_t i = 0; i < shape->count; i++) {
		struct shape_function *function = &shape->functions[i];
		const struct pci_function *source = function->source;

		for (unsigned int k = 0; k < source->bar_count; k++) {
			const struct bar *bar = &source->bars[k];
			uint64_t size = function->bar_sizes[bar->index];

			if (bar->state == BAR_ASSIGNED && size && !bar->fixed_legacy &&
			    !(bar->index == BAR_ROM && bar->not_decoded))
				add_place(places, function, bar->index, bar->space,
					  (struct range) { bar->range.first,
							   bar->range.first + (size - 1) });
		}
		for (int kind = 0; source->bridge && kind < WINDOWS; kind++)
			if (source->bridge->windows[kind].state == WINDOW_OPEN)
				add_place(places, function, (uint8_t)(BAR_ROM + 1 + kind),
					  (uint8_t)window_space((enum window_kind)kind),
					  source->bridge->windows[kind].range);
	}
}

/* Is it in a window of the bridge above?  True where that cannot be told. */
static bool is_inside(const struct place *place)
{
	const struct bridge *bridge = place->function->parent ?
		place->function->parent->bridge : NULL;

	if (!bridge || bridge->subtractive || bridge->cardbus)
		return true;
	for (int kind = 0; kind < WINDOWS; kind++) {
		const struct window *window = &bridge->windows[kind];

		if (window_space((enum window_kind)kind) != (enum space)place->space)
			continue;
		if (window->state == WINDOW_OPEN && range_contains(window->range, place->range))
			return true;
	}
	return false;
}

#define IO_LAST 0xffffull	/* of x86 */

/* Ports of other architectures, which x86 does not have */
static void note_beyond(struct shape *shape, const struct place *place)
{
	char slot[SLOT_TEXT_MAX], range[RANGE_TEXT_MAX];

	if (place->space != SPACE_IO || place->range.last <= IO_LAST || *place->moves)
		return;
	*place->moves = true;
	shape_note(shape, TOPIC_MAY_DIFFER, "%s: %s %s: x86 has no ports beyond 0xffff, so that the "
		   "kernel looks for others", slot_text(place->function, slot), place_name(place),
		   range_text(place->range, range));
}

/* x86's kernel takes 0 for no address (pcibios_allocate_resources()), other architectures' do not. */
static void note_zero(struct shape *shape, const struct place *place)
{
	char slot[SLOT_TEXT_MAX], range[RANGE_TEXT_MAX];

	if (place->range.first || *place->moves)
		return;
	*place->moves = true;
	shape_note(shape, TOPIC_MAY_DIFFER, "%s: %s %s: x86's kernel takes 0 for no address, and looks "
		   "for another", slot_text(place->function, slot), place_name(place),
		   range_text(place->range, range));
}

/* pci_bus_size_cardbus(): windows are made for cards to come, and firmware's are not looked at. */
static void note_cardbus(struct shape *shape, struct shape_function *function)
{
	const struct bridge *bridge = function->source->bridge;
	char slot[SLOT_TEXT_MAX];
	bool open = false;

	for (int kind = 0; bridge && bridge->cardbus && kind < WINDOWS; kind++) {
		function->moves[BAR_ROM + 1 + kind] = true;
		open |= bridge->windows[kind].state == WINDOW_OPEN;
	}
	if (open)
		shape_note(shape, TOPIC_MAY_DIFFER, "%s: the windows of a CardBus bridge: Linux makes its "
			   "own, of 64 MiB and 256 ports, where there is room",
			   slot_text(function->source, slot));
}

static void note_move(struct shape *shape, const struct place *place, const struct place *other)
{
	char slot[SLOT_TEXT_MAX], range[RANGE_TEXT_MAX], with[SLOT_TEXT_MAX];

	if (*place->moves)
		return;
	*place->moves = true;
	slot_text(place->function, slot);
	range_text(place->range, range);
	if (other)
		shape_note(shape, TOPIC_MAY_DIFFER, "%s: %s %s is also %s %s: the kernel moves one",
			   slot, place_name(place), range, slot_text(other->function, with),
			   place_name(other));
	else
		shape_note(shape, TOPIC_MAY_DIFFER, "%s: %s %s is outside the windows of the bridge "
			   "above: the kernel moves it, and what is below", slot, place_name(place),
			   range);
}

/* Those on one bus lie behind one another: functions are sorted by address. */
static void find_overlaps(struct shape *shape, const struct places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		const struct place *place = &places->entries[i];

		for (size_t k = i + 1; k < places->count; k++) {
			const struct place *other = &places->entries[k];

			if (other->function->domain != place->function->domain ||
			    other->function->bus != place->function->bus)
				break;
			if (other->space != place->space ||
			    !range_overlaps(other->range, place->range))
				continue;
			note_move(shape, place, other);
			note_move(shape, other, place);
		}
	}
}

static const struct shape_function *shown(const struct shape *shape,
					  const struct pci_function *source)
{
	for (size_t i = 0; i < shape->count; i++)
		if (shape->functions[i].source == source)
			return &shape->functions[i];
	return NULL;
}

/* What is in a window moves with it; a bridge comes before what is behind it. */
static void move_along(const struct shape *shape, const struct place *place)
{
	const struct pci_function *source = place->function->parent;
	const struct shape_function *parent = source ? shown(shape, source) : NULL;

	for (int kind = 0; parent && source->bridge && kind < WINDOWS; kind++)
		if (parent->moves[BAR_ROM + 1 + kind] &&
		    range_overlaps(source->bridge->windows[kind].range, place->range) &&
		    window_space((enum window_kind)kind) == (enum space)place->space)
			*place->moves = true;
}

void shape_find_conflicts(struct shape *shape)
{
	struct places places = { NULL, 0 };

	for (size_t i = 0; i < shape->count; i++)
		note_cardbus(shape, &shape->functions[i]);
	find_places(shape, &places);
	for (size_t i = 0; i < places.count; i++)
		note_beyond(shape, &places.entries[i]);
	for (size_t i = 0; i < places.count; i++)
		note_zero(shape, &places.entries[i]);
	for (size_t i = 0; i < places.count; i++)
		if (!is_inside(&places.entries[i]))
			note_move(shape, &places.entries[i], NULL);
	find_overlaps(shape, &places);
	for (size_t i = 0; i < places.count; i++)
		move_along(shape, &places.entries[i]);
}
