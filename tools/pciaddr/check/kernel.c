// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers against the addresses that the kernel uses, as far as the host bridge lets them be compared. */
#include "pciaddr/check/checks.h"

#include <inttypes.h>

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/topology.h"
#include "pciaddr/model/translation.h"

static const char stale_advice[] =
	"the kernel tried to move a fixed address ('dmesg | grep \"error updating\"' shows it): "
	"reboot, or where it does so at each boot (device tree), let it keep addresses by "
	"linux,pci-probe-only; or something wrote the register behind the kernel's back (a reset, a write by "
	"hand): remove the device and rescan its bus";

static const char undecided[] =
	"registers and kernel differ by what a host bridge may add, and nothing tells whether "
	"this one does";
static const char undecided_advice[] =
	"give the machine's /proc/ioports and /proc/iomem, and its kernel log as FILE.dmesg: "
	"'root bus resource [...] (bus address [...])' says it";
static const char asleep[] =
	"the device is in a power state below D0: what its registers read says nothing";
static const char asleep_advice[] =
	"wake it up, and take the dump again: echo on > power/control in its directory";

static bool comparable(const struct pci_function *function, const struct bar *bar)
{
	return bar->register_known && bar->kernel_known && !bar->fixed_legacy &&
		!function->virtual && !bar->kernel_shadow &&
		!(bar->index == BAR_ROM && bar->not_decoded);
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
			"the register differs from the address that the kernel uses",
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

static enum agreement agreement(const struct machine *machine,
				const struct pci_function *function, const struct bar *bar)
{
	enum agreement agreement = translation_agrees(machine, function, bar->space,
						      bar->register_address, bar->kernel.first);

	/* an address of 0 that the offset explains has been found to be one */
	return agreement == AGREES && bar->state != BAR_ASSIGNED ? DIFFERS : agreement;
}

static void check_bar(const struct machine *machine, struct results *results,
		      const struct pci_function *function, const struct bar *bar)
{
	if (!comparable(function, bar)) {
		if (bar_is_live(function, bar) && !bar->fixed_legacy)
			results_not_looked_at(results, CHECK_BAR_KERNEL);
		return;
	}
	switch (agreement(machine, function, bar)) {
	case AGREES:
		results_pass(results, CHECK_BAR_KERNEL);
		break;
	case DIFFERS:
		if (function_is_asleep(function))
			results_unknown(results, CHECK_BAR_KERNEL, function, asleep,
					asleep_advice);
		else
			report_bar(results, function, bar);
		break;
	case UNDECIDED:
		results_unknown(results, CHECK_BAR_KERNEL, function, undecided,
				undecided_advice);
		break;
	}
}

static enum agreement window_agreement(const struct machine *machine,
				       const struct pci_function *function,
				       enum window_kind kind)
{
	const struct window *window = &function->bridge->windows[kind];

	if (window->state != WINDOW_OPEN ||
	    window->range.last - window->range.first != window->kernel.last - window->kernel.first)
		return DIFFERS;
	return translation_agrees(machine, function, window_space(kind), window->range.first,
				  window->kernel.first);
}

static void check_window(const struct machine *machine, struct results *results,
			 const struct pci_function *function, enum window_kind kind)
{
	const struct window *window = &function->bridge->windows[kind];
	char range[RANGE_TEXT_MAX];
	uint32_t value;

	/* the kernel drops a window that nothing uses, and leaves the registers as they are */
	if (window->state == WINDOW_UNKNOWN || window->kernel_state != WINDOW_OPEN ||
	    !config_read(function, window_register(function->bridge, kind), 1, &value)) {
		if (window->state == WINDOW_OPEN && window->kernel_state != WINDOW_CLOSED)
			results_not_looked_at(results, CHECK_WINDOW_KERNEL);
		return;
	}
	switch (window_agreement(machine, function, kind)) {
	case AGREES:
		results_pass(results, CHECK_WINDOW_KERNEL);
		return;
	case UNDECIDED:
		results_unknown(results, CHECK_WINDOW_KERNEL, function, undecided,
				undecided_advice);
		return;
	case DIFFERS:
		break;
	}
	if (function_is_asleep(function)) {
		results_unknown(results, CHECK_WINDOW_KERNEL, function, asleep, asleep_advice);
		return;
	}
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_WINDOW_KERNEL,
		.function = function,
		.item = window_name(kind),
		.message = "the registers differ from the window that the kernel uses",
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

static const char no_address[] =
	"a memory BAR has no address, and what the kernel has made of it is unknown";

static const char unmapped[] =
	"QEMU has the BAR nowhere: it has no address, or decoding is off";
static const char unmapped_advice[] =
	"that is as it should be for a device that the guest does not use; the guest's own "
	"'lspci -vvxxxx' tells which of the two it is";

static bool knows_kernel(const struct pci_function *function)
{
	return function->resource_known || function->regions_known;
}

/* Linux leaves the BARs of host bridges alone (pdev_sort_resources() in setup-bus.c). */
static bool is_left_alone(const struct pci_function *function)
{
	return function->class_known && (!(function->class >> 8) ||
					 function->class >> 8 == CLASS_HOST_BRIDGE);
}

/* Is it certain that the BAR has no address, and should have one? */
static bool lacks_address(const struct pci_function *function, const struct bar *bar)
{
	return bar->kernel_unset || (bar->space == SPACE_MEMORY && !knows_kernel(function) &&
				     /* a bridge decodes memory for what is behind it */
				     !function->bridge &&
				     bar_decode(function, bar) == DECODE_ON);
}

/*
 * With a memory BAR, most cards work without their I/O ports, of which there are few; a driver
 * that needs them does not bind.
 */
static bool works_by_memory(const struct pci_function *function, const struct bar *without)
{
	if (without->space != SPACE_IO)
		return false;
	for (unsigned int i = 0; i < function->bar_count; i++) {
		const struct bar *bar = &function->bars[i];

		if (bar->space == SPACE_MEMORY && bar->index < BAR_ROM && !bar->kernel_unset &&
		    (bar->kernel_known || bar->state == BAR_ASSIGNED))
			return true;
	}
	return false;
}

static void check_assigned(struct results *results, const struct pci_function *function,
			   const struct bar *bar)
{
	char size[SIZE_TEXT_MAX];

	/* an expansion ROM has an address only while it is read */
	if (bar->index == BAR_ROM || bar->kernel_none || bar->fixed_legacy ||
	    is_left_alone(function))
		return;
	if (bar->kernel_known || (bar->state == BAR_ASSIGNED && !bar->kernel_unset)) {
		results_pass(results, CHECK_BAR_ASSIGNED);
		return;
	}
	/* why it has none, and whether that harms, is what the checks of the log are about */
	if (function->told_by_log) {
		results_not_looked_at(results, CHECK_BAR_ASSIGNED);
		return;
	}
	if (bar->unmapped) {
		results_unknown(results, CHECK_BAR_ASSIGNED, function, unmapped, unmapped_advice);
		return;
	}
	if (!lacks_address(function, bar)) {
		if (bar->space == SPACE_MEMORY && !knows_kernel(function))
			results_unknown(results, CHECK_BAR_ASSIGNED, function, no_address,
					"take the dump with 'lspci -vvxxxx'");
		else
			results_not_looked_at(results, CHECK_BAR_ASSIGNED);
		return;
	}
	if (works_by_memory(function, bar)) {
		results_add(results, &(struct finding) {
			.status = STATUS_PASS,
			.check = CHECK_BAR_ASSIGNED,
			.function = function,
			.item = bar_text(bar),
			.message = "harmless: these ports have no address, and a memory BAR has one",
		});
		return;
	}
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_BAR_ASSIGNED,
		.function = function,
		.item = bar_text(bar),
		.message = bar->kernel_unset ?
			TEXT(results, "the kernel did not assign an address to this %s BAR",
			     space_name(bar->space)) :
			"the device decodes memory, and this BAR has no address",
		.values = {
			{ TEXT(results, "size %s", bar->size_known ?
			       size_text(range_size(bar->range), size) : "unknown"),
			  at_kernel_bar(function, bar) },
			{ bar->register_known ?
			  TEXT(results, "register 0x%" PRIx64, bar->register_address) :
			  "the register was not read",
			  at_config(function, bar_register(function, bar)) },
		},
		.advice = "'dmesg | grep \"failed to assign\\|no space\\|address conflict\"' says "
			"why; the window of the bridge above is too small or taken (kernel option "
			"pci=realloc; firmware option \"above 4G decoding\")",
	});
}

void check_kernel(const struct machine *machine, struct results *results)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];

		for (unsigned int k = 0; k < function->bar_count; k++) {
			check_bar(machine, results, function, &function->bars[k]);
			check_assigned(results, function, &function->bars[k]);
		}
		for (enum window_kind kind = 0; function->bridge && kind < WINDOWS; kind++)
			check_window(machine, results, function, kind);
	}
}
