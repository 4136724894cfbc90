// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The same machine with something wrong, as --fault asks: what a kernel makes of it is to be
 * seen in the guest.  What it may move then is not specified.
 */
#include "pciaddr/emulate/shape.h"

#include <stdlib.h>
#include <string.h>

#include "common/die.h"
#include "pciaddr/model/selector.h"

#define MIB (1ull << 20)
#define BAR_FACTOR 16u
#define BAR_MOST_32BIT (2048 * MIB)

static bool is_memory(int kind)
{
	return window_space((enum window_kind)kind) == SPACE_MEMORY;
}

static bool is_below(const struct pci_function *function, const struct pci_function *bridge)
{
	for (const struct pci_function *up = function->parent; up; up = up->parent)
		if (up == bridge)
			return true;
	return false;
}

/* All that is behind the bridge, and its windows of this kind */
static void free_contents(struct shape *shape, struct shape_function *bridge)
{
	for (int kind = 0; kind < WINDOWS; kind++)
		bridge->moves[BAR_ROM + 1 + kind] = true;
	for (size_t i = 0; i < shape->count; i++)
		if (is_below(shape->functions[i].source, bridge->source))
			for (unsigned int k = 0; k < SHAPE_ITEMS; k++)
				shape->functions[i].moves[k] = true;
}

/* Windows to the half of their size, in whole MiB; or closed, by @size of 0 */
static bool change_windows(struct shape *shape, struct shape_function *function, bool close)
{
	const struct bridge *bridge = function->source->bridge;
	char slot[SLOT_TEXT_MAX], from[RANGE_TEXT_MAX], to[RANGE_TEXT_MAX];
	bool changed = false;

	for (int kind = 0; bridge && !bridge->cardbus && kind < WINDOWS; kind++) {
		struct window window = bridge->windows[kind];
		uint64_t half = range_size(window.range) / 2 & ~(MIB - 1);

		if (window.state != WINDOW_OPEN || !is_memory(kind) || (!close && !half))
			continue;
		if (close)
			window.state = WINDOW_CLOSED;
		else
			window.range.last = window.range.first + (half - 1);
		image_set_window(function, (enum window_kind)kind, &window);
		shape_note(shape, TOPIC_FAULT, "%s: the %s %s is %s",
			   slot_text(function->source, slot), window_name((enum window_kind)kind),
			   range_text(bridge->windows[kind].range, from),
			   close ? "closed" : range_text(window.range, to));
		changed = true;
	}
	if (changed)
		free_contents(shape, function);
	return changed;
}

static bool small_window(struct shape *shape, struct shape_function *function)
{
	return change_windows(shape, function, false);
}

static bool closed_window(struct shape *shape, struct shape_function *function)
{
	return change_windows(shape, function, true);
}

static const struct bar *largest_bar(const struct shape_function *function)
{
	const struct pci_function *source = function->source;
	const struct bar *largest = NULL;

	for (unsigned int i = 0; i < source->bar_count; i++) {
		const struct bar *bar = &source->bars[i];
		uint64_t size = function->bar_sizes[bar->index];

		if (bar->space == SPACE_MEMORY && bar->index < BAR_ROM && !bar->enhanced && size &&
		    (!largest || size > function->bar_sizes[largest->index]))
			largest = bar;
	}
	return largest;
}

static void take_address(struct shape_function *function, const struct bar *from)
{
	struct bar bar = *from;

	bar.state = BAR_UNASSIGNED;
	image_set_bar(function, &bar);
	function->moves[bar.index] = true;
}

static bool big_bar(struct shape *shape, struct shape_function *function)
{
	const struct bar *bar = largest_bar(function);
	char slot[SLOT_TEXT_MAX];
	uint64_t size;

	if (!bar)
		return false;
	size = function->bar_sizes[bar->index] * BAR_FACTOR;
	if (!bar->is_64bit && size > BAR_MOST_32BIT)
		size = BAR_MOST_32BIT;
	function->bar_sizes[bar->index] = size;
	take_address(function, bar);
	shape_note(shape, TOPIC_FAULT, "%s: %s has %llu MiB and no address",
		   slot_text(function->source, slot), bar_text(bar),
		   (unsigned long long)(size / MIB));
	return true;
}

static bool no_address(struct shape *shape, struct shape_function *function)
{
	const struct pci_function *source = function->source;
	char slot[SLOT_TEXT_MAX];
	bool changed = false;

	for (unsigned int i = 0; i < source->bar_count; i++) {
		const struct bar *bar = &source->bars[i];

		if (bar->enhanced || bar->fixed_legacy || !function->bar_sizes[bar->index])
			continue;
		take_address(function, bar);
		changed = true;
	}
	if (changed)
		shape_note(shape, TOPIC_FAULT, "%s: its BARs have no address",
			   slot_text(source, slot));
	return changed;
}

static const struct {
	const char *name;
	bool (*make)(struct shape *shape, struct shape_function *function);
} kinds[] = {
	{ "small-window", small_window },
	{ "closed-window", closed_window },
	{ "big-bar", big_bar },
	{ "no-address", no_address },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static bool make_fault(struct shape *shape, const char *fault)
{
	struct selector selector = { 0 };
	const char *at = strchr(fault, '@'), *why;
	size_t kind = 0, length = at ? (size_t)(at - fault) : strlen(fault);
	bool found = false, made = false;

	while (kind < KINDS && (strlen(kinds[kind].name) != length ||
				strncmp(kinds[kind].name, fault, length)))
		kind++;
	if (kind == KINDS || !at) {
		warn_advice("KIND@SELECTOR, with the kinds small-window, closed-window, big-bar and "
			    "no-address: small-window@0000:00:1c.0", "--fault: '%s' is not one", fault);
		return false;
	}
	why = selector_parse(&selector, &shape->arena, at + 1);
	if (why) {
		warn("--fault: %s", why);
		return false;
	}
	for (size_t i = 0; i < shape->count; i++) {
		if (selector_match(&selector, shape->functions[i].source) != MATCH_YES)
			continue;
		found = true;
		made |= kinds[kind].make(shape, &shape->functions[i]);
	}
	if (!found)
		warn("--fault: %s: no function of %s is %s", fault, shape->machine->name, at + 1);
	else if (!made)
		warn("--fault: %s: the function has no memory window or BAR of which to make this",
		     fault);
	return made;
}

bool shape_make_faults(struct shape *shape, const char *const *faults, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!make_fault(shape, faults[i]))
			return false;
	return true;
}
