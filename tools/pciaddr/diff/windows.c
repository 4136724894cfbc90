// SPDX-License-Identifier: GPL-2.0-or-later
/* Bridges: their windows, and the buses behind them. */
#include "pciaddr/diff/changes.h"

#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/topology.h"
#include "pciaddr/model/translation.h"

/* What one of the two views, the registers' or the kernel's, says of a window. */
struct view {
	enum window_state state;
	struct range range;
	struct location where;
};

static struct view view_of(const struct pci_function *function, enum window_kind kind,
			   bool kernel)
{
	const struct window *window = &function->bridge->windows[kind];

	if (kernel)
		return (struct view) {
			window->kernel_state, window->kernel, at_kernel_window(function, kind),
		};
	/* a kernel's log has no registers */
	if (function->told_by_log)
		return (struct view) { .state = WINDOW_UNKNOWN };
	return (struct view) {
		window->state, window->range,
		at_config(function, window_register(function->bridge, kind)),
	};
}

static struct side view_side(struct results *results, const struct view *view)
{
	char range[RANGE_TEXT_MAX];

	return (struct side) {
		view->state == WINDOW_OPEN ? TEXT(results, "%s", range_text(view->range, range)) :
					     "closed",
		view->where,
	};
}

static bool same_view(const struct view *old, const struct view *new)
{
	return old->state == new->state &&
		(old->state != WINDOW_OPEN || (old->range.first == new->range.first &&
					       old->range.last == new->range.last));
}

/* As register_agrees() of addresses.c, for a window that a log tells. */
static bool registers_agree(const struct machine *machine, const struct pci_function *function,
			    const struct pci_function *other, enum window_kind kind)
{
	const struct window *window = &function->bridge->windows[kind];
	const struct window *registers = &other->bridge->windows[kind];
	uint64_t offset;

	return function->told_by_log && !other->told_by_log &&
		window->kernel_state == WINDOW_OPEN && registers->state == WINDOW_OPEN &&
		window->kernel.last - window->kernel.first ==
			registers->range.last - registers->range.first &&
		translation_offset(machine, function, window_space(kind), window->kernel.first,
				   &offset) &&
		registers->range.first + offset == window->kernel.first;
}

static void tell_change(const struct pair *pair, enum window_kind kind, const struct view *old,
			const struct view *new)
{
	struct results *results = pair->comparison->results;
	enum check_id check = CHECK_DIFF_MOVED;
	const char *message = "the window is at another address";
	uint64_t old_size = old->range.last - old->range.first;
	uint64_t new_size = new->range.last - new->range.first;

	if (new->state == WINDOW_CLOSED) {
		check = CHECK_DIFF_SHRUNK;
		message = "the window is closed now";
	} else if (old->state == WINDOW_CLOSED) {
		check = CHECK_DIFF_GROWN;
		message = "the window is open now";
	} else if (new_size < old_size) {
		check = CHECK_DIFF_SHRUNK;
		message = "the window is smaller";
	} else if (new_size > old_size) {
		check = CHECK_DIFF_GROWN;
		message = "the window is larger";
	}
	diff_change(pair, check, window_name(kind), message, view_side(results, old),
		    view_side(results, new));
}

static void compare_window(const struct pair *pair, enum window_kind kind)
{
	const struct window *old = &pair->old->bridge->windows[kind];
	const struct window *new = &pair->new->bridge->windows[kind];
	const struct match *match = &pair->comparison->match;
	bool known = false;

	for (int kernel = 0; kernel <= 1; kernel++) {
		struct view old_view = view_of(pair->old, kind, kernel);
		struct view new_view = view_of(pair->new, kind, kernel);

		if (old_view.state == WINDOW_UNKNOWN || new_view.state == WINDOW_UNKNOWN)
			continue;
		known = true;
		if (same_view(&old_view, &new_view) ||
		    registers_agree(match->old, pair->old, pair->new, kind) ||
		    registers_agree(match->new, pair->new, pair->old, kind))
			continue;
		/* lspci's text may have the kernel's window, the other side the registers' */
		if (!kernel && old->maybe_kernel != new->maybe_kernel &&
		    !(match->old->pc && match->new->pc)) {
			diff_unknown(pair, CHECK_DIFF_MOVED, "one side may have the kernel's "
				     "window and the other the registers'");
			return;
		}
		tell_change(pair, kind, &old_view, &new_view);
		return;
	}
	if (!known) {
		if (old->state != new->state || old->kernel_state != new->kernel_state)
			diff_unknown(pair, CHECK_DIFF_MOVED,
				     "the bridge's window is known on one side only");
		return;
	}
	diff_same(pair->comparison, CHECK_DIFF_MOVED);
	diff_same(pair->comparison, CHECK_DIFF_SHRUNK);
	diff_same(pair->comparison, CHECK_DIFF_GROWN);
}

static struct side buses_side(struct results *results, const struct pci_function *function)
{
	return (struct side) {
		TEXT(results, "buses %02x to %02x", function->bridge->secondary,
		     function->bridge->subordinate),
		at_config(function, CFG_SECONDARY),
	};
}

static void compare_buses(const struct pair *pair)
{
	const struct bridge *old = pair->old->bridge, *new = pair->new->bridge;
	struct results *results = pair->comparison->results;

	if (old->buses_named || new->buses_named)
		return;
	if (old->buses_known != new->buses_known) {
		diff_unknown(pair, CHECK_DIFF_RENUMBERED,
			     "the bridge's bus numbers are known on one side only");
		return;
	}
	if (!old->buses_known)
		return;
	if (old->secondary == new->secondary && old->subordinate == new->subordinate)
		diff_same(pair->comparison, CHECK_DIFF_RENUMBERED);
	else
		diff_change(pair, CHECK_DIFF_RENUMBERED, "bus numbers",
			    "other bus numbers are behind the bridge",
			    buses_side(results, pair->old), buses_side(results, pair->new));
}

void diff_windows(const struct pair *pair)
{
	compare_buses(pair);
	for (enum window_kind kind = 0; kind < WINDOWS; kind++) {
		/* the second of each kind is of CardBus bridges, memory of both */
		if (kind >= WINDOW_IO_1 && !pair->old->bridge->cardbus &&
		    !pair->new->bridge->cardbus)
			break;
		compare_window(pair, kind);
	}
}
