// SPDX-License-Identifier: GPL-2.0-or-later
/* What of a BAR must hold for a device to be usable at it. */
#include "pciaddr/check/checks.h"

#include <inttypes.h>

#include "pciaddr/check/answers.h"
#include "pciaddr/model/claims.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/resources.h"
#include "pciaddr/model/topology.h"
#include "pciaddr/model/translation.h"

/* What all findings about one BAR have in common. */
struct bar_report {
	const struct machine *machine;
	struct results *results;
	const struct pci_function *function;
	const struct bar *bar;
	const char *asked;
	const char *device;
	const char *range;
};

static struct value reported_bar(const struct bar_report *report)
{
	return bar_value(report->results, report->function, report->bar);
}

static void add(const struct bar_report *report, enum check_id check, enum status status,
		const char *message, struct value first, struct value second, const char *advice)
{
	results_add(report->results, &(struct finding) {
		.status = status,
		.check = check,
		.function = report->function,
		.item = bar_text(report->bar),
		.message = message,
		.values = { first, second },
		.advice = advice,
		.asked = report->asked,
	});
}

static void add_pass(const struct bar_report *report, enum check_id check, const char *message)
{
	const struct value none = no_value;

	add(report, check, STATUS_PASS, message, none, none, NULL);
}

static void check_usable_decode(const struct bar_report *report)
{
	const struct pci_function *function = report->function;
	bool io = report->bar->space == SPACE_IO;
	const char *space = space_name(report->bar->space);

	switch (bar_decode(function, report->bar)) {
	case DECODE_ON:
		add_pass(report, CHECK_EXPECT_DECODE, function->command_known ?
			 TEXT(report->results, "%s decoding is on (command 0x%04x)", space,
			      function->command) :
			 TEXT(report->results, "%s decoding is on", space));
		break;
	case DECODE_OFF:
		add(report, CHECK_EXPECT_DECODE, STATUS_FAIL,
		    TEXT(report->results, "the device does not decode %s: nothing answers at %s",
			 space, report->range),
		    (struct value) { TEXT(report->results, "command 0x%04x", function->command),
				     at_config(function, CFG_COMMAND) },
		    reported_bar(report),
		    TEXT(report->results, "bind its driver, or: setpci -s %s COMMAND=%s",
			 report->device, io ? "1:1" : "2:2"));
		break;
	case DECODE_UNKNOWN:
		add(report, CHECK_EXPECT_DECODE, STATUS_UNKNOWN,
		    "the command register was not read", reported_bar(report),
		    no_value,
		    header_advice);
		break;
	}
}

static void report_not_forwarded(const struct bar_report *report,
				 const struct pci_function *bridge, enum window_kind kind,
				 const char *message, const char *advice)
{
	add(report, CHECK_EXPECT_WINDOW, STATUS_FAIL, message, reported_bar(report),
	    window_value(report->results, bridge, kind), advice);
}

/* One bridge of those above; false when it has been reported. */
static bool check_usable_bridge(const struct bar_report *report, const struct pci_function *bridge)
{
	uint16_t bit = report->bar->space == SPACE_IO ? COMMAND_IO : COMMAND_MEMORY;
	enum window_kind kind;
	enum forwarding how = bridge_forwarding(bridge->bridge, report->bar->space,
						report->bar->range, &kind);
	enum forwarding behind = how;
	char slot[SLOT_TEXT_MAX];

	if (how == FORWARDS_NOT || how == FORWARDS_PARTLY)
		behind = forwarding_in_view(report->machine, report->function, report->bar,
					    bridge->bridge);
	slot_text(bridge, slot);
	switch (behind) {
	case FORWARDS:
	case FORWARDS_BY_SUBTRACTION:
		break;
	case FORWARDS_UNKNOWN:
		if (how != FORWARDS_UNKNOWN) {
			add(report, CHECK_EXPECT_WINDOW, STATUS_UNKNOWN, views_differ,
			    reported_bar(report), no_value, views_advice);
			return false;
		}
		add(report, CHECK_EXPECT_WINDOW, STATUS_UNKNOWN,
		    TEXT(report->results, "the window registers of bridge %s were not read", slot),
		    reported_bar(report), no_value,
		    header_advice);
		return false;
	default:
		report_not_forwarded(report, bridge, kind,
				     TEXT(report->results, "%s is not inside the window of bridge "
					  "%s above it", report->range, slot),
				     "accesses stop at the bridge: have firmware or the kernel "
				     "open its window over the BAR");
		return false;
	}
	if (report->bar->space == SPACE_IO && isa_hole(bridge->bridge, report->bar->range)) {
		struct isa_enable isa = isa_enable_text(report->results, bridge);

		add(report, CHECK_EXPECT_WINDOW, STATUS_FAIL, isa.message, reported_bar(report),
		    isa.value, isa.advice);
		return false;
	}
	if (bridge->command_known && !(bridge->command & bit)) {
		add(report, CHECK_EXPECT_WINDOW, STATUS_FAIL,
		    TEXT(report->results, "bridge %s above does not forward %s at all", slot,
			 space_name(report->bar->space)),
		    reported_bar(report),
		    (struct value) { TEXT(report->results, "%s command 0x%04x", slot,
					  bridge->command),
				     at_config(bridge, CFG_COMMAND) },
		    TEXT(report->results, "setpci -s %s COMMAND=%s", slot,
			 bit == COMMAND_IO ? "1:1" : "2:2"));
		return false;
	}
	return true;
}

static void check_usable_windows(const struct bar_report *report)
{
	const struct pci_function *bridge = report->function->parent;
	const struct bus *bus = machine_bus(report->machine, report->function->domain,
					    report->function->bus);
	enum window_kind kind;
	char slot[SLOT_TEXT_MAX];

	if (!bridge && !bus_is_root(report->machine, bus)) {
		add(report, CHECK_EXPECT_WINDOW, STATUS_UNKNOWN, bridge_missing, reported_bar(report),
		    no_value, bridge_missing_advice);
		return;
	}
	if (!bridge) {
		add_pass(report, CHECK_EXPECT_WINDOW, "on a root bus: there is no bridge above");
		return;
	}
	for (; bridge; bridge = bridge->parent)
		if (!check_usable_bridge(report, bridge))
			return;
	bridge = report->function->parent;
	bridge_forwarding(bridge->bridge, report->bar->space, report->bar->range, &kind);
	add_pass(report, CHECK_EXPECT_WINDOW,
		 TEXT(report->results, "inside every window above it, the nearest is bridge %s's "
		      "%s", slot_text(bridge, slot),
		      window_range(report->results, bridge->bridge, kind)));
}

static void check_usable_kernel(const struct bar_report *report)
{
	const struct bar *bar = report->bar;
	char range[RANGE_TEXT_MAX];

	if (!bar->kernel_known || !bar->register_known)
		return;
	switch (translation_agrees(report->machine, report->function, bar->space,
				   bar->register_address, bar->kernel.first)) {
	case AGREES:
		add_pass(report, CHECK_EXPECT_KERNEL,
			 bar->register_address == bar->kernel.first ?
			 "register and kernel agree" :
			 TEXT(report->results,
			      "register and kernel agree: for the CPU it is at %s",
			      range_text(bar->kernel, range)));
		return;
	case UNDECIDED:
		add(report, CHECK_EXPECT_KERNEL, STATUS_UNKNOWN,
		    "register and kernel differ by what a host bridge may add, and nothing tells "
		    "whether this one does", reported_bar(report),
		    (struct value) { TEXT(report->results, "kernel %s",
					  range_text(bar->kernel, range)),
				     at_kernel_bar(report->function, bar) },
		    "give the machine's /proc/ioports and /proc/iomem, and its kernel log as "
		    "FILE.dmesg");
		return;
	case DIFFERS:
		break;
	}
	add(report, CHECK_EXPECT_KERNEL, STATUS_FAIL,
	    "the register differs from the address that the kernel uses", reported_bar(report),
	    (struct value) { TEXT(report->results, "kernel %s", range_text(bar->kernel, range)),
			     at_kernel_bar(report->function, bar) },
	    "'dmesg | grep \"error updating\"' says what the kernel tried; drivers use the "
	    "kernel's address: reboot, and do not remove or rescan the bridge above; where it "
	    "says so at each boot (device tree), let it keep addresses by linux,pci-probe-only");
}

/* A source outside the guest: its kernel's claims are not to be had there. */
static bool kind_is_outside(const struct machine *machine)
{
	return machine->kind == SOURCE_QMP || machine->kind == SOURCE_DOMAIN;
}

/* In the place of a claim: does QEMU's memory tree have the device there? */
static void check_usable_answer(const struct bar_report *report)
{
	const struct value none = no_value;
	struct answer_found found = bar_answer(report->machine, report->function, report->bar);

	switch (found.state) {
	case ANSWERS:
		add_pass(report, CHECK_EXPECT_ANSWERS,
			 TEXT(report->results, "%s answers there", found.answer->name));
		return;
	case ANSWERS_NOT:
		add(report, CHECK_EXPECT_ANSWERS, STATUS_FAIL, answers_not_text(report->results, &found),
		    reported_bar(report), answer_value(report->results, &found), answers_not_advice);
		return;
	case ANSWER_UNKNOWN:
		break;
	}
	add(report, CHECK_EXPECT_ANSWERS, STATUS_SKIP, found.reason, none, none, NULL);
}

static void check_usable_claim(const struct bar_report *report)
{
	const struct resource_list *list = &report->machine->resources[report->bar->space];
	const char *path = resources_path(report->machine, report->bar->space);
	const struct value none = no_value;
	char range[RANGE_TEXT_MAX];
	struct claim claim;

	if (list->state == RESOURCES_NONE && kind_is_outside(report->machine)) {
		check_usable_answer(report);
		return;
	}
	if (list->state == RESOURCES_NONE) {
		add(report, CHECK_EXPECT_CLAIM, STATUS_UNKNOWN,
		    TEXT(report->results, "who claims it is unknown: there is no %s", path),
		    none, none, report->bar->space == SPACE_IO ?
		    "give a copy of the machine's /proc/ioports with --ioports FILE" :
		    "give a copy of the machine's /proc/iomem with --iomem FILE");
		return;
	}
	if (list->state == RESOURCES_HIDDEN) {
		add(report, CHECK_EXPECT_CLAIM, STATUS_UNKNOWN,
		    TEXT(report->results, "who claims it is unknown: %s %s", path,
			 resources_missing(list->state)),
		    none, none, "the kernel shows addresses to root only: run this "
		    "(or make the copy) as root");
		return;
	}
	claim = find_claim(report->machine, report->function, report->bar);
	if (claim.entry) {
		add_pass(report, CHECK_EXPECT_CLAIM,
			 TEXT(report->results, "%s has %s for %s%s%s", path,
			      range_text(claim.entry->range, range), report->device,
			      claim.owner ? ", used by " : ", used by no driver",
			      claim.owner ? claim.owner->name : ""));
		return;
	}
	if (claim.elsewhere || !report->machine->resources[report->bar->space].names_slots) {
		add(report, CHECK_EXPECT_CLAIM, STATUS_UNKNOWN, claim.elsewhere ?
		    TEXT(report->results, "%s has %s for %s: whether that is this BAR, behind a "
			 "host bridge that translates, is unknown", path,
			 range_text(claim.elsewhere->range, range), report->device) :
		    TEXT(report->results, "no line of %s names a slot", path), reported_bar(report),
		    no_value, "give the machine's kernel log as FILE.dmesg");
		return;
	}
	add(report, CHECK_EXPECT_CLAIM, STATUS_FAIL,
	    TEXT(report->results, "%s does not have this range for %s", path, report->device),
	    reported_bar(report),
	    (struct value) {
		claim.instead ? TEXT(report->results, "line %" PRIu32 ": %s : %s",
				     claim.instead->line, range_text(claim.instead->range, range),
				     claim.instead->name) : "no line has it",
		at_resources(report->bar->space) },
	    "the kernel could not claim it: 'dmesg | grep \"can.t claim\\|address conflict\"' "
	    "names what is in its place");
}

static void check_usable_alone(const struct bar_report *report)
{
	struct value other;
	const char *device;

	if (!overlapping_bar(report->machine, report->results, report->function, report->bar,
			  &other, &device)) {
		add_pass(report, CHECK_EXPECT_OVERLAP, "nothing else answers there");
		return;
	}
	add(report, CHECK_EXPECT_OVERLAP, STATUS_FAIL,
	    TEXT(report->results, "%s answers to the same addresses", device), reported_bar(report),
	    other, "move or disable the other one; 'dmesg | grep \"address conflict\"' shows "
	    "whether the kernel noticed");
}

void check_bar_usable(const struct machine *machine, struct results *results,
		      const struct pci_function *function, const struct bar *bar,
		      const char *asked)
{
	const struct bar_report report = {
		.machine = machine,
		.results = results,
		.function = function,
		.bar = bar,
		.asked = asked,
		.device = device_name(results, function),
		.range = bar_range(results, bar),
	};

	check_usable_decode(&report);
	check_usable_windows(&report);
	check_usable_kernel(&report);
	check_usable_claim(&report);
	check_usable_alone(&report);
}
