// SPDX-License-Identifier: GPL-2.0-or-later
/* BARs against /proc/ioports and /proc/iomem, and against what drivers have claimed there. */
#include "pciaddr/check/checks.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/model/claims.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/resources.h"

static const char no_list[] = "no copy of it was given (--ioports FILE, --iomem FILE)";

static const char no_slots[] =
	"no line names a slot, and none has just this range: the kernel is older than 2.6";
static const char elsewhere[] =
	"it has a range of the same size for the device, at what may be the CPU's address for it";
static const char another_moment[] =
	"the kernel's log has the BAR there, and this file, of another moment, has not";
static const char another_moment_advice[] =
	"give 'lspci -vvxxxx' of the same moment as /proc/ioports and /proc/iomem";
static const char translated_advice[] =
	"give the machine's kernel log as FILE.dmesg: 'root bus resource [...] (bus address "
	"[...])' says what the host bridge adds";

static const enum check_id claim_check[SPACES] = {
	[SPACE_IO] = CHECK_IOPORTS,
	[SPACE_MEMORY] = CHECK_IOMEM,
};

/* Drivers that hold a device for a user (a guest, a program) that enables it later. */
static bool driver_only_holds(const char *driver)
{
	static const char *const holders[] = { "vfio-pci", "pci-stub", "pciback", "xen-pciback",
					       "uio_pci_generic", "igb_uio" };

	for (unsigned int i = 0; i < sizeof(holders) / sizeof(holders[0]); i++)
		if (!strcmp(driver, holders[i]))
			return true;
	return false;
}

static const char *around_text(struct results *results, const struct resource *around)
{
	char range[RANGE_TEXT_MAX];

	if (!around)
		return "no line has it";
	return TEXT(results, "line %" PRIu32 ": %s : %s", around->line,
		    range_text(around->range, range), around->name);
}

static void report_unclaimed(const struct machine *machine, struct results *results,
			     const struct pci_function *function, const struct bar *bar,
			     const struct resource *around)
{
	const struct resource_list *list = &machine->resources[bar->space];
	const char *slot = device_name(results, function);
	char range[RANGE_TEXT_MAX];

	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = claim_check[bar->space],
		.function = function,
		.item = bar_text(bar),
		.message = TEXT(results, "%s does not have this range for %s", list->path, slot),
		.values = {
			{ TEXT(results, "%s %s", bar_text(bar),
			       range_text(bar->kernel_known ? bar->kernel : bar->range, range)),
			  bar->kernel_known ? at_kernel_bar(function, bar) :
			  at_config(function, bar_register(function, bar)) },
			{ around_text(results, around), at_resources(bar->space) },
		},
		.advice = "the kernel could not claim the BAR: 'dmesg | grep \"can.t claim\\|"
			"address conflict\"' names what is in its place; boot with that moved, or "
			"let the kernel move the BAR (remove and rescan)",
	});
}

static void check_claim(const struct machine *machine, struct results *results,
			const struct pci_function *function, const struct bar *bar)
{
	const struct resource_list *list = &machine->resources[bar->space];
	struct claim claim;

	/* what the kernel has no resource for it does not claim either */
	if (list->state != RESOURCES_READ || bar->state != BAR_ASSIGNED || bar->kernel_unset ||
	    bar->kernel_none ||
	    (bar->index == BAR_ROM && (bar->not_decoded || bar->kernel_shadow)) ||
	    (function->resource_known && !bar->kernel_known))
		return;
	claim = find_claim(machine, function, bar);
	if (claim.entry)
		results_pass(results, claim_check[bar->space]);
	else if (bar->doubtful)
		results_unknown(results, claim_check[bar->space], function, legacy_doubtful,
				legacy_doubtful_advice);
	else if (function->told_by_log)
		results_unknown(results, claim_check[bar->space], function, another_moment,
				another_moment_advice);
	else if (!list->names_slots)
		results_unknown(results, claim_check[bar->space], function, no_slots,
				"who has the range can be told on Linux 2.6 and later");
	else if (claim.elsewhere)
		results_unknown(results, claim_check[bar->space], function, elsewhere,
				translated_advice);
	else
		report_unclaimed(machine, results, function, bar, claim.instead);
}

/* A driver has claimed this BAR's range, and yet the card does not answer there. */
static void check_decode(const struct machine *machine, struct results *results,
			 const struct pci_function *function, const struct bar *bar)
{
	bool io = bar->space == SPACE_IO;
	struct claim claim;
	const char *slot;

	if (!function->driver || !*function->driver || driver_only_holds(function->driver) ||
	    bar->state != BAR_ASSIGNED || bar->index == BAR_ROM || !function->command_known ||
	    function->virtual)
		return;
	claim = find_claim(machine, function, bar);
	if (!claim.owner)
		return;
	if (bar_decode(function, bar) == DECODE_ON) {
		results_pass(results, CHECK_BAR_DECODE);
		return;
	}
	slot = device_name(results, function);
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_BAR_DECODE,
		.function = function,
		.item = bar_text(bar),
		.message = TEXT(results, "%s uses this %s BAR, and the device does not decode it",
				claim.owner->name, space_name(bar->space)),
		.values = {
			{ TEXT(results, "command 0x%04x: %s decoding off", function->command,
			       space_name(bar->space)),
			  at_config(function, CFG_COMMAND) },
			{ TEXT(results, "line %" PRIu32 ": claimed by %s", claim.owner->line,
			       claim.owner->name), at_resources(bar->space) },
		},
		.advice = TEXT(results, "setpci -s %s COMMAND=%s sets the bit; the driver should "
			       "have called pci_enable_device(), or the device was reset under it",
			       slot, io ? "1:1" : "2:2"),
	});
}

static void check_readable(const struct machine *machine, struct results *results,
			   enum space space)
{
	const char *path = resources_path(machine, space);

	if (machine->resources[space].state == RESOURCES_HIDDEN) {
		results_add(results, &(struct finding) {
			.status = STATUS_UNKNOWN,
			.check = claim_check[space],
			.message = TEXT(results, "%s %s", path,
					resources_missing(RESOURCES_HIDDEN)),
			.advice = machine->kind == SOURCE_LIVE ?
				"the kernel shows addresses to root only: run this as "
				"root" :
				"the copy was made without permission: make it as root",
		});
	} else if (machine->resources[space].state == RESOURCES_NONE) {
		if (machine->kind == SOURCE_LIVE)
			results_add(results, &(struct finding) {
				.status = STATUS_UNKNOWN,
				.check = claim_check[space],
				.message = TEXT(results, "%s cannot be read", path),
				.advice = "mount /proc, or give a copy with --ioports and --iomem",
			});
		else
			results_skip(results, claim_check[space], no_list);
	}
}

void check_claims(const struct machine *machine, struct results *results)
{
	for (enum space space = 0; space < SPACES; space++)
		check_readable(machine, results, space);
	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];

		for (unsigned int k = 0; k < function->bar_count; k++) {
			check_claim(machine, results, function, &function->bars[k]);
			check_decode(machine, results, function, &function->bars[k]);
		}
	}
}
