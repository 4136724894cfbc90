// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the guest's processor has the host bridges' windows.  On a PC bus addresses are the
 * processor's.  Those that would be in RAM, among the APICs or in another host bridge's window
 * (domains of other architectures, and those of VMD, have the same addresses as domain 0) are
 * elsewhere for the processor, by an offset that the host bridge adds: ACPI's _TRA.
 */
#include "pciaddr/emulate/windows.h"

#include <inttypes.h>

#define RAM_LEAST	(128 * MIB)
#define RAM_UNIT	(16 * MIB)
#define ADDRESS_BITS	40u		/* what QEMU's processors have unless told */
#define ADDRESS_BITS_MOST 52u		/* of x86 */

struct range shape_window_cpu(const struct shape_window *window)
{
	return (struct range) { window->cpu,
				window->cpu + (window->range.last - window->range.first) };
}

/* VGA's memory, and what was for option ROMs */
static bool is_legacy(const struct shape_window *window)
{
	return window->range.last < MIB;
}

/* Does the platform answer there?  A source that tells such a window has lived with it. */
static bool is_platform(const struct shape_window *window)
{
	static const struct range devices[] = {
		{ 0xfec00000, 0xfec00fff },	/* I/O APIC */
		{ 0xfed00000, 0xfed003ff },	/* HPET */
		{ 0xfee00000, 0xfeefffff },	/* local APIC, MSI */
		{ 0xfffc0000, 0xffffffff },	/* firmware */
	};
	struct range cpu = shape_window_cpu(window);

	if (window->told && window->cpu == window->range.first)
		return false;
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (range_overlaps(cpu, devices[i]))
			return true;
	return false;
}

static bool is_ecam(const struct shape *shape, struct range range)
{
	for (size_t i = 0; i < shape->root_count; i++) {
		uint64_t base = shape->roots[i].mmconfig;

		if (base && range_overlaps(range, (struct range) { base, base + ECAM_SIZE - 1 }))
			return true;
	}
	return false;
}

/*
 * The first host bridge that has some of the window's addresses, or NULL.  Firmware that gives
 * them to two of one domain says so to the guest, too.
 */
static const struct shape_root *owner(const struct shape *shape, const struct shape_root *root,
				      const struct shape_window *window)
{
	struct range cpu = shape_window_cpu(window);

	for (size_t i = 0; i < shape->root_count; i++)
		for (const struct shape_window *other = shape->roots[i].windows; other;
		     other = other->next) {
			if (other == window)
				return NULL;
			if (window->told && shape->roots[i].source_domain == root->source_domain)
				continue;
			if (other->space == window->space && !other->lost &&
			    range_overlaps(shape_window_cpu(other), cpu))
				return &shape->roots[i];
		}
	return NULL;
}

/* Why the processor cannot have the window there, or NULL */
static const char *obstacle(struct shape *shape, const struct shape_root *root,
			    const struct shape_window *window)
{
	struct range cpu = shape_window_cpu(window);
	const struct shape_root *other;

	if (is_legacy(window))
		return NULL;
	if (cpu.last < cpu.first || cpu.last >> ADDRESS_BITS_MOST)
		return "no x86 processor reaches that far";
	if (cpu.first < RAM_LEAST)
		return "the guest has RAM there";
	if (is_platform(window))
		return "the platform's own devices are there";
	if (is_ecam(shape, cpu))
		return "the guest's config space is there";
	other = owner(shape, root, window);
	if (other)
		return arena_printf(&shape->arena, "host bridge %04" PRIx32 ":%02x has these addresses",
				    other->source_domain, other->bus);
	return NULL;
}

static uint64_t highest_address(const struct shape *shape)
{
	uint64_t highest = BELOW_4G - 1;

	for (size_t i = 0; i < shape->root_count; i++) {
		const struct shape_root *root = &shape->roots[i];

		if (root->mmconfig && root->mmconfig + ECAM_SIZE - 1 > highest)
			highest = root->mmconfig + ECAM_SIZE - 1;
		for (const struct shape_window *window = root->windows; window;
		     window = window->next) {
			uint64_t last = shape_window_cpu(window).last;

			/* what is beyond all reach is to be placed yet */
			if (window->space == SPACE_MEMORY && !window->lost &&
			    !(last >> ADDRESS_BITS_MOST) && last > highest)
				highest = last;
		}
	}
	return highest;
}

/* Above everything, and so aligned that the BARs in it stay aligned for the processor, too */
static bool move_up(const struct shape *shape, struct shape_window *window)
{
	uint64_t size = window->range.last - window->range.first, unit = GIB, base;

	while (unit <= size && unit >> ADDRESS_BITS_MOST == 0)
		unit <<= 1;
	base = (highest_address(shape) | (unit - 1)) + 1;
	window->cpu = base + (window->range.first & (unit - 1));
	return !(shape_window_cpu(window).last >> ADDRESS_BITS_MOST);
}

static void place_memory(struct shape *shape, const struct shape_root *root,
			 struct shape_window *window)
{
	const char *why = obstacle(shape, root, window);
	char range[RANGE_TEXT_MAX], cpu[RANGE_TEXT_MAX];

	if (!why)
		return;
	range_text(window->range, range);
	window->lost = !move_up(shape, window);
	if (window->lost)
		shape_note(shape, TOPIC_MAY_DIFFER, "host bridge %04" PRIx32 ":%02x: memory %s is not in "
			   "its windows: %s, and no other room is large enough", root->source_domain,
			   root->bus, range, why);
	else
		shape_note(shape, TOPIC_ELSEWHERE, "host bridge %04" PRIx32 ":%02x: memory %s of the bus "
			   "is %s for the processor: %s", root->source_domain, root->bus, range,
			   range_text(shape_window_cpu(window), cpu), why);
}

/* An x86 machine has one space of ports, and no bridge translates them. */
static void place_io(struct shape *shape, const struct shape_root *root,
		     struct shape_window *window)
{
	const struct shape_root *other = owner(shape, root, window);
	char range[RANGE_TEXT_MAX];

	if (!other)
		return;
	window->lost = true;
	shape_note(shape, TOPIC_MAY_DIFFER, "host bridge %04" PRIx32 ":%02x: I/O %s is not in its windows: "
		   "host bridge %04" PRIx32 ":%02x has these ports, and x86 has one space of them",
		   root->source_domain, root->bus, range_text(window->range, range),
		   other->source_domain, other->bus);
}

/* What is in a window that the guest's host bridge does not have is placed elsewhere. */
static void move_contents(struct shape *shape, const struct shape_root *root,
			  const struct shape_window *window)
{
	for (size_t i = 0; i < shape->count; i++) {
		struct shape_function *function = &shape->functions[i];
		const struct pci_function *source = function->source;

		if (function->root != root)
			continue;
		for (unsigned int k = 0; k < source->bar_count; k++)
			if (source->bars[k].space == window->space &&
			    range_overlaps(source->bars[k].range, window->range))
				function->moves[source->bars[k].index] = true;
		for (int kind = 0; source->bridge && kind < WINDOWS; kind++)
			if (window_space((enum window_kind)kind) == (enum space)window->space &&
			    range_overlaps(source->bridge->windows[kind].range, window->range))
				function->moves[BAR_ROM + 1 + kind] = true;
	}
}

static void drop_lost(struct shape *shape, struct shape_root *root)
{
	for (struct shape_window **at = &root->windows; *at;) {
		if (!(*at)->lost) {
			at = &(*at)->next;
			continue;
		}
		move_contents(shape, root, *at);
		*at = (*at)->next;
	}
}

/* Has the processor these bus addresses somewhere else? */
static bool is_translated(const struct shape_used *used)
{
	for (const struct shape_window *window = used->root->windows; window;
	     window = window->next)
		if (window->space == SPACE_MEMORY && window->cpu != window->range.first &&
		    range_contains(window->range, used->range))
			return true;
	return false;
}

static void find_ram(struct shape *shape)
{
	struct shape_used_list used = { NULL, 0 };
	uint64_t lowest = RAM_MOST, highest = highest_address(shape);
	char range[RANGE_TEXT_MAX];

	shape_find_used(shape, SPACE_MEMORY, &used);
	for (size_t i = 0; i < used.count; i++) {
		struct range at = used.entries[i].range;

		if (at.first < MIB || is_translated(&used.entries[i]))
			continue;
		if (at.last > highest)
			highest = at.last;
		if (at.first < RAM_LEAST)
			shape_note(shape, TOPIC_MAY_DIFFER, "memory at %s: the guest has RAM there",
				   range_text(at, range));
		else if (at.first < lowest)
			lowest = at.first;
	}
	for (size_t i = 0; i < shape->root_count; i++)
		for (const struct shape_window *window = shape->roots[i].windows; window;
		     window = window->next)
			if (window->space == SPACE_MEMORY && window->cpu >= RAM_LEAST &&
			    window->cpu < lowest)
				lowest = window->cpu;
	shape->ram = lowest & ~(RAM_UNIT - 1);
	shape->address_bits = ADDRESS_BITS;
	while (shape->address_bits < ADDRESS_BITS_MOST && highest >> shape->address_bits)
		shape->address_bits++;
	if (highest >> shape->address_bits)
		shape_note(shape, TOPIC_MAY_DIFFER, "addresses up to 0x%" PRIx64 ": QEMU's processors "
			   "reach 2^%u", highest, ADDRESS_BITS_MOST);
}

/* Where the guest's kernel has what is there on the bus */
static uint64_t guest_address(const struct shape_root *root, const struct bar *bar)
{
	for (const struct shape_window *window = root->windows; window; window = window->next)
		if (window->space == bar->space && range_contains(window->range, bar->range))
			return bar->range.first + (window->cpu - window->range.first);
	return bar->range.first;
}

/* Host bridges of other architectures, and those of memory above, have offsets of their own. */
static void note_offsets(struct shape *shape, struct shape_function *function)
{
	const struct pci_function *source = function->source;

	for (unsigned int k = 0; k < source->bar_count; k++) {
		const struct bar *bar = &source->bars[k];
		uint64_t guest = guest_address(function->root, bar);
		char slot[SLOT_TEXT_MAX], range[RANGE_TEXT_MAX];

		if (bar->state != BAR_ASSIGNED || !bar->kernel_known || !bar->kernel.first ||
		    bar->kernel.first == guest || function->moves[bar->index])
			continue;
		function->other_offset = true;
		slot_text(source, slot);
		range_text(bar->kernel, range);
		/* a kernel places the ROMs that firmware has not */
		if (bar->index == BAR_ROM)
			shape_note(shape, TOPIC_MAY_DIFFER, "%s: %s: the source's kernel has it at %s, and "
				   "the register has not", slot, bar_text(bar), range);
		else
			shape_note(shape, TOPIC_ELSEWHERE, "%s: %s: the source's kernel has it at %s, the "
				   "guest's at 0x%" PRIx64, slot, bar_text(bar), range, guest);
	}
}

void shape_place_windows(struct shape *shape)
{
	for (size_t i = 0; i < shape->root_count; i++) {
		struct shape_root *root = &shape->roots[i];

		for (struct shape_window *window = root->windows; window; window = window->next)
			if (window->space == SPACE_IO)
				place_io(shape, root, window);
			else
				place_memory(shape, root, window);
	}
	for (size_t i = 0; i < shape->root_count; i++)
		drop_lost(shape, &shape->roots[i]);
	for (size_t i = 0; i < shape->count; i++)
		note_offsets(shape, &shape->functions[i]);
	find_ram(shape);
}
