// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * BARs.  Registers are compared with registers and the kernel's addresses with the kernel's: a
 * host bridge may add to addresses.
 */
#include "pciaddr/diff/changes.h"

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/translation.h"

/* Would the BAR be in the model, if the function had it and it had an address? */
static bool would_be_seen(const struct pci_function *function, const struct bar *other)
{
	uint32_t value;

	if (function->resource_known || function->regions_known)
		return true;
	/* QEMU lists BARs, and the ports of IDE in compatibility mode are in none */
	if (function->bars_listed)
		return !other->fixed_legacy;
	/* registers of a virtual function read zero, whatever it has */
	return !function->virtual && function->header_known &&
		config_read(function, bar_register(function, other), 4, &value);
}

static struct side bar_side(struct results *results, const struct pci_function *function,
			    const struct bar *bar)
{
	return (struct side) {
		bar_range(results, bar),
		bar->register_known ? at_config(function, bar_register(function, bar)) :
				      at_kernel_bar(function, bar),
	};
}

enum comparison_result { SAME, DIFFERENT, NOT_KNOWN };

/*
 * A kernel's log has the kernel's address alone: with the offset of its host bridge, which it
 * tells too, it stands for what the other side's register holds.
 */
static bool register_agrees(const struct machine *machine, const struct pci_function *function,
			    const struct bar *bar, const struct bar *other)
{
	uint64_t offset;

	return function->told_by_log && bar->kernel_known && other->register_known &&
		translation_offset(machine, function, bar->space, bar->kernel.first, &offset) &&
		other->register_address + offset == bar->kernel.first;
}

static enum comparison_result compare_firsts(const struct pair *pair, const struct bar *old,
				     const struct bar *new)
{
	bool both_registers = old->register_known && new->register_known;
	bool both_kernels = old->kernel_known && new->kernel_known;

	if (register_agrees(pair->comparison->match.old, pair->old, old, new) ||
	    register_agrees(pair->comparison->match.new, pair->new, new, old))
		return SAME;
	if (both_registers && old->range.first != new->range.first)
		return DIFFERENT;
	if (both_kernels && !old->kernel_unset && !new->kernel_unset &&
	    old->kernel.first != new->kernel.first)
		return DIFFERENT;
	if (both_registers || both_kernels || old->range.first == new->range.first)
		return SAME;
	return pair->comparison->match.old->pc && pair->comparison->match.new->pc ? DIFFERENT :
		NOT_KNOWN;
}

static bool same_kind(const struct bar *old, const struct bar *new)
{
	return old->space == new->space &&
		(old->is_64bit == new->is_64bit || old->kind_unknown || new->kind_unknown);
}

/* Where the registers agree and the kernel's addresses do not. */
static struct side moved_side(struct results *results, const struct pci_function *function,
			      const struct bar *bar, bool kernel)
{
	char range[RANGE_TEXT_MAX];

	if (!kernel)
		return bar_side(results, function, bar);
	return (struct side) {
		TEXT(results, "%s (kernel)", range_text(bar->kernel, range)),
		at_kernel_bar(function, bar),
	};
}

/* A log knows the kernel's view alone, in which a register may hold what is not used. */
static bool both_unused(const struct pair *pair, const struct bar *old, const struct bar *new)
{
	return (pair->old->told_by_log || pair->new->told_by_log) &&
		(old->kernel_unset || old->kernel_none) && (new->kernel_unset || new->kernel_none);
}

/* The copy of a VGA card's ROM, which a PC's firmware has made: sysfs has it in the ROM's place. */
static bool is_shadow(const struct bar *bar)
{
	return bar->index == BAR_ROM &&
		(bar->kernel_shadow || (bar->range.first >= ROM_SHADOW_FIRST &&
					bar->range.last <= ROM_SHADOW_LAST));
}

/* In D3 registers may read 0, while the kernel keeps what it writes into them at the next wake. */
static bool lost_in_sleep(const struct pci_function *function, const struct bar *bar)
{
	return bar->state == BAR_UNASSIGNED && bar->register_known && !bar->kernel_unset &&
		function_is_asleep(function);
}

static void compare_bars(const struct pair *pair, const struct bar *old, const struct bar *new)
{
	struct results *results = pair->comparison->results;
	struct side old_side = bar_side(results, pair->old, old);
	struct side new_side = bar_side(results, pair->new, new);
	const char *item = bar_text(pair->new->bars_counted ? old : new);
	bool kernel;

	if (both_unused(pair, old, new)) {
		diff_same(pair->comparison, CHECK_DIFF_UNASSIGNED);
		return;
	}
	/* a ROM's register has an address while it is read; a log tells what is kept for that */
	if (old->index == BAR_ROM && old->state != new->state &&
	    (pair->old->told_by_log || pair->new->told_by_log)) {
		diff_same(pair->comparison, CHECK_DIFF_UNASSIGNED);
		return;
	}
	if (is_shadow(old) != is_shadow(new)) {
		diff_same(pair->comparison, CHECK_DIFF_MOVED);
		return;
	}
	if (lost_in_sleep(pair->old, old) != lost_in_sleep(pair->new, new)) {
		if (old->kernel_known && new->kernel_known && range_equal(old->kernel, new->kernel))
			diff_same(pair->comparison, CHECK_DIFF_MOVED);
		else
			diff_unknown(pair, CHECK_DIFF_UNASSIGNED,
				     "the device sleeps on one side, where its register reads 0");
		return;
	}
	if (old->unmapped != new->unmapped &&
	    bar_decode(old->unmapped ? pair->new : pair->old, old->unmapped ? new : old) !=
	    DECODE_ON) {
		diff_unknown(pair, CHECK_DIFF_UNASSIGNED, "QEMU has the BAR nowhere, and the other "
			     "side does not say that it is enabled");
		return;
	}
	if (old->state != new->state) {
		bool lost = new->state == BAR_UNASSIGNED;

		diff_change(pair, lost ? CHECK_DIFF_UNASSIGNED : CHECK_DIFF_ASSIGNED, item,
			    lost ? "the BAR has lost its address" : "the BAR has an address now",
			    old_side, new_side);
		return;
	}
	if (!same_kind(old, new)) {
		diff_change(pair, CHECK_DIFF_RESIZED, item, "the BAR is of another type",
			    (struct side) { TEXT(results, "%s %s", bar_type_text(old),
						 old_side.text), old_side.where },
			    (struct side) { TEXT(results, "%s %s", bar_type_text(new),
						 new_side.text), new_side.where });
		return;
	}
	if (old->state == BAR_UNASSIGNED) {
		diff_same(pair->comparison, CHECK_DIFF_UNASSIGNED);
		diff_same(pair->comparison, CHECK_DIFF_ASSIGNED);
		return;
	}
	if (!old->size_known || !new->size_known) {
		if (old->size_known != new->size_known)
			diff_unknown(pair, CHECK_DIFF_RESIZED,
				     "the BAR's size is known on one side only");
	} else if (old->range.last - old->range.first != new->range.last - new->range.first) {
		diff_change(pair, CHECK_DIFF_RESIZED, item, "the BAR has another size",
			    old_side, new_side);
		return;
	} else {
		diff_same(pair->comparison, CHECK_DIFF_RESIZED);
	}
	switch (compare_firsts(pair, old, new)) {
	case SAME:
		diff_same(pair->comparison, CHECK_DIFF_MOVED);
		break;
	case NOT_KNOWN:
		diff_unknown(pair, CHECK_DIFF_MOVED, "one side has the BAR's register and the "
			     "other the kernel's address, which a host bridge may have "
			     "translated");
		break;
	case DIFFERENT:
		kernel = old->range.first == new->range.first;
		diff_change(pair, CHECK_DIFF_MOVED, item, kernel ?
			    "the kernel has the BAR at another address" :
			    "the BAR is at another address",
			    moved_side(results, pair->old, old, kernel),
			    moved_side(results, pair->new, new, kernel));
		break;
	}
}

/* A BAR that one side alone has. */
static void compare_with_none(const struct pair *pair, const struct bar *bar, bool in_old)
{
	const struct pci_function *with = in_old ? pair->old : pair->new;
	const struct pci_function *without = in_old ? pair->new : pair->old;
	struct side there = bar_side(pair->comparison->results, with, bar);
	struct side none = { "no address", at_function(without) };

	if (!would_be_seen(without, bar)) {
		diff_unknown(pair, CHECK_DIFF_UNASSIGNED, "the BAR is known on one side only");
		return;
	}
	if (bar->state == BAR_UNASSIGNED) {
		diff_same(pair->comparison, CHECK_DIFF_UNASSIGNED);
		return;
	}
	if (in_old)
		diff_change(pair, CHECK_DIFF_UNASSIGNED, bar_text(bar),
			    "the BAR is gone, or has lost its address", there, none);
	else
		diff_change(pair, CHECK_DIFF_ASSIGNED, bar_text(bar),
			    "the BAR is new, or has an address now", none, there);
}

static void compare_index(const struct pair *pair, unsigned int index)
{
	const struct bar *old = function_bar(pair->old, index);
	const struct bar *new = function_bar(pair->new, index);

	if (old && new)
		compare_bars(pair, old, new);
	else if (old || new)
		compare_with_none(pair, old ? old : new, old != NULL);
}

static bool same_address(const struct bar *old, const struct bar *new)
{
	return old->space == new->space && old->state == BAR_ASSIGNED &&
		new->state == BAR_ASSIGNED && old->range.first == new->range.first;
}

/* Those that agree are the same, the first with the first; both sets are of BARs that are done. */
static void compare_agreeing(const struct pair *pair, unsigned int *old_done,
			     unsigned int *new_done,
			     bool (*agree)(const struct bar *old, const struct bar *new))
{
	for (unsigned int i = 0; i < BAR_ROM; i++) {
		const struct bar *old = function_bar(pair->old, i);

		for (unsigned int k = 0; old && !(*old_done & 1u << i) && k < BAR_ROM; k++) {
			const struct bar *new = function_bar(pair->new, k);

			if (!new || *new_done & 1u << k || !agree(old, new))
				continue;
			*old_done |= 1u << i;
			*new_done |= 1u << k;
			compare_bars(pair, old, new);
		}
	}
}

/* BARs whose numbers are not known: by their address, then by type in their order. */
static void compare_counted(const struct pair *pair)
{
	unsigned int old_done = 0, new_done = 0;

	compare_agreeing(pair, &old_done, &new_done, same_address);
	compare_agreeing(pair, &old_done, &new_done, same_kind);
	for (unsigned int i = 0; i < BAR_ROM; i++) {
		const struct bar *old = function_bar(pair->old, i);
		const struct bar *new = function_bar(pair->new, i);

		if (old && !(old_done & 1u << i))
			compare_with_none(pair, old, true);
		if (new && !(new_done & 1u << i))
			compare_with_none(pair, new, false);
	}
}

void diff_addresses(const struct pair *pair)
{
	if (pair->old->bars_counted || pair->new->bars_counted)
		compare_counted(pair);
	else
		for (unsigned int index = 0; index < BAR_ROM; index++)
			compare_index(pair, index);
	compare_index(pair, BAR_ROM);
}
