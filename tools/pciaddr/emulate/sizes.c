// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How large BARs are.  Config space alone does not tell: the source does ("[size=...]", sysfs,
 * /proc/iomem), or an address does, by its alignment and by what comes next.
 */
#include "pciaddr/emulate/shape.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/pcispec.h"

#define KIB 1024ull
#define MIB (KIB * KIB)
#define GIB (KIB * MIB)

/* A register does not tell less; more than this is rare. */
#define IO_SIZE_MIN		4u
#define IO_SIZE_GUESSED		256u	/* PCI Local Bus 3.0, 6.2.5.1 */
#define MEMORY_SIZE_MIN		16u
#define MEMORY_SIZE_GUESSED	(16 * MIB)
#define PREFETCH_SIZE_GUESSED	(256 * MIB)
#define ROM_SIZE_MIN		(2 * KIB)
#define ROM_SIZE_GUESSED	(64 * KIB)

struct starts {
	uint64_t *at;
	size_t count;
};

static void add_start(struct starts *starts, uint64_t at)
{
	starts->at[starts->count++] = at;
}

static int compare_starts(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return (one > other) - (one < other);
}

/* Where BARs and windows begin, of all domains: what is guessed too small does no harm. */
static void find_starts(struct shape *shape, struct starts starts[SPACES])
{
	size_t most = shape->count * (BAR_ROM + 1 + WINDOWS) + 1;

	for (int space = 0; space < SPACES; space++)
		starts[space].at = arena_alloc(&shape->arena, most * sizeof(uint64_t));
	for (size_t i = 0; i < shape->count; i++) {
		const struct pci_function *source = shape->functions[i].source;

		for (unsigned int k = 0; k < source->bar_count; k++)
			if (source->bars[k].state == BAR_ASSIGNED)
				add_start(&starts[source->bars[k].space],
					  source->bars[k].range.first);
		for (int kind = 0; source->bridge && kind < WINDOWS; kind++)
			if (source->bridge->windows[kind].state == WINDOW_OPEN)
				add_start(&starts[window_space((enum window_kind)kind)],
					  source->bridge->windows[kind].range.first);
	}
	for (int space = 0; space < SPACES; space++)
		qsort(starts[space].at, starts[space].count, sizeof(uint64_t), compare_starts);
}

/* The first one above @at, or the end of all */
static uint64_t next_start(const struct starts *starts, uint64_t at)
{
	size_t low = 0, high = starts->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (starts->at[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low < starts->count ? starts->at[low] : UINT64_MAX;
}

static uint64_t most_guessed(const struct bar *bar)
{
	if (bar->index == BAR_ROM)
		return ROM_SIZE_GUESSED;
	if (bar->space == SPACE_IO)
		return IO_SIZE_GUESSED;
	return bar->prefetchable ? PREFETCH_SIZE_GUESSED : MEMORY_SIZE_GUESSED;
}

static uint64_t least(const struct bar *bar)
{
	if (bar->index == BAR_ROM)
		return ROM_SIZE_MIN;
	return bar->space == SPACE_IO ? IO_SIZE_MIN : MEMORY_SIZE_MIN;
}

/* The last address of the window of the bridge above that has @at, or UINT64_MAX */
static uint64_t window_end(const struct pci_function *function, const struct bar *bar)
{
	const struct bridge *bridge = function->parent ? function->parent->bridge : NULL;

	for (int kind = 0; bridge && kind < WINDOWS; kind++) {
		const struct window *window = &bridge->windows[kind];

		if (window->state == WINDOW_OPEN &&
		    window_space((enum window_kind)kind) == (enum space)bar->space &&
		    range_contains(window->range, (struct range) { bar->range.first,
								   bar->range.first }))
			return window->range.last;
	}
	return UINT64_MAX;
}

static uint64_t guess(const struct pci_function *function, const struct bar *bar,
		      const struct starts *starts)
{
	uint64_t at = bar->range.first, size = at & -at, most = most_guessed(bar);
	uint64_t room = next_start(starts, at) - at, end = window_end(function, bar);

	if (end != UINT64_MAX && end - at + 1 < room)
		room = end - at + 1;
	if (size > most || !size)
		size = most;
	while (size > room)
		size >>= 1;
	return size < least(bar) ? least(bar) : size;
}

static uint64_t power_of_two(uint64_t size)
{
	uint64_t power = 1;

	while (power < size && power < 1ull << 62)
		power <<= 1;
	return power;
}

/* What of a BAR's size is known; 0: nothing */
static uint64_t told_size(const struct bar *bar)
{
	uint64_t size = bar->size_known ? range_size(bar->range) : 0;

	if (!size && bar->kernel_known && bar->kernel.last > bar->kernel.first)
		size = range_size(bar->kernel);
	/* a piece of a resource is not the BAR's whole */
	return size ? power_of_two(size) : 0;
}

/* A resizable BAR without a size has the one that its register says. */
static uint64_t resizable_size(const struct shape_function *function, unsigned int index)
{
	unsigned int rebar = image_extended(function, EXTENDED_ID_REBAR);
	unsigned int count = rebar ? image_get(function->image, rebar + REBAR_CONTROL, 4) >> 5 & 7 :
		0;

	for (unsigned int i = 0; i < count && rebar + 8 * i + REBAR_CONTROL + 4 <= function->size;
	     i++) {
		uint32_t control = image_get(function->image, rebar + 8 * i + REBAR_CONTROL, 4);

		if ((control & REBAR_INDEX) == index)
			return MIB << ((control & REBAR_SIZE) >> 8 & 43);
	}
	return 0;
}

struct guessed {
	char names[96];
	size_t length;
};

static void add_name(struct guessed *guessed, const char *name)
{
	size_t length = strlen(name);

	if (guessed->length + length + 3 > sizeof(guessed->names))
		return;
	if (guessed->length) {
		memcpy(guessed->names + guessed->length, ", ", 2);
		guessed->length += 2;
	}
	memcpy(guessed->names + guessed->length, name, length + 1);
	guessed->length += length;
}

static bool fits(const struct bar *bar, uint64_t size)
{
	uint64_t most = bar->space == SPACE_IO || !bar->is_64bit ? 2 * GIB : 1ull << 62;

	return size >= least(bar) && size <= most;
}

static void size_function(struct shape *shape, struct shape_function *function,
			  const struct starts starts[SPACES])
{
	const struct pci_function *source = function->source;
	struct guessed guessed = { .length = 0 }, lost = { .length = 0 };
	char slot[SLOT_TEXT_MAX];

	for (unsigned int i = 0; i < source->bar_count; i++) {
		const struct bar *bar = &source->bars[i];
		uint64_t size = told_size(bar);

		if (bar->enhanced || bar->fixed_legacy)
			continue;
		if (!size && bar->index < BAR_ROM)
			size = resizable_size(function, bar->index);
		if (!size && bar->state == BAR_ASSIGNED) {
			size = guess(source, bar, &starts[bar->space]);
			add_name(&guessed, bar_text(bar));
		} else if (!size) {
			add_name(&lost, bar_text(bar));
		}
		if (size && size < least(bar))
			size = least(bar);
		if (size && !fits(bar, size)) {
			add_name(&lost, bar_text(bar));
			size = 0;
		}
		function->bar_sizes[bar->index] = size;
	}
	slot_text(source, slot);
	if (guessed.length)
		shape_note(shape, TOPIC_MADE_UP, "%s: %s: the source has no size; it is derived from the "
			   "address's alignment and what comes next", slot, guessed.names);
	if (lost.length)
		shape_note(shape, TOPIC_MAY_DIFFER, "%s: %s: neither address nor size is told, so that "
			   "the register cannot be sized", slot, lost.names);
}

/* lspci tells no size of these; the kernel's log has that of all virtual functions together. */
static void size_virtual_functions(const struct shape *shape, struct shape_function *function)
{
	const struct sriov *sriov = function->source->sriov;
	const struct log_facts *log = shape->machine->log;

	for (unsigned int i = 0; sriov && log && sriov->total && i < VF_BARS; i++) {
		const struct log_resource *all = log_facts_resource(log, function->source,
								    LOG_ITEM_VF_BAR + i);

		if (all && all->size / sriov->total)
			function->vf_bar_sizes[i] = power_of_two(all->size / sriov->total);
	}
	for (unsigned int i = 0; sriov && i < sriov->bar_count; i++)
		if (sriov->bars[i].size)
			function->vf_bar_sizes[sriov->bars[i].index] =
				power_of_two(sriov->bars[i].size);
}

void shape_find_sizes(struct shape *shape)
{
	struct starts starts[SPACES] = { { NULL, 0 }, { NULL, 0 } };

	find_starts(shape, starts);
	for (size_t i = 0; i < shape->count; i++) {
		size_function(shape, &shape->functions[i], starts);
		size_virtual_functions(shape, &shape->functions[i]);
	}
}
