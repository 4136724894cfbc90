// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/check/results.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/die.h"

const struct check checks[CHECKS] = {
	[CHECK_PRESENT] = { "device-present", SEVERITY_CRITICAL,
		"every device answers config reads" },
	[CHECK_BUS_NUMBERS] = { "bus-numbers", SEVERITY_HIGH,
		"bus numbers of bridges are nested and do not overlap" },
	[CHECK_BUS_PRIMARY] = { "bus-primary", SEVERITY_LOW,
		"bridges have the number of their own bus in the primary bus register" },
	[CHECK_WINDOW_IN_WINDOW] = { "window-in-window", SEVERITY_HIGH,
		"every bridge window is inside the windows above it" },
	[CHECK_WINDOW_OVERLAP] = { "window-overlap", SEVERITY_HIGH,
		"no two bridges forward the same addresses" },
	[CHECK_WINDOW_KERNEL] = { "window-kernel", SEVERITY_HIGH,
		"window registers hold what the kernel believes" },
	[CHECK_BRIDGE_DECODE] = { "bridge-decode", SEVERITY_HIGH,
		"bridges forward what is enabled below them" },
	[CHECK_BRIDGE_MASTER] = { "bridge-master", SEVERITY_MEDIUM,
		"bridges let the bus masters below them through" },
	[CHECK_BAR_IN_WINDOW] = { "bar-in-window", SEVERITY_HIGH,
		"every BAR is inside the bridge windows above it" },
	[CHECK_BAR_ISA_HOLE] = { "bar-isa-hole", SEVERITY_HIGH,
		"no I/O BAR is in the holes that a bridge's ISA Enable bit makes" },
	[CHECK_BAR_OVERLAP] = { "bar-overlap", SEVERITY_HIGH,
		"no BAR overlaps another BAR or a foreign window" },
	[CHECK_BAR_ALIGNED] = { "bar-aligned", SEVERITY_HIGH,
		"every BAR is aligned to its size" },
	[CHECK_BAR_ASSIGNED] = { "bar-assigned", SEVERITY_MEDIUM,
		"the kernel has found a place for every BAR" },
	[CHECK_BAR_KERNEL] = { "bar-kernel", SEVERITY_HIGH,
		"BAR registers hold what the kernel believes" },
	[CHECK_BAR_DECODE] = { "bar-decode", SEVERITY_HIGH,
		"BARs in use by a driver are enabled in the command register" },
	[CHECK_LEGACY_PORTS] = { "legacy-ports", SEVERITY_HIGH,
		"no BAR is on the ports of the PC's own devices" },
	[CHECK_IOPORTS] = { "ioports-claim", SEVERITY_HIGH,
		"/proc/ioports has every I/O BAR at its range, for its device" },
	[CHECK_IOMEM] = { "iomem-claim", SEVERITY_MEDIUM,
		"/proc/iomem has every memory BAR at its range, for its device" },
	[CHECK_EXPECT_BAR] = { "expect-bar", SEVERITY_HIGH,
		"a BAR is at the expected range" },
	[CHECK_EXPECT_DECODE] = { "expect-decode", SEVERITY_HIGH,
		"the expected range is enabled in the command register" },
	[CHECK_EXPECT_WINDOW] = { "expect-window", SEVERITY_HIGH,
		"the expected range is inside every bridge window above it" },
	[CHECK_EXPECT_KERNEL] = { "expect-kernel", SEVERITY_HIGH,
		"the kernel has the device at the expected range" },
	[CHECK_EXPECT_CLAIM] = { "expect-claim", SEVERITY_HIGH,
		"the expected range is claimed for the device" },
	[CHECK_EXPECT_OVERLAP] = { "expect-overlap", SEVERITY_HIGH,
		"nothing else is at the expected range" },
	[CHECK_SPEC_DEVICE] = { "spec-device", SEVERITY_HIGH,
		"the specified devices are there, as many as specified" },
	[CHECK_SPEC_ID] = { "spec-id", SEVERITY_HIGH,
		"ids, class and revision are as specified" },
	[CHECK_SPEC_BAR] = { "spec-bar", SEVERITY_HIGH,
		"BARs are as specified" },
	[CHECK_SPEC_WINDOW] = { "spec-window", SEVERITY_HIGH,
		"bridge windows are as specified" },
	[CHECK_SPEC_BUS] = { "spec-bus", SEVERITY_HIGH,
		"bus numbers are as specified" },
	[CHECK_SPEC_OWNER] = { "spec-owner", SEVERITY_HIGH,
		"ranges are owned as specified" },
	[CHECK_SPEC_DRIVER] = { "spec-driver", SEVERITY_HIGH,
		"drivers are as specified" },
	[CHECK_SPEC_COMMAND] = { "spec-command", SEVERITY_HIGH,
		"command register bits are as specified" },
	[CHECK_SPEC_MSI] = { "spec-msi", SEVERITY_HIGH,
		"MSI and MSI-X are as specified" },
	[CHECK_SPEC_LINK] = { "spec-link", SEVERITY_HIGH,
		"PCI Express links are as specified" },
	[CHECK_SPEC_NOTHING_ELSE] = { "spec-nothing-else", SEVERITY_HIGH,
		"nothing is there that the specification does not name" },
};

static const char *const severity_names[SEVERITIES] = {
	[SEVERITY_LOW] = "low",
	[SEVERITY_MEDIUM] = "medium",
	[SEVERITY_HIGH] = "high",
	[SEVERITY_CRITICAL] = "critical",
};

const char *severity_name(enum severity severity)
{
	return severity_names[severity];
}

bool parse_severity(const char *text, enum severity *severity)
{
	for (int i = 0; i < SEVERITIES; i++) {
		if (!strcmp(text, severity_names[i])) {
			*severity = i;
			return true;
		}
	}
	return false;
}

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

const char *window_range(struct results *results, const struct bridge *bridge,
			 enum window_kind kind)
{
	const struct window *window = &bridge->windows[kind];
	char range[RANGE_TEXT_MAX];

	switch ((enum window_state)window->state) {
	case WINDOW_OPEN:
		return TEXT(results, "%s %s", window_name(kind), range_text(window->range, range));
	case WINDOW_CLOSED:
		return TEXT(results, "%s closed", window_name(kind));
	default:
		return TEXT(results, "%s unknown", window_name(kind));
	}
}

void results_pass(struct results *results, enum check_id check)
{
	results->tallies[check].counts[STATUS_PASS]++;
}

struct finding *results_add(struct results *results, const struct finding *finding)
{
	struct finding *copy;

	if (results->count == results->capacity) {
		results->capacity = results->capacity ? results->capacity * 2 : 16;
		results->findings = grow_array(results->findings, results->capacity,
					       sizeof(*results->findings));
	}
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
		finding.device = device_name(results, function);
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
	int status = EXIT_OK;

	for (size_t i = 0; i < results->count; i++) {
		const struct finding *finding = &results->findings[i];

		if (finding->status == STATUS_FAIL && finding->severity >= threshold)
			return EXIT_FAILED;
		if (finding->status == STATUS_UNKNOWN && !allow_unknown)
			status = EXIT_CANNOT_TELL;
	}
	return status;
}
