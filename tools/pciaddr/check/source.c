// SPDX-License-Identifier: GPL-2.0-or-later
/* Is the source whole?  And what lies above a root bus: the host bridge, as far as it is known. */
#include "pciaddr/check/checks.h"

#include <inttypes.h>

#include "pciaddr/model/host-windows.h"
#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/topology.h"
#include "pciaddr/model/translation.h"

const char only_found[] =
	"the log has only what the scan found in the register, and not where the BAR was put";
const char only_found_advice[] =
	"give the log to its end, or 'lspci -vvxxxx' of the running machine";
const char bridge_missing[] = "the bridge that leads to its bus is not in this source";
const char bridge_missing_advice[] =
	"give the whole machine: 'lspci -vvxxxx' as root, without -s and -d";

/* Was it read after all, by another call?  Where lspci lists it nevertheless, it is looked at. */
static bool is_listed(const struct machine *machine, const struct unread *unread)
{
	const struct bus *bus = unread->named ?
		machine_bus(machine, unread->slot.domain, unread->slot.bus) : NULL;

	for (size_t i = bus ? bus->first : machine->count; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];

		if (function->domain != bus->domain || function->bus != bus->number)
			break;
		if (!slot_compare(function, &unread->slot))
			return !function->told_by_log;
	}
	return false;
}

#define UNREAD_NAMED 8

static void check_unread(const struct machine *machine, struct results *results)
{
	const char *list = "", *path = machine->config_path;
	char slot[SLOT_TEXT_MAX];
	uint32_t line = 0;
	size_t count = 0;

	for (const struct unread *unread = machine->unread; unread; unread = unread->next) {
		if (is_listed(machine, unread))
			continue;
		path = machine_line_path(machine, unread->slot.line, &line);
		if (count++ < UNREAD_NAMED)
			list = TEXT(results, "%s%s%s", unread->named ?
				    slot_text(&unread->slot, slot) : "one without a name",
				    *list ? ", " : "", list);
	}
	if (!count)
		return;
	results_add(results, &(struct finding) {
		.status = STATUS_UNKNOWN,
		.check = CHECK_SOURCE,
		.message = TEXT(results, "lspci could not read the config space of %zu device%s: %s%s",
				count, count == 1 ? "" : "s", list,
				count > UNREAD_NAMED ? " ..." : ""),
		.values = { { "what is there is unknown",
			      at_text(TEXT(results, "%s:%" PRIu32, path, line)) } },
		.advice = "'dmesg' may tell why they cannot be read; take the dump again, as root",
	});
}

void check_source(const struct machine *machine, struct results *results)
{
	if (machine->cut_off)
		results_add(results, &(struct finding) {
			.status = STATUS_UNKNOWN,
			.check = CHECK_SOURCE,
			.message = "the source is cut off at its end",
			.values = { { "what would have followed is unknown", at_source() } },
			.advice = "take it again, or copy it whole",
		});
	if (machine->unplaced_count)
		results_add(results, &(struct finding) {
			.status = STATUS_UNKNOWN,
			.check = CHECK_SOURCE,
			.message = TEXT(results, "%zu device%s no PCI address yet: %s%s",
					machine->unplaced_count,
					machine->unplaced_count == 1 ? " has" : "s have",
					machine->unplaced,
					machine->unplaced_count > UNPLACED_NAMED ? " ..." : ""),
			.values = { { "where they will be is unknown", at_source() } },
			.advice = "libvirt chooses the addresses when it defines the domain: take "
				"what 'virsh dumpxml DOMAIN' prints then, or write them down",
		});
	check_unread(machine, results);
	for (size_t i = 0; i < machine->count; i++)
		if (machine->functions[i].regions_unread)
			results_unknown(results, CHECK_SOURCE, &machine->functions[i],
					"the line of one of its BARs is not lspci's: where the "
					"BAR is, is unknown", "give what lspci prints, as it is");
	for (size_t i = 0; i < machine->bus_count; i++) {
		const struct bus *bus = &machine->buses[i];

		if (bus->indirect || (!bus->bridge && (bus_is_below(machine, bus) ||
						       (machine->kind == SOURCE_DOMAIN &&
							!bus_is_root(machine, bus)))))
			results_unknown(results, CHECK_SOURCE, &machine->functions[bus->first],
					bridge_missing, bridge_missing_advice);
		else if (bus_may_be_below(machine, bus))
			results_unknown(results, CHECK_SOURCE, &machine->functions[bus->first],
					"whether a bridge leads to its bus was not read",
					log_is_only_source(machine) ? log_start_advice :
					header_advice);
		else
			results_pass(results, CHECK_SOURCE);
	}
}

static const char *windows_text(struct results *results, const struct host_window *windows,
				size_t count)
{
	const char *list = "";
	char range[RANGE_TEXT_MAX];

	for (size_t i = 0; i < count; i++) {
		struct range bus = { windows[i].cpu.first - windows[i].offset,
				     windows[i].cpu.last - windows[i].offset };

		list = TEXT(results, "%s%s%s", list, i ? ", " : "",
			    range_text(windows[i].cpu, range));
		if (windows[i].offset)
			list = TEXT(results, "%s (bus %s)", list, range_text(bus, range));
	}
	return list;
}

/* A kernel's log, /proc/ioports or /proc/iomem. */
static struct location windows_location(struct results *results,
					const struct host_window *window, enum space space)
{
	if (window->path && window->line)
		return at_text(TEXT(results, "%s:%" PRIu32, window->path, window->line));
	return at_resources(space);
}

static bool is_forwarded(const struct host_window *windows, size_t count, struct range cpu)
{
	for (size_t i = 0; i < count; i++)
		if (range_contains(windows[i].cpu, cpu))
			return true;
	return false;
}

void check_host_window(const struct machine *machine, struct results *results,
		       enum check_id check, const struct pci_function *function,
		       enum space space, struct range range, const struct range *kernel,
		       const char *item, struct value value, bool settled)
{
	const struct bus *bus = machine_bus(machine, function->domain, function->bus);
	const struct host_window *windows;
	size_t count;
	bool low16;

	/* by subtraction it may have passed several bridges */
	bus = &machine->buses[bus->root];
	if (!bus_is_root(machine, bus)) {
		results_unknown(results, check, function, bridge_missing, bridge_missing_advice);
		return;
	}
	windows = host_windows_of(machine, bus, space, &count);
	if (kernel && is_forwarded(windows, count, *kernel)) {
		results_pass(results, check);
		return;
	}
	low16 = space == SPACE_IO && function->bridge && function->bridge->io_translated &&
		!function->bridge->io_32bit;
	switch (host_forwarding(machine, function, space, range, low16)) {
	case HOST_FORWARDS:
		results_pass(results, check);
		return;
	case HOST_UNKNOWN:
		results_not_looked_at(results, check);
		return;
	case HOST_FORWARDS_NOT:
		break;
	}
	if (!settled) {
		results_unknown(results, check, function, only_found, only_found_advice);
		return;
	}
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = check,
		.function = function,
		.item = item,
		.message = TEXT(results, "is outside what the host bridge of bus %02x forwards",
				bus->number),
		.values = {
			value,
			{ TEXT(results, "host bridge: %s", windows_text(results, windows, count)),
			  windows_location(results, windows, space) },
		},
		.advice = "the CPU does not reach it: 'dmesg | grep \"no compatible bridge "
			"window\"' shows whether the kernel noticed; firmware placed it there, or the host "
			"bridge's _CRS or 'ranges' leave it out",
	});
}
