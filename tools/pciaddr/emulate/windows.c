// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What host bridges forward, as the source tells it or, where it does not, as their functions
 * use it; where config space is in memory; how much RAM that leaves.
 */
#include "pciaddr/emulate/shape.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pciaddr/model/host-windows.h"
#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/pcispec.h"

#define MIB		(1ull << 20)
#define GIB		(1ull << 30)
#define IO_LAST		0xffffull		/* of x86 */
#define CONFIG_PORTS	0xcf8ull
#define CONFIG_PORTS_END 0xcffull
#define IO_UNIT		0x1000ull
#define VGA_FIRST	0xa0000ull
#define VGA_LAST	0xbffffull
#define LOW_END		0xfec00000ull		/* the I/O APIC; HPET and local APIC behind it */
#define BELOW_4G	(1ull << 32)
#define ECAM_SIZE	(256 * MIB)
#define ECAM_HIGH	(448 * GIB)		/* where no QEMU has RAM, and any processor reaches */
#define RAM_MOST	(512 * MIB)
#define RAM_LEAST	(128 * MIB)
#define RAM_UNIT	(16 * MIB)
#define WINDOWS_MOST	20u
#define ADDRESS_BITS	40u			/* what QEMU's processors have unless told */
#define VENDOR_INTEL	0x8086u
#define PCIEXBAR	0x60u			/* of Intel's host bridges */

struct used {
	struct range range;
	struct shape_root *root;
};

struct used_list {
	struct used *entries;
	size_t count;
};

static void add_window(struct shape *shape, struct shape_root *root, enum space space,
		       struct range range, bool prefetchable)
{
	struct shape_window *window = arena_alloc(&shape->arena, sizeof(*window));
	struct shape_window **end = &root->windows;

	while (*end)
		end = &(*end)->next;
	*window = (struct shape_window) {
		.space = (uint8_t)space, .range = range, .prefetchable = prefetchable,
	};
	*end = window;
}

static void add_used(struct used_list *list, struct shape_root *root, struct range range)
{
	if (range.first && range.last >= range.first)
		list->entries[list->count++] = (struct used) { range, root };
}

static int compare_used(const void *a, const void *b)
{
	return range_compare(((const struct used *)a)->range, ((const struct used *)b)->range);
}

static void find_used(struct shape *shape, enum space space, struct used_list *list)
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

/* The one root that all of them are below, or NULL; of none, the source's first */
static struct shape_root *only_root(const struct shape *shape, const struct used_list *used)
{
	for (size_t i = 1; i < used->count; i++)
		if (used->entries[i].root != used->entries[0].root)
			return NULL;
	if (used->count)
		return used->entries[0].root;
	for (size_t i = 0; i < shape->root_count; i++)
		if (!shape->roots[i].filler)
			return &shape->roots[i];
	return NULL;
}

static struct range rounded(struct range range, uint64_t unit)
{
	return (struct range) { range.first & ~(unit - 1), range.last | (unit - 1) };
}

static void add_io_windows(struct shape *shape, struct shape_root *root, struct range range)
{
	/* the ports of config space itself are no one's */
	if (range.first < CONFIG_PORTS && range.last > CONFIG_PORTS_END) {
		add_window(shape, root, SPACE_IO, (struct range) { range.first, CONFIG_PORTS - 1 },
			   false);
		range.first = CONFIG_PORTS_END + 1;
	}
	add_window(shape, root, SPACE_IO, range, false);
}

static void add_run(struct shape *shape, struct shape_root *root, enum space space,
		    struct range range)
{
	if (space == SPACE_IO)
		add_io_windows(shape, root, range);
	else
		add_window(shape, root, space, range, false);
}

/*
 * Runs of what one root's functions use, and the gaps between them: a gap between two roots is
 * neither's.
 */
static void add_runs(struct shape *shape, enum space space, const struct used_list *list,
		     struct range within, uint64_t unit)
{
	struct range run = { 0, 0 };
	struct shape_root *root = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct used *used = &list->entries[i];

		if (!range_contains(within, used->range))
			continue;
		if (root == used->root) {
			if (used->range.last > run.last)
				run.last = used->range.last;
			continue;
		}
		if (root)
			add_run(shape, root, space, rounded(run, unit));
		root = used->root;
		run = used->range;
	}
	if (root)
		add_run(shape, root, space, rounded(run, unit));
}

static void guess_io(struct shape *shape)
{
	struct used_list used = { NULL, 0 };
	struct shape_root *root;

	find_used(shape, SPACE_IO, &used);
	root = only_root(shape, &used);
	if (root) {
		add_io_windows(shape, root, (struct range) { 0, IO_LAST });
		return;
	}
	add_runs(shape, SPACE_IO, &used, (struct range) { 1, IO_LAST }, IO_UNIT);
}

static void guess_memory(struct shape *shape)
{
	struct used_list used = { NULL, 0 };
	struct range low = { BELOW_4G - 1, 0 };
	struct shape_root *root;

	find_used(shape, SPACE_MEMORY, &used);
	for (size_t i = 0; i < used.count; i++)
		if (used.entries[i].range.first >= MIB && used.entries[i].range.last < LOW_END &&
		    used.entries[i].range.first < low.first)
			low.first = used.entries[i].range.first;
	root = only_root(shape, &used);
	if (root) {
		low.first = (low.first < LOW_END ? low.first : 0x80000000) & ~(64 * MIB - 1);
		if (low.first < MIB)
			low.first = MIB;
		low.last = LOW_END - 1;
		add_window(shape, root, SPACE_MEMORY, low, false);
	} else {
		add_runs(shape, SPACE_MEMORY, &used, (struct range) { MIB, LOW_END - 1 }, MIB);
	}
	/* what is among the APICs, by itself */
	for (size_t i = 0; i < used.count; i++)
		if (used.entries[i].range.first >= LOW_END && used.entries[i].range.last < BELOW_4G)
			add_window(shape, used.entries[i].root, SPACE_MEMORY, used.entries[i].range,
				   false);
	add_runs(shape, SPACE_MEMORY, &used, (struct range) { BELOW_4G, UINT64_MAX }, GIB);
}

/* The source's own; false: it has none of this space */
static bool take_windows(struct shape *shape, enum space space)
{
	bool taken = false;

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
			taken = true;
			add_run(shape, root, space, range);
		}
	}
	return taken;
}

static bool is_free(const struct used_list *used, struct range range)
{
	for (size_t i = 0; i < used->count; i++)
		if (range_overlaps(used->entries[i].range, range))
			return false;
	return true;
}

/* Intel's PCIEXBAR, where it can be true */
static uint64_t intel_ecam(const struct shape *shape, const struct used_list *used)
{
	static const uint64_t sizes[] = { 256 * MIB, 128 * MIB, 64 * MIB };

	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_function *function = &shape->functions[i];
		const struct pci_function *source = function->source;
		uint32_t low = image_get(function->image, PCIEXBAR, 4);
		uint64_t base = (uint64_t)image_get(function->image, PCIEXBAR + 4, 4) << 32;

		if (source->domain || source->bus || source->device || source->function ||
		    image_get(function->image, CFG_VENDOR, 2) != VENDOR_INTEL)
			continue;
		if (!(low & 1) || (low >> 1 & 3) > 2)
			return 0;
		base |= low & ~(sizes[low >> 1 & 3] - 1);
		if (base >= GIB && base + ECAM_SIZE <= LOW_END && !(base & (ECAM_SIZE - 1)) &&
		    is_free(used, (struct range) { base, base + (ECAM_SIZE - 1) }))
			return base;
		return 0;
	}
	return 0;
}

/* As the log or /proc/iomem says; 0: neither does */
static uint64_t told_ecam(const struct machine *machine, uint32_t domain)
{
	const struct resource_list *memory = &machine->resources[SPACE_MEMORY];
	char names[2][32];

	for (size_t i = 0; machine->log && i < machine->log->ecam_count; i++)
		if (machine->log->ecam[i].domain == domain)
			return machine->log->ecam[i].range.first;
	snprintf(names[0], sizeof(names[0]), "PCI MMCONFIG %04" PRIx32 " ", domain);
	snprintf(names[1], sizeof(names[1]), "PCI ECAM %04" PRIx32 " ", domain);
	for (size_t i = 0; memory->state == RESOURCES_READ && i < memory->count; i++)
		for (int k = 0; k < 2; k++)
			if (!strncmp(memory->entries[i].name, names[k], strlen(names[k])) &&
			    strstr(memory->entries[i].name, "[bus 00-"))
				return memory->entries[i].range.first;
	return 0;
}

/* One address for each domain, from the first root on */
static void find_ecam(struct shape *shape)
{
	struct used_list used = { NULL, 0 };
	uint64_t high = ECAM_HIGH;

	/* the ports 0xcf8 and 0xcfc reach domain 0 alone */
	for (size_t i = 0; i < shape->root_count; i++)
		if (shape->roots[i].domain)
			shape->express = true;
	if (!shape->express)
		return;
	find_used(shape, SPACE_MEMORY, &used);
	for (size_t i = 0; i < shape->root_count; i++) {
		struct shape_root *root = &shape->roots[i];
		uint64_t base = 0;

		if (i && root[-1].domain == root->domain) {
			root->mmconfig = root[-1].mmconfig;
			continue;
		}
		if (!root->filler && machine_is_pc(shape->machine)) {
			base = told_ecam(shape->machine, root->source_domain);
			if (!base && !root->domain)
				base = intel_ecam(shape, &used);
			/* what is in the guest's RAM, or in use, cannot be it */
			if (base < RAM_MOST || base & (ECAM_SIZE - 1) ||
			    !is_free(&used, (struct range) { base, base + (ECAM_SIZE - 1) }))
				base = 0;
		}
		while (!base) {
			if (is_free(&used, (struct range) { high, high + (ECAM_SIZE - 1) }))
				base = high;
			high += ECAM_SIZE;
		}
		root->mmconfig = base;
	}
}

static bool ecam_in(const struct shape *shape, struct range range, uint64_t *base)
{
	for (size_t i = 0; i < shape->root_count; i++) {
		*base = shape->roots[i].mmconfig;
		if (*base && range.first <= *base && *base + ECAM_SIZE - 1 <= range.last)
			return true;
	}
	return false;
}

/* What has been guessed goes around the memory of config space. */
static void leave_ecam_out(struct shape *shape)
{
	for (size_t i = 0; i < shape->root_count; i++)
		for (struct shape_window *window = shape->roots[i].windows; window;
		     window = window->next) {
			uint64_t base, last = window->range.last;

			if (window->space != SPACE_MEMORY ||
			    !ecam_in(shape, window->range, &base))
				continue;
			if (base == window->range.first) {
				window->range.first = base + ECAM_SIZE;
				continue;
			}
			window->range.last = base - 1;
			if (last > base + ECAM_SIZE)
				add_window(shape, &shape->roots[i], SPACE_MEMORY,
					   (struct range) { base + ECAM_SIZE, last }, false);
		}
}

/* A line of QEMU's configuration has 1,023 characters, a window up to 42. */
static void limit_windows(struct shape *shape)
{
	char range[RANGE_TEXT_MAX];

	for (size_t i = 0; i < shape->root_count; i++) {
		struct shape_root *root = &shape->roots[i];
		struct shape_window **end = &root->windows;

		for (unsigned int count = 0; *end && count < WINDOWS_MOST; count++)
			end = &(*end)->next;
		for (struct shape_window *window = *end; window; window = window->next)
			shape_note(shape, TOPIC_MAY_DIFFER, "host bridge %04" PRIx32 ":%02x: it has more "
				   "than %u windows; %s %s is not among them", root->source_domain,
				   root->bus, WINDOWS_MOST, space_name((enum space)window->space),
				   range_text(window->range, range));
		*end = NULL;
	}
}

static void find_ram(struct shape *shape)
{
	struct used_list used = { NULL, 0 };
	uint64_t lowest = RAM_MOST, highest = 0;
	char range[RANGE_TEXT_MAX];

	find_used(shape, SPACE_MEMORY, &used);
	for (size_t i = 0; i < used.count; i++) {
		if (used.entries[i].range.last > highest)
			highest = used.entries[i].range.last;
		if (used.entries[i].range.first < MIB)
			continue;
		if (used.entries[i].range.first < RAM_LEAST)
			shape_note(shape, TOPIC_MAY_DIFFER, "memory at %s: the guest has RAM there",
				   range_text(used.entries[i].range, range));
		else if (used.entries[i].range.first < lowest)
			lowest = used.entries[i].range.first;
	}
	for (size_t i = 0; i < shape->root_count; i++) {
		const struct shape_root *root = &shape->roots[i];

		for (const struct shape_window *window = root->windows; window;
		     window = window->next) {
			if (window->space != SPACE_MEMORY)
				continue;
			if (window->range.last > highest)
				highest = window->range.last;
			if (window->range.first >= RAM_LEAST && window->range.first < lowest)
				lowest = window->range.first;
		}
		if (root->mmconfig && root->mmconfig + ECAM_SIZE - 1 > highest)
			highest = root->mmconfig + ECAM_SIZE - 1;
	}
	shape->ram = lowest & ~(RAM_UNIT - 1);
	shape->address_bits = ADDRESS_BITS;
	while (shape->address_bits < 52 && highest >> shape->address_bits)
		shape->address_bits++;
	if (highest >> shape->address_bits)
		shape_note(shape, TOPIC_MAY_DIFFER, "addresses up to 0x%" PRIx64 ": QEMU's processors "
			   "reach 2^52", highest);
}

void shape_find_windows(struct shape *shape)
{
	struct shape_root *first = shape->root_count ? &shape->roots[0] : NULL;

	find_ecam(shape);
	if (!take_windows(shape, SPACE_IO))
		guess_io(shape);
	if (first && !first->domain && !first->bus && !first->filler)
		add_window(shape, first, SPACE_MEMORY, (struct range) { VGA_FIRST, VGA_LAST },
			   false);
	if (!take_windows(shape, SPACE_MEMORY)) {
		guess_memory(shape);
		shape_note(shape, TOPIC_MADE_UP, "the host bridges' memory windows: the source does "
			   "not tell them (a kernel log or /proc/iomem would); they are made of the "
			   "addresses in use");
	}
	leave_ecam_out(shape);
	limit_windows(shape);
	find_ram(shape);
}
