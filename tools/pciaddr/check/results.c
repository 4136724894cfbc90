// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/check/results.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/die.h"
#include "pciaddr/model/topology.h"

const char *status_name(enum status status)
{
	static const char *const names[STATUSES] = {
		[STATUS_PASS] = "pass",
		[STATUS_FAIL] = "fail",
		[STATUS_UNKNOWN] = "unknown",
		[STATUS_SKIP] = "skip",
	};

	return names[status];
}

void results_free(struct results *results)
{
	free(results->findings);
	arena_free(&results->arena);
	memset(results, 0, sizeof(*results));
}

const char *device_name(struct results *results, const struct pci_function *function)
{
	char slot[SLOT_TEXT_MAX];

	return arena_printf(&results->arena, "%s", slot_text(function, slot));
}

const char *bar_range(struct results *results, const struct bar *bar)
{
	char range[RANGE_TEXT_MAX];

	if (bar->state == BAR_UNASSIGNED)
		return "unassigned";
	if (!bar->size_known)
		return TEXT(results, "0x%" PRIx64 " (size unknown)", bar->range.first);
	return TEXT(results, "%s", range_text(bar->range, range));
}

/* By the registers it is open, at address 0; they read so after a reset, or where there is none. */
static bool is_not_set(const struct bridge *bridge, const struct window *window)
{
	return !bridge->cardbus && !window->range.first && window->range.last;
}

const char *window_range(struct results *results, const struct bridge *bridge,
			 enum window_kind kind)
{
	const struct window *window = &bridge->windows[kind];
	char range[RANGE_TEXT_MAX];

	switch ((enum window_state)window->state) {
	case WINDOW_OPEN:
		return TEXT(results, "%s %s", window_name(kind), range_text(window->range, range));
	case WINDOW_CLOSED:
		return TEXT(results, "%s %s", window_name(kind),
			    is_not_set(bridge, window) ? "not set: base and limit are 0" :
							 "closed");
	default:
		return TEXT(results, "%s unknown", window_name(kind));
	}
}

struct value bar_value(struct results *results, const struct pci_function *function,
		       const struct bar *bar)
{
	return (struct value) {
		TEXT(results, "%s %s", bar_text(bar), bar_range(results, bar)),
		!bar->fixed_legacy ? at_config(function, bar_register(function, bar)) :
		bar->line ? at_kernel_bar(function, bar) :
		at_text("where IDE in compatibility mode has it"),
	};
}

struct value window_value(struct results *results, const struct pci_function *bridge,
			  enum window_kind kind)
{
	return (struct value) {
		TEXT(results, "%s %s", device_name(results, bridge),
		     window_range(results, bridge->bridge, kind)),
		at_config(bridge, window_register(bridge->bridge, kind)),
	};
}

void results_pass(struct results *results, enum check_id check)
{
	results->tallies[check].counts[STATUS_PASS]++;
}

void results_not_looked_at(struct results *results, enum check_id check)
{
	results->tallies[check].counts[STATUS_SKIP]++;
}

struct finding *results_add(struct results *results, const struct finding *finding)
{
	struct finding *copy;

	results->findings = array_room(results->findings, results->count, &results->capacity,
				       sizeof(*results->findings));
	copy = &results->findings[results->count++];
	*copy = *finding;
	copy->severity = checks[finding->check].severity;
	copy->count = 1;
	results->tallies[finding->check].counts[finding->status]++;
	return copy;
}

void results_unknown(struct results *results, enum check_id check,
		     const struct pci_function *function, const char *reason, const char *advice)
{
	struct finding finding = {
		.status = STATUS_UNKNOWN,
		.check = check,
		.message = reason,
		.advice = advice,
	};

	for (size_t i = 0; i < results->unknown_group_count; i++) {
		struct finding *same = &results->findings[results->unknown_groups[i]];

		if (same->check == check && same->message == reason) {
			same->count++;
			results->tallies[check].counts[STATUS_UNKNOWN]++;
			return;
		}
	}
	if (function)
		finding.function = function;
	results_add(results, &finding);
	if (results->unknown_group_count < UNKNOWN_GROUPS_MAX)
		results->unknown_groups[results->unknown_group_count++] = results->count - 1;
}

void results_skip(struct results *results, enum check_id check, const char *reason)
{
	results_add(results, &(struct finding) {
		.status = STATUS_SKIP,
		.check = check,
		.message = reason,
	});
}

void results_settle(struct results *results)
{
	for (int check = 0; check < CHECK_EXPECT_BAR; check++) {
		size_t *counts = results->tallies[check].counts;
		/* those of QEMU and of a kernel's log find something, or have nothing to say */
		bool told = (check >= CHECK_BAR_ANSWERS && check <= CHECK_LOG_AGREES) ||
			counts[STATUS_PASS] || counts[STATUS_FAIL] || counts[STATUS_UNKNOWN];

		for (size_t i = 0; !told && i < results->count; i++)
			told = (int)results->findings[i].check == check;
		if (told)
			continue;
		if (!counts[STATUS_SKIP]) {
			results_skip(results, check, "there is nothing for it to look at");
			continue;
		}
		results_skip(results, check, "this source does not have what it compares");
		/* those that were not looked at are counted already */
		counts[STATUS_SKIP]--;
	}
}

size_t results_total(const struct results *results, enum status status)
{
	size_t total = 0;

	for (int check = 0; check < CHECKS; check++)
		total += results->tallies[check].counts[status];
	return total;
}

int results_exit_status(const struct results *results, enum severity threshold,
			bool allow_unknown)
{
	/* where nothing passed, nothing was looked at */
	int status = results_total(results, STATUS_PASS) || allow_unknown ? EXIT_OK :
		EXIT_CANNOT_TELL;

	for (size_t i = 0; i < results->count; i++) {
		const struct finding *finding = &results->findings[i];

		if (finding->status == STATUS_FAIL && finding->severity >= threshold)
			return EXIT_FAILED;
		if (finding->status == STATUS_UNKNOWN && !allow_unknown)
			status = EXIT_CANNOT_TELL;
	}
	return status;
}
