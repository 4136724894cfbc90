// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every BAR, window and claim of which both addresses are known is a pair; its offset is the
 * CPU's address less the bus's.  Pairs are gathered in segments: a host bridge's window, or
 * where those are not known, a part of the address space so small that no host bridge has two
 * windows in it.  In each segment there is one offset, or none that can be told.
 */
#include "pciaddr/model/translation.h"

#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/arena.h"
#include "pciaddr/model/host-windows.h"
#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/resources.h"
#include "pciaddr/model/slot.h"
#include "pciaddr/model/topology.h"

/* Linux maps the CPU's side of I/O windows in pages; host bridges translate in such units. */
#define IO_UNIT		0x1000ull
#define MEMORY_UNIT	0x10000ull
#define IO_SPACE	0x10000ull	/* that 16-bit bridges decode */
#define FOUR_GIB	(1ull << 32)

struct segment_key {
	uint32_t root;		/* index of the root bus */
	uint8_t space;
	bool is_window;		/* @id is the index of a host window, otherwise a block */
	uint64_t id;
};

struct segment {
	struct segment_key key;
	enum offset_state state;
	uint64_t offset;
};

struct translation {
	struct segment *segments;	/* sorted by key; those that have another offset than 0 */
	size_t count;
};

struct pair {
	struct segment_key key;
	uint64_t offset;
	uint64_t bus;
	uint32_t subtree;	/* index of the function on the root bus that it is below */
	bool certain;		/* the register cannot hold the CPU's address */
	bool from_zero;		/* the register reads 0: an address, or none */
};

struct pairs {
	struct pair *list;
	size_t count;
	size_t capacity;
};

static int compare_keys(const struct segment_key *a, const struct segment_key *b)
{
	if (a->root != b->root)
		return a->root < b->root ? -1 : 1;
	if (a->space != b->space)
		return a->space - b->space;
	if (a->is_window != b->is_window)
		return a->is_window - b->is_window;
	return a->id < b->id ? -1 : a->id > b->id;
}

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *first = a, *second = b;
	int order = compare_keys(&first->key, &second->key);

	if (order)
		return order;
	if (first->offset != second->offset)
		return first->offset < second->offset ? -1 : 1;
	return first->subtree < second->subtree ? -1 : first->subtree > second->subtree;
}

static uint32_t root_of(const struct machine *machine, const struct pci_function *function)
{
	return machine_bus(machine, function->domain, function->bus)->root;
}

static const struct host_window *window_around(const struct machine *machine, uint32_t root,
					       enum space space, uint64_t cpu)
{
	size_t count;
	const struct host_window *windows = host_windows_of(machine, &machine->buses[root], space,
							    &count);

	for (size_t i = 0; i < count; i++)
		if (range_contains(windows[i].cpu, (struct range) { cpu, cpu }))
			return &windows[i];
	return NULL;
}

static struct segment_key find_key(const struct machine *machine, uint32_t root,
				   enum space space, uint64_t cpu)
{
	const struct host_window *window = window_around(machine, root, space, cpu);

	if (window)
		return (struct segment_key) {
			root, (uint8_t)space, true, (uint64_t)(window - machine->host_windows),
		};
	return (struct segment_key) {
		root, (uint8_t)space, false, cpu / (space == SPACE_IO ? IO_SPACE : FOUR_GIB),
	};
}

static uint32_t subtree_of(const struct machine *machine, const struct pci_function *function)
{
	while (function->parent)
		function = function->parent;
	return (uint32_t)(function - machine->functions);
}

static void add_pair(const struct machine *machine, struct pairs *pairs,
		     const struct pci_function *function, enum space space, uint64_t bus,
		     uint64_t cpu, bool certain)
{
	pairs->list = array_room(pairs->list, pairs->count, &pairs->capacity, sizeof(*pairs->list));
	pairs->list[pairs->count++] = (struct pair) {
		.key = find_key(machine, root_of(machine, function), space, cpu),
		.offset = cpu - bus,
		.bus = bus,
		.subtree = subtree_of(machine, function),
		.certain = certain,
		.from_zero = !bus,
	};
}

/* Pairs */

static bool bar_is_pair(const struct pci_function *function, const struct bar *bar)
{
	return bar->register_known && bar->kernel_known && !bar->fixed_legacy &&
		!bar->enhanced && !function->virtual && !bar->kernel_shadow &&
		bar->index != BAR_ROM && !function->absent &&
		(bar->state == BAR_ASSIGNED || !bar->register_address);
}

/* Nothing below a bridge's memory window of 32 bits is at the CPU's address in bus terms. */
static bool in_memory_window(const struct pci_function *function, uint64_t bus)
{
	const struct window *window;

	if (!function->parent)
		return false;
	window = &function->parent->bridge->windows[WINDOW_MEMORY];
	return window->state == WINDOW_OPEN &&
		range_contains(window->range, (struct range) { bus, bus });
}

static void add_bar(const struct machine *machine, struct pairs *pairs,
		    const struct pci_function *function, const struct bar *bar)
{
	bool certain = false;

	if (bar->space == SPACE_MEMORY)
		certain = bar->kernel.first >= FOUR_GIB && bar->register_address &&
			(!bar->is_64bit || (!bar->prefetchable &&
			 in_memory_window(function, bar->register_address)));
	add_pair(machine, pairs, function, bar->space, bar->register_address, bar->kernel.first,
		 certain);
}

static bool window_is_pair(const struct window *window)
{
	return window->kernel_state == WINDOW_OPEN &&
		(window->state == WINDOW_OPEN ||
		 (window->state == WINDOW_CLOSED && !window->range.first && window->range.last));
}

static void add_window(const struct machine *machine, struct pairs *pairs,
		       const struct pci_function *function, enum window_kind kind)
{
	const struct window *window = &function->bridge->windows[kind];
	bool certain = window->kernel.first >= FOUR_GIB && window->range.first &&
		(kind == WINDOW_MEMORY ||
		 (kind == WINDOW_PREFETCHABLE && !function->bridge->prefetch_64bit));

	if (window->kernel.last - window->kernel.first != window->range.last - window->range.first)
		return;
	add_pair(machine, pairs, function, window_space(kind), window->range.first,
		 window->kernel.first, certain);
}

/* Those of which both the registers and the kernel's resources are known. */
static void gather_pairs(const struct machine *machine, struct pairs *pairs, bool equal_too)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];

		for (unsigned int k = 0; k < function->bar_count; k++) {
			const struct bar *bar = &function->bars[k];

			if ((equal_too || bar->kernel.first != bar->register_address) &&
			    bar_is_pair(function, bar))
				add_bar(machine, pairs, function, bar);
		}
		for (enum window_kind kind = 0; function->bridge && kind < WINDOWS; kind++) {
			const struct window *window = &function->bridge->windows[kind];

			if ((equal_too || window->kernel.first != window->range.first) &&
			    window_is_pair(window))
				add_window(machine, pairs, function, kind);
		}
	}
}

/* Claims: entries of /proc/ioports and /proc/iomem under a function's own slot */

static bool is_claimed_here(const struct resource_list *list, const struct pci_function *function,
			    const struct bar *bar)
{
	char name[SLOT_TEXT_MAX];

	slot_text(function, name);
	return resource_at(list, bar->kernel_known ? bar->kernel.first : bar->range.first, name);
}

static void add_claims_of(const struct machine *machine, struct pairs *pairs,
			  const struct pci_function *function, const struct bar *bar)
{
	uint64_t unit = bar->space == SPACE_IO ? IO_UNIT : MEMORY_UNIT;
	size_t count;
	const struct own_entry *own = resources_of(&machine->resources[bar->space], function,
						   &count);

	for (size_t i = 0; i < count; i++) {
		struct range range = own[i].entry->range;

		if ((range.first - bar->range.first) % unit == 0 &&
		    (!bar->size_known || range_size(range) == range_size(bar->range)))
			add_pair(machine, pairs, function, bar->space, bar->range.first,
				 range.first, false);
	}
}

/* A BAR that is claimed at another address than registers and kernel say (powerpc: I/O). */
static void gather_claims(struct machine *machine, struct pairs *pairs, enum space space)
{
	struct resource_list *list = &machine->resources[space];

	if (list->state != RESOURCES_READ)
		return;
	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];

		for (unsigned int k = 0; k < function->bar_count; k++) {
			const struct bar *bar = &function->bars[k];

			if (bar->space != space || bar->state != BAR_ASSIGNED ||
			    bar->fixed_legacy || bar->index == BAR_ROM || bar->kernel_none ||
			    (bar->kernel_known && bar->kernel.first != bar->range.first) ||
			    is_claimed_here(list, function, bar))
				continue;
			resources_index(list);
			add_claims_of(machine, pairs, function, bar);
		}
	}
}

/* Which offset a segment has */

struct group {
	size_t begin, end;	/* of pairs */
	size_t subtrees;
	bool certain;
	bool all_from_zero;
};

static struct group read_group(const struct pairs *pairs, size_t begin)
{
	const struct pair *first = &pairs->list[begin];
	struct group group = { .begin = begin, .end = begin, .all_from_zero = true };

	for (; group.end < pairs->count; group.end++) {
		const struct pair *pair = &pairs->list[group.end];

		if (pair->offset != first->offset || compare_keys(&pair->key, &first->key))
			break;
		group.subtrees += group.end == begin || pair[-1].subtree != pair->subtree;
		group.certain |= pair->certain;
		group.all_from_zero &= pair->from_zero;
	}
	return group;
}

static size_t group_size(const struct group *group)
{
	return group->end - group->begin;
}

static enum offset_state judge_io(const struct machine *machine, const struct pairs *pairs,
				  const struct group *group)
{
	const struct pair *pair = &pairs->list[group->begin];
	const struct host_window *window = pair->key.is_window ?
		&machine->host_windows[pair->key.id] : NULL;
	struct range bus;

	if (pair->offset % IO_UNIT)
		return OFFSET_NONE_FITS;
	/* a whole I/O space more, or less: a bridge of 16 bits can tell them apart only so */
	if (pair->offset % IO_SPACE == 0)
		return OFFSET_LEARNT;
	if (!window || pair->bus >= IO_SPACE || group->all_from_zero)
		return OFFSET_UNKNOWN;
	bus = (struct range) { window->cpu.first - pair->offset, window->cpu.last - pair->offset };
	if (bus.first > bus.last || bus.last >= IO_SPACE)
		return OFFSET_NONE_FITS;
	/* the part of the I/O space that is left up to its end */
	return bus.last == IO_SPACE - 1 && bus.first ? OFFSET_LEARNT : OFFSET_UNKNOWN;
}

static enum offset_state judge_memory(const struct pairs *pairs, const struct group *group)
{
	const struct pair *pair = &pairs->list[group->begin];
	uint64_t offset = pair->offset;
	uint64_t distance = offset < -offset ? offset : -offset;

	if (offset % MEMORY_UNIT)
		return OFFSET_NONE_FITS;
	if (group->all_from_zero)
		return OFFSET_UNKNOWN;
	if (group->certain || group->subtrees > 1 ||
	    (distance >= FOUR_GIB && group_size(group) > 1))
		return OFFSET_LEARNT;
	return OFFSET_UNKNOWN;
}

/* The pairs from @begin on that are of one segment; returns the index behind them. */
static size_t judge_segment(struct machine *machine, const struct pairs *pairs, size_t begin)
{
	struct translation *translation = machine->translation;
	struct segment segment = { .key = pairs->list[begin].key };
	struct group best = { 0 }, zero = { 0 };
	bool tie = false;
	size_t end = begin;

	while (end < pairs->count && !compare_keys(&pairs->list[end].key, &segment.key)) {
		struct group group = read_group(pairs, end);

		end = group.end;
		if (!pairs->list[group.begin].offset) {
			zero = group;
			continue;
		}
		tie = group_size(&group) == group_size(&best);
		if (group_size(&group) > group_size(&best))
			best = group;
	}
	if (segment.key.is_window && machine->host_windows[segment.key.id].state == OFFSET_GIVEN) {
		segment.state = OFFSET_GIVEN;
		segment.offset = machine->host_windows[segment.key.id].offset;
	} else if (machine->pc) {
		segment.state = OFFSET_GIVEN;
	} else if (group_size(&zero) && group_size(&zero) >= group_size(&best)) {
		segment.state = OFFSET_LEARNT;
	} else if (group_size(&best) && !tie) {
		segment.offset = pairs->list[best.begin].offset;
		segment.state = segment.key.space == SPACE_IO ?
			judge_io(machine, pairs, &best) : judge_memory(pairs, &best);
	}
	translation->segments[translation->count++] = segment;
	return end;
}

static const struct segment *find_segment(const struct machine *machine, uint32_t root,
					  enum space space, uint64_t cpu)
{
	const struct translation *translation = machine->translation;
	struct segment_key key = find_key(machine, root, space, cpu);
	size_t low = 0, high = translation->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_keys(&translation->segments[middle].key, &key);

		if (!order)
			return &translation->segments[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool offset_is_known(enum offset_state state)
{
	return state == OFFSET_LEARNT || state == OFFSET_GIVEN;
}

static void settle_host_windows(struct machine *machine)
{
	for (size_t i = 0; i < machine->translation->count; i++) {
		const struct segment *segment = &machine->translation->segments[i];

		if (segment->key.is_window &&
		    machine->host_windows[segment->key.id].state != OFFSET_GIVEN) {
			machine->host_windows[segment->key.id].state = (uint8_t)segment->state;
			machine->host_windows[segment->key.id].offset = segment->offset;
		}
	}
}

/*
 * Where the CPU's address and the bus's differ, 0 is an address as good as any; what is read
 * as "no address" before the offset is known may be one.
 */
static void settle_zeroes(struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		struct pci_function *function = &machine->functions[i];

		for (unsigned int k = 0; k < function->bar_count; k++) {
			struct bar *bar = &function->bars[k];

			if (bar->state != BAR_UNASSIGNED || !bar_is_pair(function, bar) ||
			    bar->register_address ||
			    translation_agrees(machine, function, bar->space, 0,
					       bar->kernel.first) != AGREES)
				continue;
			bar->state = BAR_ASSIGNED;
			bar->size_known = true;
			bar->range.first = 0;
			bar->range.last = bar->kernel.last - bar->kernel.first;
		}
		for (enum window_kind kind = 0; function->bridge && kind < WINDOWS; kind++) {
			struct window *window = &function->bridge->windows[kind];

			if (window->state == WINDOW_CLOSED && window_is_pair(window) &&
			    window->kernel.last - window->kernel.first == window->range.last &&
			    translation_agrees(machine, function, window_space(kind), 0,
					       window->kernel.first) == AGREES)
				window->state = WINDOW_OPEN;
		}
	}
}

/* The kernel's windows of bridges, by the name of the bus behind, where nothing else has them. */
static void take_bus_claims(struct machine *machine)
{
	for (enum space space = 0; space < SPACES; space++) {
		const struct resource_list *list = &machine->resources[space];

		for (size_t i = 0; i < list->count; i++) {
			const struct resource *entry = &list->entries[i];
			const struct bus *bus;
			uint32_t domain;
			uint8_t number;

			if (!bus_name_parse(entry->name, &domain, &number))
				continue;
			bus = machine_bus(machine, domain, number);
			if (!bus || !bus->bridge || bus->indirect)
				continue;
			for (enum window_kind kind = 0; kind < WINDOWS; kind++) {
				struct window *window = &bus->bridge->bridge->windows[kind];

				/* of those that read as closed, one that would begin at 0 */
				if (window_space(kind) != space ||
				    window->kernel_state != WINDOW_UNKNOWN ||
				    window->state != WINDOW_CLOSED || window->range.first ||
				    window->range.last != entry->range.last - entry->range.first)
					continue;
				window->kernel_state = WINDOW_OPEN;
				window->kernel = entry->range;
				break;
			}
		}
	}
}

/* On a PC, what a 16-bit bridge does not see is a fault; elsewhere it may be the host bridge's. */
static void mark_translated(struct machine *machine)
{
	bool known_pc = machine->pc || machine->resources[SPACE_IO].state != RESOURCES_READ;

	for (size_t i = 0; !known_pc && i < machine->count; i++)
		if (machine->functions[i].bridge)
			machine->functions[i].bridge->io_translated = true;
}

void machine_learn_translation(struct machine *machine)
{
	struct pairs pairs = { 0 };

	machine->pc = machine_is_pc(machine);
	host_windows_sort(machine);
	mark_translated(machine);
	gather_pairs(machine, &pairs, false);
	for (enum space space = 0; space < SPACES; space++)
		gather_claims(machine, &pairs, space);
	if (!pairs.count)
		return;
	/* something differs: now those that do not count, too */
	take_bus_claims(machine);
	pairs.count = 0;
	gather_pairs(machine, &pairs, true);
	for (enum space space = 0; space < SPACES; space++)
		gather_claims(machine, &pairs, space);
	qsort(pairs.list, pairs.count, sizeof(*pairs.list), compare_pairs);
	machine->translation = xcalloc(1, sizeof(*machine->translation));
	machine->pc = machine_is_pc(machine);
	machine->translation->segments = grow_array(NULL, pairs.count,
						    sizeof(*machine->translation->segments));
	for (size_t i = 0; i < pairs.count;)
		i = judge_segment(machine, &pairs, i);
	free(pairs.list);
	settle_host_windows(machine);
	settle_zeroes(machine);
}

void translation_free(struct translation *translation)
{
	if (!translation)
		return;
	free(translation->segments);
	free(translation);
}

/* Of the host bridge's windows whose offsets the source gives, that which has this bus address. */
static bool given_offset(const struct machine *machine, uint32_t root, enum space space,
			 uint64_t bus, uint64_t *offset)
{
	size_t count;
	const struct host_window *windows = host_windows_of(machine, &machine->buses[root], space,
							    &count);

	for (size_t i = 0; i < count; i++) {
		if (windows[i].state != OFFSET_GIVEN ||
		    !range_contains(windows[i].cpu, (struct range) { bus + windows[i].offset,
								     bus + windows[i].offset }))
			continue;
		*offset = windows[i].offset;
		return true;
	}
	return false;
}

enum agreement translation_agrees(const struct machine *machine,
				  const struct pci_function *function, enum space space,
				  uint64_t bus, uint64_t cpu)
{
	const struct segment *segment = NULL;
	uint64_t offset;

	/* Linux on POWER shows ports by their bus addresses (pci_resource_to_user()) */
	if ((space != SPACE_IO || bus != cpu) &&
	    given_offset(machine, root_of(machine, function), space, bus, &offset))
		return bus + offset == cpu ? AGREES : DIFFERS;
	if (machine->translation)
		segment = find_segment(machine, root_of(machine, function), space, cpu);
	if (segment && offset_is_known(segment->state))
		return bus + segment->offset == cpu ? AGREES : DIFFERS;
	if (bus == cpu)
		return AGREES;
	if (machine->pc || (segment && segment->state == OFFSET_NONE_FITS) ||
	    (cpu - bus) % (space == SPACE_IO ? IO_UNIT : MEMORY_UNIT))
		return DIFFERS;
	return UNDECIDED;
}

bool translation_offset(const struct machine *machine, const struct pci_function *function,
			enum space space, uint64_t cpu, uint64_t *offset)
{
	const struct host_window *window;
	const struct segment *segment = NULL;
	uint32_t root = root_of(machine, function);

	if (machine->translation)
		segment = find_segment(machine, root, space, cpu);
	if (segment && offset_is_known(segment->state)) {
		*offset = segment->offset;
		return true;
	}
	window = window_around(machine, root, space, cpu);
	if (window && offset_is_known(window->state)) {
		*offset = window->offset;
		return true;
	}
	*offset = 0;
	return machine->pc;
}

bool translation_next(const struct machine *machine, const struct pci_function *function,
		      enum space space, size_t *at, uint64_t *offset)
{
	const struct translation *translation = machine->translation;
	uint32_t root;

	if (!translation)
		return false;
	root = root_of(machine, function);
	for (; *at < translation->count; (*at)++) {
		const struct segment *segment = &translation->segments[*at];

		if (segment->key.root != root || segment->key.space != space ||
		    !offset_is_known(segment->state))
			continue;
		*offset = segment->offset;
		(*at)++;
		return true;
	}
	return false;
}

/* Of a log without the line that begins a host bridge's windows, somebody may have left out others. */
static bool is_from_part(const struct machine *machine, const struct host_window *window)
{
	const struct log_facts *log = machine->log;

	return log && window->path == log->path &&
		!log_facts_has_root(log, window->domain, window->bus);
}

enum host_forwarding host_forwarding(const struct machine *machine,
				     const struct pci_function *function, enum space space,
				     struct range bus, bool low16)
{
	const struct bus *root = &machine->buses[root_of(machine, function)];
	size_t count;
	const struct host_window *windows = host_windows_of(machine, root, space, &count);
	bool all_known = count;

	for (size_t i = 0; i < count; i++) {
		uint64_t offset = windows[i].offset;

		if (is_from_part(machine, &windows[i]))
			all_known = false;

		if (!offset_is_known(windows[i].state)) {
			if (!machine->pc) {
				all_known = false;
				continue;
			}
			offset = 0;
		}
		if (low16) {
			uint64_t high = (windows[i].cpu.first - offset) & ~(IO_SPACE - 1);

			bus.first = (bus.first & (IO_SPACE - 1)) | high;
			bus.last = (bus.last & (IO_SPACE - 1)) | high;
		}
		if (bus.first + offset <= bus.last + offset &&
		    range_contains(windows[i].cpu, (struct range) { bus.first + offset,
								    bus.last + offset }))
			return HOST_FORWARDS;
	}
	return all_known ? HOST_FORWARDS_NOT : HOST_UNKNOWN;
}
