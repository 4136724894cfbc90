// SPDX-License-Identifier: GPL-2.0-or-later
/* Does the device answer config reads, as far as its source has them? */
#include "pciaddr/check/checks.h"

#include <inttypes.h>

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"

static bool header_was_read(const struct pci_function *function)
{
	uint32_t value;

	if (function->config_length < CONFIG_HEADER)
		return false;
	for (unsigned int at = 0; function->present && at < CONFIG_HEADER; at += 4)
		if (!config_read(function, at, 4, &value))
			return false;
	return true;
}

/* lspci -vv puts all of the header into words that the checks need. */
static bool header_was_told(const struct pci_function *function)
{
	return function->origin_count && function->header_known && function->command_known;
}

/* Linux, too, leaves such a function out: pci_setup_device(), "unknown header type". */
static bool has_unknown_header(const struct pci_function *function)
{
	return function->header_known && function->header_type > HEADER_CARDBUS;
}

static void report_unknown_header(struct results *results, const struct pci_function *function)
{
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_PRESENT,
		.function = function,
		.message = "its header type is not in the PCI specifications: what was read is not "
			"the config space of a device",
		.values = {
			{ TEXT(results, "header type %02x", function->header_type),
			  at_config(function, CFG_HEADER_TYPE) },
			{ "the device is listed", at_function(function) },
		},
		.advice = "Linux ignores such a device: it was not ready when it was read, or "
			"config reads reach something else; reset it, and rescan its bus (echo 1 > "
			"/sys/bus/pci/rescan)",
	});
}

/* What was read is all ones; of a text without hex the header type alone is known. */
static struct value all_ones(const struct machine *machine, struct results *results,
			     const struct pci_function *function)
{
	uint32_t number;
	const char *path;

	if (!function->silent_line)
		return (struct value) { "vendor and device 0xffffffff",
					at_config(function, CFG_VENDOR) };
	path = machine_line_path(machine, function->silent_line, &number);
	return (struct value) {
		TEXT(results, "header type %02x", HEADER_MASK),
		at_text(TEXT(results, "%s:%" PRIu32 ", lspci's text", path, number)),
	};
}

void check_present(const struct machine *machine, struct results *results,
		   const struct pci_function *function)
{
	uint32_t value;

	if (function->woke) {
		results_unknown(results, CHECK_PRESENT, function,
				"the header reads all ones, and what follows it does not: the "
				"device woke up or came back while it was read",
				"take the dump again; if it stays so, the device is asleep or "
				"hangs");
		return;
	}
	if (has_unknown_header(function)) {
		report_unknown_header(results, function);
		return;
	}
	if (!function->absent) {
		if (function->described || function->bars_listed)
			results_not_looked_at(results, CHECK_PRESENT);
		else if (header_was_read(function) || header_was_told(function))
			results_pass(results, CHECK_PRESENT);
		else if (function->config_length && !text_origin(function, CFG_VENDOR) &&
			 config_read(function, CFG_VENDOR, 2, &value))
			results_unknown(results, CHECK_PRESENT, function,
					"the 64 bytes of the config header were not all read",
					"what they would have told is unknown: take the dump "
					"again, whole, with 'lspci -vvxxxx'");
		else if (function->told_by_log)
			results_not_looked_at(results, CHECK_PRESENT);
		else
			results_unknown(results, CHECK_PRESENT, function,
					"config space was not read",
					"take the dump with 'lspci -vvxxxx' as root, or at least "
					"with -vv, which tells its header in words");
		return;
	}
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_PRESENT,
		.function = function,
		.message = "config space reads all ones: the device does not answer any more",
		.values = {
			all_ones(machine, results, function),
			{ "the device is listed", at_function(function) },
		},
		.advice = "it was unplugged, is powered off or hangs: reset it, or remove and "
			"rescan it (echo 1 > remove in its directory, echo 1 > "
			"/sys/bus/pci/rescan)",
	});
}
