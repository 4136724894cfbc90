// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What host bridges forward, as the source tells it or, where it does not, as their functions
 * use it.
 */
#include "pciaddr/emulate/windows.h"

#include <inttypes.h>
#include <stdlib.h>

#include "pciaddr/model/host-windows.h"

#define IO_LAST		0xffffull		/* of x86 */
#define CONFIG_PORTS	0xcf8ull
#define CONFIG_PORTS_END 0xcffull
#define IO_UNIT		0x1000ull
#define RUN_MOST	(1ull << 44)		/* what is further off is another window */
#define ALL_DOMAINS	UINT32_MAX

void shape_add_window(struct shape *shape, struct shape_root *root, enum space space,
		      struct range range, uint64_t cpu, bool told)
{
	struct shape_window *window = arena_alloc(&shape->arena, sizeof(*window));
	struct shape_window **end = &root->windows;

	while (*end)
		end = &(*end)->next;
	*window = (struct shape_window) {
		.space = (uint8_t)space, .range = range, .cpu = cpu, .told = told,
	};
	*end = window;
}

static void add_used(struct shape_used_list *list, struct shape_root *root, struct range range)
{
	if (range.first && range.last >= range.first)
		list->entries[list->count++] = (struct shape_used) { range, root };
}

static int compare_used(const void *a, const void *b)
{
	return range_compare(((const struct shape_used *)a)->range, ((const struct shape_used *)b)->range);
}

void shape_find_used(struct shape *shape, enum space space, struct shape_used_list *list)
{
	list->entries = arena_alloc(&shape->arena, (shape->count * (BAR_ROM + 1 + WINDOWS) + 1) *
				    sizeof(*list->entries));
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_function *function = &shape->functions[i];
		const struct pci_function *source = function->source;

		for (unsigned int k = 0; k < source->bar_count; k++) {
			const struct bar *bar = &source->bars[k];
			uint64_t size = function->bar_sizes[bar->index];

			if (bar->space == space && bar->state == BAR_ASSIGNED && size &&
			    bar->range.first + (size - 1) > bar->range.first)
				add_used(list, function->root, (struct range) {
						 bar->range.first, bar->range.first + (size - 1) });
		}
		for (int kind = 0; source->bridge && kind < WINDOWS; kind++)
			if (window_space((enum window_kind)kind) == space &&
			    source->bridge->windows[kind].state == WINDOW_OPEN)
				add_used(list, function->root,
					 source->bridge->windows[kind].range);
	}
	qsort(list->entries, list->count, sizeof(*list->entries), compare_used);
}

bool shape_is_free(const struct shape_used_list *used, struct range range)
{
	for (size_t i = 0; i < used->count; i++)
		if (range_overlaps(used->entries[i].range, range))
			return false;
	return true;
}

/* The one root that all of them are below, or NULL; of none, the source's first */
static struct shape_root *only_root(const struct shape *shape, uint32_t domain,
				    const struct shape_used_list *used)
{
	for (size_t i = 1; i < used->count; i++)
		if (used->entries[i].root != used->entries[0].root)
			return NULL;
	if (used->count)
		return used->entries[0].root;
	for (size_t i = 0; i < shape->root_count; i++)
		if (!shape->roots[i].filler &&
		    (domain == ALL_DOMAINS || shape->roots[i].domain == domain))
			return &shape->roots[i];
	return NULL;
}

static void add_io_windows(struct shape *shape, struct shape_root *root, struct range range,
			   bool told)
{
	/* the ports of config space itself are no one's */
	if (range.first < CONFIG_PORTS && range.last > CONFIG_PORTS_END) {
		shape_add_window(shape, root, SPACE_IO,
				 (struct range) { range.first, CONFIG_PORTS - 1 }, range.first,
				 told);
		range.first = CONFIG_PORTS_END + 1;
	}
	shape_add_window(shape, root, SPACE_IO, range, range.first, told);
}

static void add_run(struct shape *shape, struct shape_root *root, enum space space,
		    struct range range)
{
	if (space == SPACE_IO)
		add_io_windows(shape, root, range, false);
	else
		shape_add_window(shape, root, space, range, range.first, false);
}

/* To whole units, as far as there is none of the neighbours' */
static struct range rounded(struct range run, uint64_t unit, uint64_t before, uint64_t behind)
{
	struct range range = { run.first & ~(unit - 1), run.last | (unit - 1) };

	if (before < run.first && range.first <= before)
		range.first = run.first;
	if (behind > run.last && range.last >= behind)
		range.last = run.last;
	return range;
}

/*
 * Runs of what one root's functions use, and the gaps between them: a gap between two roots is
 * neither's.
 */
static void add_runs(struct shape *shape, enum space space, const struct shape_used_list *list,
		     struct range within, uint64_t unit)
{
	struct range run = { 0, 0 };
	struct shape_root *root = NULL;
	uint64_t before = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct shape_used *used = &list->entries[i];

		if (!range_contains(within, used->range))
			continue;
		if (root == used->root && used->range.first - run.first <= RUN_MOST) {
			if (used->range.last > run.last)
				run.last = used->range.last;
			continue;
		}
		if (root) {
			run = rounded(run, unit, before, used->range.first);
			add_run(shape, root, space, run);
			before = run.last;
		}
		root = used->root;
		run = used->range;
	}
	if (root)
		add_run(shape, root, space, rounded(run, unit, before, UINT64_MAX));
}

static bool has_known_window(const struct shape_root *root, enum space space)
{
	for (const struct shape_window *window = root->windows; window; window = window->next)
		if (window->told && window->space == space)
			return true;
	return false;
}

/* Of host bridges whose windows the source does not tell; @others: it does of some */
static void find_roots_without_windows(struct shape *shape, enum space space, uint32_t domain,
				       struct shape_used_list *list, bool *others)
{
	size_t count = 0;

	shape_find_used(shape, space, list);
	for (size_t i = 0; i < list->count; i++)
		if (!has_known_window(list->entries[i].root, space) &&
		    (domain == ALL_DOMAINS || list->entries[i].root->domain == domain))
			list->entries[count++] = list->entries[i];
	list->count = count;
	*others = false;
	for (size_t i = 0; i < shape->root_count; i++)
		*others |= has_known_window(&shape->roots[i], space) &&
			(domain == ALL_DOMAINS || shape->roots[i].domain == domain);
}

static void guess_io(struct shape *shape)
{
	struct shape_used_list used = { NULL, 0 };
	struct shape_root *root;
	bool others;

	find_roots_without_windows(shape, SPACE_IO, ALL_DOMAINS, &used, &others);
	root = others ? NULL : only_root(shape, ALL_DOMAINS, &used);
	if (root) {
		add_io_windows(shape, root, (struct range) { 0, IO_LAST }, false);
		return;
	}
	add_runs(shape, SPACE_IO, &used, (struct range) { 1, IO_LAST }, IO_UNIT);
}

/*
 * Where memory below 4 GiB ends.  What lies across the APICs is of no PC, so that all of it is
 * one window there.
 */
static uint64_t low_end(const struct shape_used_list *used)
{
	uint64_t end = LOW_END - 1;

	for (size_t i = 0; i < used->count; i++)
		if (used->entries[i].range.first >= MIB && used->entries[i].range.first < LOW_END &&
		    used->entries[i].range.last >= LOW_END &&
		    used->entries[i].range.last < BELOW_4G)
			end = BELOW_4G - 1;
	return end;
}

/* Each domain has addresses of its own.  False: there was nothing to guess */
static bool guess_domain(struct shape *shape, uint32_t domain)
{
	struct shape_used_list used = { NULL, 0 };
	struct range low = { BELOW_4G, 0 };
	struct shape_root *root;
	bool others;

	find_roots_without_windows(shape, SPACE_MEMORY, domain, &used, &others);
	low.last = low_end(&used);
	for (size_t i = 0; i < used.count; i++)
		if (used.entries[i].range.first >= MIB && used.entries[i].range.last <= low.last &&
		    used.entries[i].range.first < low.first)
			low.first = used.entries[i].range.first;
	root = others ? NULL : only_root(shape, domain, &used);
	if (root) {
		low.first = (low.first < LOW_END ? low.first : 0x80000000) & ~(64 * MIB - 1);
		if (low.first < MIB)
			low.first = MIB;
		shape_add_window(shape, root, SPACE_MEMORY, low, low.first, false);
	} else {
		add_runs(shape, SPACE_MEMORY, &used, (struct range) { MIB, low.last }, MIB);
	}
	/* what is among the APICs, by itself */
	for (size_t i = 0; i < used.count; i++)
		if (used.entries[i].range.first > low.last && used.entries[i].range.last < BELOW_4G)
			add_run(shape, used.entries[i].root, SPACE_MEMORY, used.entries[i].range);
	add_runs(shape, SPACE_MEMORY, &used, (struct range) { BELOW_4G, UINT64_MAX }, GIB);
	return root || used.count;
}

static bool guess_memory(struct shape *shape)
{
	bool guessed = false;

	for (size_t i = 0; i < shape->root_count; i++)
		if (!i || shape->roots[i].domain != shape->roots[i - 1].domain)
			guessed |= guess_domain(shape, shape->roots[i].domain);
	return guessed;
}

static void drop_windows(struct shape *shape, enum space space)
{
	for (size_t i = 0; i < shape->root_count; i++)
		for (struct shape_window **at = &shape->roots[i].windows; *at;)
			if ((*at)->space == space)
				*at = (*at)->next;
			else
				at = &(*at)->next;
}

/* Domains of other architectures may all have the same ports, which x86 has once. */
static bool domains_share_io(const struct shape *shape)
{
	for (size_t i = 0; i < shape->root_count; i++)
		for (const struct shape_window *one = shape->roots[i].windows; one; one = one->next)
			for (size_t k = i + 1; one->space == SPACE_IO && k < shape->root_count; k++)
				for (const struct shape_window *other = shape->roots[k].windows;
				     other && shape->roots[k].domain != shape->roots[i].domain;
				     other = other->next)
					if (other->space == SPACE_IO &&
					    range_overlaps(one->range, other->range))
						return true;
	return false;
}

/* The source's own */
static void take_windows(struct shape *shape, enum space space)
{
	for (size_t i = 0; i < shape->root_count; i++) {
		struct shape_root *root = &shape->roots[i];
		const struct bus *bus = machine_bus(shape->machine, root->source_domain, root->bus);
		const struct host_window *windows;
		size_t count = 0;

		if (root->filler || !bus)
			continue;
		windows = host_windows_of(shape->machine, bus, space, &count);
		for (size_t k = 0; k < count; k++) {
			uint64_t offset = windows[k].state == OFFSET_LEARNT ||
				windows[k].state == OFFSET_GIVEN ? windows[k].offset : 0;
			struct range range = { windows[k].cpu.first - offset,
					       windows[k].cpu.last - offset };

			if (range.last < range.first ||
			    (space == SPACE_IO && range.last > IO_LAST)) {
				shape_note(shape, TOPIC_MAY_DIFFER, "host bridge %04" PRIx32 ":%02x: an "
					   "x86 machine has no such %s window: 0x%" PRIx64
					   "-0x%" PRIx64, root->source_domain, root->bus,
					   space_name(space), range.first, range.last);
				continue;
			}
			if (space == SPACE_IO)
				add_io_windows(shape, root, range, true);
			else
				shape_add_window(shape, root, space, range, windows[k].cpu.first,
						 true);
		}
	}
}

static void add_vga(struct shape *shape)
{
	const struct range vga = { VGA_FIRST, VGA_LAST };
	struct shape_root *first = &shape->roots[0];

	if (first->domain || first->bus || first->filler)
		return;
	for (const struct shape_window *window = first->windows; window; window = window->next)
		if (window->space == SPACE_MEMORY && range_overlaps(window->range, vga))
			return;
	shape_add_window(shape, first, SPACE_MEMORY, vga, VGA_FIRST, false);
}

void shape_find_windows(struct shape *shape)
{
	shape_find_ecam(shape);
	take_windows(shape, SPACE_IO);
	if (domains_share_io(shape))
		drop_windows(shape, SPACE_IO);
	guess_io(shape);
	take_windows(shape, SPACE_MEMORY);
	if (guess_memory(shape))
		shape_note(shape, TOPIC_MADE_UP, "the host bridges' memory windows: the source does "
			   "not tell them (a kernel log or /proc/iomem would); they are made of the "
			   "addresses in use");
	add_vga(shape);
	shape_leave_ecam_out(shape);
	shape_place_windows(shape);
}
