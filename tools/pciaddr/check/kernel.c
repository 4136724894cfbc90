// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Registers against what the kernel believes.
 *
 * On some machines the bus addresses in the registers are not the CPU's: the host bridge adds
 * a constant.  It is recognised by what it does, the same large round difference everywhere in
 * a domain, and then no failure.
 */
#include "pciaddr/check/checks.h"

#include <inttypes.h>

#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/topology.h"

/* A host bridge translates in units no smaller than these; a moved BAR differs by less. */
static const uint64_t translation_unit[SPACES] = {
	[SPACE_IO] = 0x10000,
	[SPACE_MEMORY] = 0x100000,
};

static const char stale_advice[] =
	"the kernel tried to move a fixed address ('dmesg | grep \"error updating\"' shows it): "
	"reboot; or something wrote the register behind the kernel's back (a reset, a write by "
	"hand): remove the device and rescan its bus";

struct translation {
	uint64_t offset;
	size_t count;
	bool constant;
};

static bool comparable(const struct pci_function *function, const struct bar *bar)
{
	return bar->register_known && bar->kernel_known && !bar->fixed_legacy &&
		!function->virtual && !bar->kernel_shadow &&
		!(bar->index == BAR_ROM && bar->not_decoded);
}

static void see_difference(struct translation *translation, uint64_t offset)
{
	if (!translation->count++)
		translation->offset = offset;
	else if (translation->offset != offset)
		translation->constant = false;
}

/* The offset that the host bridge adds in functions @begin to @end of one domain; 0 for none. */
static uint64_t find_translation(const struct machine *machine, size_t begin, size_t end,
				 enum space space)
{
	struct translation translation = { .constant = true };

	for (size_t i = begin; i < end; i++) {
		const struct pci_function *function = &machine->functions[i];

		for (unsigned int k = 0; k < function->bar_count; k++) {
			const struct bar *bar = &function->bars[k];

			if (bar->space == space && comparable(function, bar) &&
			    bar->state == BAR_ASSIGNED)
				see_difference(&translation, bar->kernel.first - bar->range.first);
		}
	}
	/* one BAR alone proves nothing */
	if (translation.count < 2 || !translation.constant ||
	    translation.offset % translation_unit[space])
		return 0;
	return translation.offset;
}

static void report_bar(struct results *results, const struct pci_function *function,
		       const struct bar *bar)
{
	char range[RANGE_TEXT_MAX];
	bool lost = bar->state == BAR_UNASSIGNED;

	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_BAR_KERNEL,
		.function = function,
		.item = bar_text(bar),
		.message = lost ? "the register has lost the address that the kernel gave it" :
			"the register holds another address than the kernel believes",
		.values = {
			{ TEXT(results, "register %s0x%" PRIx64, lost ? "reads " : "",
			       bar->register_address),
			  at_config(function, bar_register(function, bar)) },
			{ TEXT(results, "kernel %s", range_text(bar->kernel, range)),
			  at_kernel_bar(function, bar) },
		},
		.advice = stale_advice,
	});
}

static void check_bar(struct results *results, const struct pci_function *function,
		      const struct bar *bar, const uint64_t offsets[SPACES])
{
	if (!comparable(function, bar))
		return;
	if (bar->state == BAR_ASSIGNED &&
	    bar->register_address + offsets[bar->space] == bar->kernel.first)
		results_pass(results, CHECK_BAR_KERNEL);
	else
		report_bar(results, function, bar);
}

static void check_window(struct results *results, const struct pci_function *function,
			 enum window_kind kind, const uint64_t offsets[SPACES])
{
	const struct window *window = &function->bridge->windows[kind];
	uint64_t offset = offsets[window_space(kind)];
	char range[RANGE_TEXT_MAX];
	bool open = window->state == WINDOW_OPEN;
	bool kernel_open = window->kernel_state == WINDOW_OPEN;

	if (window->state == WINDOW_UNKNOWN || window->kernel_state == WINDOW_UNKNOWN)
		return;
	if (open == kernel_open &&
	    (!open || (window->range.first + offset == window->kernel.first &&
		       window->range.last + offset == window->kernel.last))) {
		if (open)
			results_pass(results, CHECK_WINDOW_KERNEL);
		return;
	}
	/* the kernel drops a window that nothing uses, and leaves the registers as they are */
	if (!kernel_open)
		return;
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_WINDOW_KERNEL,
		.function = function,
		.item = window_name(kind),
		.message = "the registers hold another window than the kernel believes",
		.values = {
			{ TEXT(results, "registers: %s",
			       window_range(results, function->bridge, kind)),
			  at_config(function, window_register(function->bridge, kind)) },
			{ TEXT(results, "kernel: %s", range_text(window->kernel, range)),
			  at_kernel_window(function, kind) },
		},
		.advice = stale_advice,
	});
}

static void check_assigned(struct results *results, const struct pci_function *function,
			   const struct bar *bar)
{
	char size[SIZE_TEXT_MAX];

	if (!function->resource_known || bar->index == BAR_ROM)
		return;
	if (!bar->kernel_unset) {
		results_pass(results, CHECK_BAR_ASSIGNED);
		return;
	}
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_BAR_ASSIGNED,
		.function = function,
		.item = bar_text(bar),
		.message = TEXT(results, "the kernel has found no place for this %s BAR",
				space_name(bar->space)),
		.values = {
			{ TEXT(results, "size %s", bar->size_known ?
			       size_text(range_size(bar->range), size) : "unknown"),
			  at_kernel_bar(function, bar) },
			{ TEXT(results, "register 0x%" PRIx64, bar->register_address),
			  at_config(function, bar_register(function, bar)) },
		},
		.advice = "'dmesg | grep \"failed to assign\\|address conflict\"' says why; the "
			"window of the bridge above is too small or taken (kernel option "
			"pci=realloc)",
	});
}

void check_kernel(const struct machine *machine, struct results *results)
{
	for (size_t begin = 0, end; begin < machine->count; begin = end) {
		uint64_t offsets[SPACES];

		end = machine_domain_end(machine, begin);
		for (enum space space = 0; space < SPACES; space++)
			offsets[space] = find_translation(machine, begin, end, space);
		for (size_t i = begin; i < end; i++) {
			const struct pci_function *function = &machine->functions[i];

			for (unsigned int k = 0; k < function->bar_count; k++) {
				check_bar(results, function, &function->bars[k], offsets);
				check_assigned(results, function, &function->bars[k]);
			}
			for (enum window_kind kind = 0; function->bridge && kind < WINDOWS; kind++)
				check_window(results, function, kind, offsets);
		}
	}
}
