// SPDX-License-Identifier: GPL-2.0-or-later
/* BARs against the windows above them, their own size, and the PC's fixed ports. */
#include "pciaddr/check/checks.h"

#include <inttypes.h>

#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/platform.h"
#include "pciaddr/model/topology.h"
#include "pciaddr/model/translation.h"

static const char window_unknown[] =
	"the bridge's window registers were not read";

/* Has the kernel's log a line "trying firmware assignment", after which it was taken? */
static bool firmware_address_kept(const struct machine *machine,
				  const struct pci_function *function, const struct bar *bar)
{
	const struct log_resource *told = machine->log ?
		log_facts_resource(machine->log, function, bar->index) : NULL;

	return told && told->firmware_tried && told->has_address;
}

static void report_outside(const struct machine *machine, struct results *results,
			   const struct pci_function *function, const struct bar *bar,
			   const struct pci_function *bridge, enum window_kind kind,
			   enum forwarding how)
{
	const char *above = device_name(results, bridge);
	const char *range = bar_range(results, bar);

	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_BAR_IN_WINDOW,
		.function = function,
		.item = bar_text(bar),
		.message = TEXT(results, "%s %s is %s what bridge %s forwards",
				space_name(bar->space), range,
				how == FORWARDS_PARTLY ? "partly outside" : "outside",
				above),
		.values = {
			bar_value(results, function, bar),
			window_value(results, bridge, kind),
		},
		.advice = firmware_address_kept(machine, function, bar) ?
			"accesses do not reach the device: the kernel had no space in the window, and "
			"kept firmware's address; Linux 6.1 and later do not keep it" :
			"accesses do not reach the device: move the BAR into the window, or "
			"widen the window, in firmware or by a rescan of the bridge "
			"(echo 1 > /sys/bus/pci/rescan after removing it)",
	});
}

/*
 * Its BARs are windows to memory for those who come from the other side, and Linux leaves them
 * alone: __dev_sort_resources() in setup-bus.c.
 */
static bool is_host_bridge(const struct pci_function *function)
{
	return function->class_known && function->class >> 8 == CLASS_HOST_BRIDGE;
}

/*
 * The nearest bridge that decodes positively decides; that its window is inside those above
 * is a check of its own.
 */
static void check_in_window(const struct machine *machine, struct results *results,
			    const struct pci_function *function, const struct bar *bar)
{
	const struct pci_function *bridge = function->parent;

	if (bar_is_left_alone(function, bar)) {
		results_not_looked_at(results, CHECK_BAR_IN_WINDOW);
		return;
	}
	for (; bridge; bridge = bridge->parent) {
		enum window_kind kind;
		enum forwarding how = bridge_forwarding(bridge->bridge, bar->space, bar->range,
							&kind), behind;

		if (how == FORWARDS_BY_SUBTRACTION)
			continue;
		if (how == FORWARDS)
			break;
		behind = how == FORWARDS_UNKNOWN ? how :
			forwarding_in_view(machine, function, bar, bridge->bridge);
		if (behind == FORWARDS)
			break;
		if (how == FORWARDS_UNKNOWN)
			results_unknown(results, CHECK_BAR_IN_WINDOW, function, window_unknown,
					header_advice);
		else if (bar->as_found)
			results_unknown(results, CHECK_BAR_IN_WINDOW, function, only_found,
					only_found_advice);
		else if (bar->doubtful)
			results_unknown(results, CHECK_BAR_IN_WINDOW, function, legacy_doubtful,
					legacy_doubtful_advice);
		else if (behind == FORWARDS_UNKNOWN)
			results_unknown(results, CHECK_BAR_IN_WINDOW, function, views_differ,
					views_advice);
		else
			report_outside(machine, results, function, bar, bridge, kind, how);
		return;
	}
	if (!bridge && is_host_bridge(function)) {
		results_not_looked_at(results, CHECK_BAR_IN_WINDOW);
		return;
	}
	if (!bridge) {
		check_host_window(machine, results, CHECK_BAR_IN_WINDOW, function, bar->space,
				  bar->range, bar->kernel_known ? &bar->kernel : NULL,
				  bar_text(bar), bar_value(results, function, bar),
				  !bar->as_found);
		return;
	}
	if (!bar->size_known && machine->kind == SOURCE_DOMAIN)
		/* it says where a BAR is to be, and never how large it is */
		results_not_looked_at(results, CHECK_BAR_IN_WINDOW);
	else if (!bar->size_known)
		results_unknown(results, CHECK_BAR_IN_WINDOW, function, size_unknown, size_advice);
	else
		results_pass(results, CHECK_BAR_IN_WINDOW);
}

static void check_isa_hole(struct results *results, const struct pci_function *function,
			   const struct bar *bar)
{
	const struct pci_function *bridge = function->parent;
	struct isa_enable isa;

	if (bar->space != SPACE_IO || !bridge)
		return;
	while (bridge && !isa_hole(bridge->bridge, bar->range))
		bridge = bridge->parent;
	if (!bridge) {
		results_pass(results, CHECK_BAR_ISA_HOLE);
		return;
	}
	isa = isa_enable_text(results, bridge);
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_BAR_ISA_HOLE,
		.function = function,
		.item = bar_text(bar),
		.message = isa.message,
		.values = {
			bar_value(results, function, bar),
			isa.value,
		},
		.advice = isa.advice,
	});
}

static void check_aligned(struct results *results, const struct pci_function *function,
			  const struct bar *bar)
{
	char size[SIZE_TEXT_MAX];
	uint64_t bytes = range_size(bar->range);

	/* Enhanced Allocation allows any size (PCI Express 5.0, 7.8.5.3) */
	if (!bar->size_known || bar->enhanced || bar->fixed_legacy || (bytes & (bytes - 1)))
		return;
	if (!(bar->range.first & (bytes - 1))) {
		results_pass(results, CHECK_BAR_ALIGNED);
		return;
	}
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_BAR_ALIGNED,
		.function = function,
		.item = bar_text(bar),
		.message = TEXT(results, "%s is not a multiple of the BAR's size",
				bar_range(results, bar)),
		.values = {
			{ TEXT(results, "%s 0x%" PRIx64, bar_text(bar), bar->range.first),
			  at_config(function, bar_register(function, bar)) },
			{ TEXT(results, "size %s", size_text(bytes, size)),
			  at_kernel_bar(function, bar) },
		},
		.advice = "the register and the size do not belong together: the device has a "
			"register that does not work as PCI 3.0, 6.2.5.1 says, or the kernel's "
			"size is stale; remove and rescan the device",
	});
}

/* DMA controllers, interrupt controllers, timers, keyboard, clock, FPU; PCI configuration */
static const struct range legacy_ports[] = { { 0x00, 0xff }, { 0xcf8, 0xcff } };

static const char may_be_no_pc[] =
	"a BAR overlaps ports that a PC has for its own devices, and nothing tells whether this "
	"machine is a PC";

static void check_legacy_ports(enum platform platform, struct results *results,
			       const struct pci_function *function,
			       const struct bar *bar)
{
	char range[RANGE_TEXT_MAX];

	if (bar->space != SPACE_IO || bar->fixed_legacy || platform == PLATFORM_OTHER)
		return;
	for (unsigned int i = 0; i < sizeof(legacy_ports) / sizeof(legacy_ports[0]); i++) {
		if (!range_overlaps(legacy_ports[i], bar->range))
			continue;
		if (platform == PLATFORM_UNKNOWN) {
			results_unknown(results, CHECK_LEGACY_PORTS, function,
					may_be_no_pc,
					"give the machine's /proc/ioports (--ioports FILE)");
			return;
		}
		results_add(results, &(struct finding) {
			.status = STATUS_FAIL,
			.check = CHECK_LEGACY_PORTS,
			.function = function,
			.item = bar_text(bar),
			.message = "overlaps ports of the PC's own devices",
			.values = {
				bar_value(results, function, bar),
				{ TEXT(results, "legacy ports %s",
				       range_text(legacy_ports[i], range)),
				  at_text("fixed on every PC") },
			},
			.advice = "have firmware or the kernel move the BAR to 0x1000 or above",
		});
		return;
	}
	results_pass(results, CHECK_LEGACY_PORTS);
}

void check_bars(const struct machine *machine, struct results *results)
{
	enum platform platform = machine_platform(machine);

	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];

		check_present(machine, results, function);
		for (unsigned int k = 0; k < function->bar_count; k++) {
			const struct bar *bar = &function->bars[k];

			if (!bar_is_live(function, bar))
				continue;
			check_in_window(machine, results, function, bar);
			check_isa_hole(results, function, bar);
			check_aligned(results, function, bar);
			check_legacy_ports(platform, results, function, bar);
		}
	}
}
