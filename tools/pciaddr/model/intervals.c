// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/model/intervals.h"

#include <stdlib.h>

#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/topology.h"

bool interval_is_window(const struct interval *interval)
{
	return !interval->bar && !interval->vf;
}

bool interval_size_known(const struct interval *interval)
{
	if (interval->vf)
		return interval->vf->size;
	return !interval->bar || interval->bar->size_known;
}

const char *interval_name(const struct interval *interval)
{
	return interval->bar ? bar_text(interval->bar) :
		interval->vf ? vf_bar_text(interval->vf) : window_name(interval->kind);
}

static void add(struct intervals *intervals, const struct interval *interval)
{
	intervals->list = array_room(intervals->list, intervals->count, &intervals->capacity,
				     sizeof(*intervals->list));
	intervals->list[intervals->count++] = *interval;
}

static bool window_is_live(const struct pci_function *function, enum window_kind kind)
{
	uint16_t bit = window_space(kind) == SPACE_IO ? COMMAND_IO : COMMAND_MEMORY;

	return !function->command_known || function->command & bit;
}

/* Their enable bit is in the SR-IOV capability: without it they have no addresses at all. */
static void collect_vf_bars(struct intervals *intervals, const struct pci_function *function)
{
	for (unsigned int i = 0; i < function->sriov->bar_count; i++) {
		const struct vf_bar *bar = &function->sriov->bars[i];

		if (vf_bar_is_live(function->sriov, bar))
			add(intervals, &(struct interval) {
				.range = vf_bar_range(function->sriov, bar),
				.function = function,
				.vf = bar,
			});
	}
}

void intervals_collect(struct intervals *intervals, const struct pci_function *function,
		       enum space space, bool disabled_too)
{
	for (enum window_kind kind = 0; function->bridge && kind < WINDOWS; kind++)
		if (window_space(kind) == space &&
		    function->bridge->windows[kind].state == WINDOW_OPEN &&
		    (disabled_too || window_is_live(function, kind)))
			add(intervals, &(struct interval) {
				.range = function->bridge->windows[kind].range,
				.function = function,
				.kind = kind,
			});
	for (unsigned int i = 0; i < function->bar_count; i++)
		if (function->bars[i].space == space &&
		    (disabled_too ? function->bars[i].state == BAR_ASSIGNED :
		     bar_is_live(function, &function->bars[i])))
			add(intervals, &(struct interval) {
				.range = function->bars[i].range,
				.function = function,
				.bar = &function->bars[i],
			});
	if (space == SPACE_MEMORY && function->sriov)
		collect_vf_bars(intervals, function);
}

/* What may enclose has a lower one. */
static int rank(const struct interval *interval)
{
	return interval->bar ? 2 : interval->vf ? 1 : 0;
}

/* Of equal ranges the bridge that is nearer to the root comes first. */
static int compare_intervals(const void *a, const void *b)
{
	const struct interval *first = a, *second = b;
	int order = range_compare(first->range, second->range);

	if (order)
		return order;
	if (rank(first) != rank(second))
		return rank(first) - rank(second);
	return slot_compare(first->function, second->function);
}

void intervals_sort(struct intervals *intervals)
{
	if (intervals->count > 1)
		qsort(intervals->list, intervals->count, sizeof(*intervals->list),
		      compare_intervals);
}

bool interval_leads_to(const struct interval *outer, const struct interval *inner)
{
	if (outer->vf)
		return inner->bar && inner->function->virtual;
	return !outer->bar && is_above(outer->function, inner->function);
}
