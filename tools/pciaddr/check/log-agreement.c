// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel's log has said last of BARs and windows against what another source of the
 * same machine shows.
 */
#include "pciaddr/check/checks.h"

#include <inttypes.h>

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/topology.h"
#include "pciaddr/model/translation.h"

static struct value log_value(const struct machine *machine, struct results *results,
			      const struct log_resource *told)
{
	char range[RANGE_TEXT_MAX];

	return (struct value) {
		TEXT(results, "log: %s", told->has_address ? range_text(told->range, range) :
		     "no address"),
		at_text(TEXT(results, "%s:%" PRIu32, machine->log->path, told->line)),
	};
}

/* Lines without the machine's start, or several starts: which of them the source is of, none tells. */
static bool is_of_this_start(const struct machine *machine, const struct pci_function *function)
{
	const struct log_facts *facts = machine->log;

	return log_facts_has_domain(facts, function->domain) && !facts->starts;
}

static void report(const struct machine *machine, struct results *results,
		   const struct pci_function *function, const struct log_resource *told,
		   struct value shown)
{
	if (!is_of_this_start(machine, function)) {
		results_unknown(results, CHECK_LOG_AGREES, function, "the source shows another address "
				"than the kernel's log has said last, and the log may be of another "
				"boot: it has parts only, or several starts", NULL);
		return;
	}
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_LOG_AGREES,
		.function = function,
		.item = log_resource_name(told),
		.message = "the source shows another address than the kernel's log has said last",
		.values = { shown, log_value(machine, results, told) },
		.advice = "the log is of another boot, or ends before it was moved: take both at "
			"the same time; otherwise something has changed it behind the kernel's back "
			"(setpci, a reset)",
	});
}

/* Where pci_resource_to_user() is not trivial (powerpc, sparc), sysfs has bus addresses. */
static bool is_same(const struct machine *machine, const struct pci_function *function,
		    struct range shown, const struct log_resource *told)
{
	uint64_t offset;

	if (shown.last - shown.first != told->range.last - told->range.first)
		return false;
	return shown.first == told->range.first ||
		(translation_offset(machine, function, (enum space)told->space,
				    told->range.first, &offset) &&
		 shown.first + offset == told->range.first);
}

static enum agreement compare(const struct machine *machine, const struct pci_function *function,
			      const struct bar *bar, const struct log_resource *told)
{
	if (bar->kernel_known)
		return is_same(machine, function, bar->kernel, told) ? AGREES : DIFFERS;
	if (bar->register_known && bar->state == BAR_ASSIGNED && !config_is_asleep(function))
		return translation_agrees(machine, function, bar->space, bar->register_address,
					  told->range.first);
	return UNDECIDED;
}

/* lspci -v counts BARs, and does not number them: the log has the numbers. */
static const struct log_resource *told_of(const struct machine *machine,
					  const struct pci_function *function,
					  const struct bar *bar)
{
	const struct log_resource *same = NULL;

	if (!function->bars_counted || bar->index == BAR_ROM)
		return log_facts_resource(machine->log, function, bar->index);
	for (unsigned int item = 0; item < LOG_ITEM_ROM; item++) {
		const struct log_resource *told = log_facts_resource(machine->log, function, item);

		if (!told || !told->has_address || told->space != bar->space)
			continue;
		if (compare(machine, function, bar, told) == AGREES)
			return told;
		if (!same && bar->size_known && range_size(told->range) == range_size(bar->range))
			same = told;
	}
	return same;
}

static void check_bar(const struct machine *machine, struct results *results,
		      const struct pci_function *function, const struct bar *bar)
{
	const struct log_resource *told = told_of(machine, function, bar);
	enum agreement agreement;

	/* a ROM has its address while it is read, a fixed port by the standard */
	if (!told || !told->has_address || bar->index == BAR_ROM || bar->fixed_legacy ||
	    bar->kernel_none || told->not_taken)
		return;
	agreement = compare(machine, function, bar, told);
	if (agreement == AGREES)
		results_pass(results, CHECK_LOG_AGREES);
	else if (agreement == DIFFERS)
		report(machine, results, function, told, (struct value) {
			TEXT(results, "%s %s", bar_text(bar), bar_range(results, bar)),
			bar->kernel_known ? at_kernel_bar(function, bar) :
				at_config(function, bar_register(function, bar)) });
}

static void check_window(const struct machine *machine, struct results *results,
			 const struct pci_function *function, enum window_kind kind)
{
	const struct log_resource *told =
		log_facts_resource(machine->log, function, LOG_ITEM_WINDOW + kind);
	const struct window *window = &function->bridge->windows[kind];
	char range[RANGE_TEXT_MAX];

	/* what is not used any more is closed without a word */
	if (!told || !told->has_address || window->kernel_state != WINDOW_OPEN ||
	    window->maybe_kernel)
		return;
	if (is_same(machine, function, window->kernel, told))
		results_pass(results, CHECK_LOG_AGREES);
	else
		report(machine, results, function, told, (struct value) {
			TEXT(results, "%s %s", window_name(kind), range_text(window->kernel, range)),
			at_kernel_window(function, kind) });
}

static const char *ids_text(struct results *results, const char *who,
			    const struct pci_function *function)
{
	if (!function->ids_known)
		return TEXT(results, "%s: class %04x", who, function->class >> 8);
	return TEXT(results, "%s: %04x:%04x, class %04x", who, function->vendor, function->product,
		    function->class >> 8);
}

static void report_another(const struct machine *machine, struct results *results,
			   const struct pci_function *function, const struct log_function *found)
{
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_LOG_AGREES,
		.function = function,
		.message = "the kernel's log has another device here: it is of another machine, or "
			"of another boot, and nothing else of it is looked at beside this source",
		.values = {
			{ ids_text(results, "the source", function), at_function(function) },
			{ ids_text(results, "log", &found->slot),
			  at_text(TEXT(results, "%s:%" PRIu32, machine->log->path, found->line)) },
		},
		.advice = "give the log of the boot that the source is of",
	});
}

void check_log_agreement(const struct machine *machine, struct results *results)
{
	if (!machine->log || !machine->log->path)
		return;
	for (size_t i = 0; machine->log->of_another && i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];
		const struct log_function *found = log_facts_function(machine->log, function);

		if (!found || !log_function_is_another(found, function))
			continue;
		report_another(machine, results, function, found);
		return;
	}
	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];

		if (function->told_by_log || function->virtual || function->absent)
			continue;
		for (unsigned int k = 0; k < function->bar_count; k++)
			check_bar(machine, results, function, &function->bars[k]);
		for (enum window_kind kind = 0; function->bridge && kind < WINDOWS; kind++)
			check_window(machine, results, function, kind);
	}
}
