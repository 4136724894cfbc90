// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fixed addresses: a BAR stays where it is behind a bridge dec-21154 whose window is fixed over it
 * (qemu/docs/specs/fpga.rst).  Nothing else in QEMU keeps an address.
 */
#include <config.h>

#include "pciaddr/emit/plan.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/model/pcispec.h"

static const uint64_t units[] = {
	[WINDOW_IO] = WINDOW_IO_UNIT,
	[WINDOW_MEMORY] = WINDOW_MEMORY_UNIT,
	[WINDOW_PREFETCHABLE] = WINDOW_MEMORY_UNIT,
};

static const uint64_t last_addresses[] = {
	[WINDOW_IO] = UINT16_MAX,
	[WINDOW_MEMORY] = UINT32_MAX,
	[WINDOW_PREFETCHABLE] = UINT64_MAX,
};

static enum window_kind window_of(const struct planned *bridge, const struct spec_bar *bar)
{
	if (bar->type == BAR_TYPE_IO ||
	    (bar->type == BAR_TYPE_ANY && bar->range.exact.last <= UINT16_MAX))
		return WINDOW_IO;
	/* what is prefetchable may stand in the other window where there is no such one */
	if ((bar->prefetchable == TRISTATE_YES &&
	     (!bridge->has_window[WINDOW_MEMORY] || bridge->has_window[WINDOW_PREFETCHABLE])) ||
	    bar->range.exact.last > UINT32_MAX)
		return WINDOW_PREFETCHABLE;
	return WINDOW_MEMORY;
}

static bool has_fixed_bars(const struct planned *planned)
{
	for (const struct spec_bar *bar = planned->entry ? planned->entry->bars : NULL; bar;
	     bar = bar->next)
		if (bar_is_fixed(bar))
			return true;
	return false;
}

/* The windows that the entry of a bridge asks for. */
static void take_windows(struct plan *plan, struct planned *planned)
{
	const struct spec_entry *entry = planned->entry;

	for (const struct spec_window *window = entry ? entry->windows : NULL; window;
	     window = window->next) {
		struct range range = window->range.exact;
		const char *name = window_name(window->kind);

		if (window->closed || !window->range.has_exact)
			continue;
		if (!plan_is_fixed_bridge(planned) || window->kind > WINDOW_PREFETCHABLE) {
			plan_refuse(plan, entry, arena_printf(&plan->arena, "the %s of %s cannot "
							      "be fixed", name,
							      planned->model->name),
				    "dec-21154 (id 1011:0026) has windows that can; or take the "
				    "range out, or say inside: what firmware hands out");
			continue;
		}
		if (range.first % units[window->kind] || !range.first ||
		    (range.last + 1) % units[window->kind] ||
		    range.last > last_addresses[window->kind]) {
			plan_refuse(plan, entry, arena_printf(&plan->arena, "a bridge cannot have "
							      "this %s: it begins at a multiple "
							      "of 0x%" PRIx64 ", not at 0, and "
							      "ends before one", name,
							      units[window->kind]), NULL);
			continue;
		}
		planned->has_window[window->kind] = true;
		planned->given[window->kind] = true;
		planned->windows[window->kind] = range;
	}
}

static bool is_closed(const struct planned *bridge, enum window_kind kind)
{
	for (const struct spec_window *window = bridge->entry ? bridge->entry->windows : NULL;
	     window; window = window->next)
		if (window->kind == kind && window->closed)
			return true;
	return false;
}

/* Is the window that the entry gives, if it gives one, around the BAR? */
static bool fits(const struct planned *bridge, const struct spec_bar *bar)
{
	enum window_kind kind = window_of(bridge, bar);

	return bridge->has_window[kind] &&
		range_contains(bridge->windows[kind], bar->range.exact);
}

static bool all_fit(const struct planned *bridge, const struct planned *planned)
{
	for (const struct spec_bar *bar = planned->entry->bars; bar; bar = bar->next)
		if (bar_is_fixed(bar) && !fits(bridge, bar))
			return false;
	return true;
}

/* Where no place is given: behind a bridge that has the windows, or behind a new one. */
static void choose_bridge(struct plan *plan, struct planned *planned)
{
	struct planned *bridge;

	for (bridge = plan->first; bridge; bridge = bridge->next)
		if (plan_is_fixed_bridge(bridge) && all_fit(bridge, planned))
			break;
	planned->parent = bridge ? bridge :
		plan_add(plan, NULL, qemu_model("dec-21154"));
}

static void widen(struct planned *bridge, enum window_kind kind, struct range range)
{
	struct range *window = &bridge->windows[kind];

	range.first -= range.first % units[kind];
	range.last |= units[kind] - 1;
	if (!bridge->has_window[kind] || range.first < window->first)
		window->first = range.first;
	if (!bridge->has_window[kind] || range.last > window->last)
		window->last = range.last;
	bridge->has_window[kind] = true;
}

static const char *bar_problem(const struct spec_bar *bar, enum window_kind kind)
{
	uint64_t size = range_size(bar->range.exact);

	if (bar->index == BAR_ROM)
		return "an expansion ROM cannot be fixed";
	if (size & (size - 1) || bar->range.exact.first & (size - 1))
		return "a BAR has a size that is a power of 2, and begins at a multiple of it";
	if (bar->range.exact.last > last_addresses[kind] ||
	    bar->range.exact.first < units[kind])
		return "no window of a bridge can be there";
	return NULL;
}

/* A BAR of @planned, which its bridge is to hold, or the card itself. */
static void hold_bar(struct plan *plan, struct planned *planned, const struct spec_bar *bar)
{
	struct planned *bridge = planned->parent;
	enum window_kind kind = bridge ? window_of(bridge, bar) : WINDOW_IO;
	bool own = plan_is_fixed_card(planned) && !bar->index;
	const char *problem = bar_problem(bar, kind);

	if (bridge ? !plan_is_fixed_bridge(bridge) : !own) {
		plan_refuse(plan, planned->entry, arena_printf(&plan->arena, "BAR %u cannot be "
							       "fixed: the device is %s",
							       bar->index, !bridge ?
							       "on the root bus" :
							       "behind a bridge without fixed "
							       "windows"),
			    "put it behind a dec-21154 (id 1011:0026), or leave out where it is");
		return;
	}
	if (problem) {
		plan_refuse(plan, planned->entry, arena_printf(&plan->arena, "BAR %u: %s",
							       bar->index, problem), NULL);
		return;
	}
	if (own && !bridge)
		return;
	if (bridge->given[kind] && !fits(bridge, bar)) {
		plan_refuse(plan, planned->entry, arena_printf(&plan->arena, "BAR %u is outside "
							       "the %s of the bridge above it",
							       bar->index, window_name(kind)),
			    NULL);
		return;
	}
	if (is_closed(bridge, kind)) {
		plan_refuse(plan, planned->entry, arena_printf(&plan->arena, "BAR %u needs the %s "
							       "of the bridge above it, which is "
							       "to be closed", bar->index,
							       window_name(kind)), NULL);
		return;
	}
	if (!fits(bridge, bar))
		widen(bridge, kind, bar->range.exact);
	if (own)
		return;
	bridge->hold = arena_printf(&plan->arena, "%s%s%x.%u/%u=0x%" PRIx64,
				    bridge->hold ? bridge->hold : "", bridge->hold ? "+" : "",
				    planned->slot, planned->function, bar->index,
				    bar->range.exact.first);
}

void plan_windows(struct plan *plan)
{
	for (struct planned *planned = plan->first; planned; planned = planned->next)
		take_windows(plan, planned);
	for (struct planned *planned = plan->first; planned; planned = planned->next)
		if (!planned->placed && has_fixed_bars(planned) &&
		    !model_is_bridge(planned->model))
			choose_bridge(plan, planned);
}

void plan_hold(struct plan *plan)
{
	for (struct planned *planned = plan->first; planned; planned = planned->next)
		for (const struct spec_bar *bar = planned->entry ? planned->entry->bars : NULL;
		     bar; bar = bar->next)
			if (bar_is_fixed(bar))
				hold_bar(plan, planned, bar);
}
