// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lines are those of drivers/pci/probe.c, setup-bus.c and setup-res.c, from Linux 2.6.34 on.
 * A line in another form is no error: a log has many.
 */
#include "pciaddr/input/log-line.h"

#include <ctype.h>
#include <string.h>

#include "common/numbers.h"
#include "pciaddr/input/dump-log.h"
#include "pciaddr/input/log-told.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/slot.h"

static void failed(struct told_line *line, struct log_resource *resource)
{
	resource->failures++;
	line->facts->assigning_line = line->number;
	log_set_outcome(line, resource, LOG_NO_SPACE);
}

static void not_claimed(struct told_line *line, struct log_resource *resource,
			const char *reason)
{
	static const char words[] = "conflict with ";
	const char *other = strstr(reason, words);
	struct printed_resource printed;
	size_t length;

	resource->claims++;
	resource->rolled_back = resource->was_released || resource->outcome == LOG_RELEASED ||
		resource->outcome == LOG_NO_SPACE;
	if (!other) {
		log_set_outcome(line, resource, strstr(reason, "no address") ? LOG_RELEASED :
			    LOG_NO_WINDOW);
		return;
	}
	other += strlen(words);
	length = strcspn(other, "[");
	resource->conflict_range = log_read_resource(other + length, &printed) ? printed.range :
		(struct range) { 0 };
	while (length && other[length - 1] == ' ')
		length--;
	resource->conflict = arena_copy(&line->machine->arena, other, length < 60 ? length : 60);
	log_set_outcome(line, resource, LOG_CONFLICT);
}

static void released(struct told_line *line, struct log_resource *resource)
{
	log_set_outcome(line, resource, LOG_RELEASED);
	resource->was_released = true;
}

static void not_reserved(struct told_line *line, const struct item_name *name,
			 const struct printed_resource *printed)
{
	struct log_resource *resource = log_take(line, name, printed);

	if (resource->outcome == LOG_NOTHING)
		log_set_address(line, resource, printed, LOG_ASSIGNED);
	resource->not_reserved = true;
	resource->line = line->number;
	line->facts->assigning_line = line->number;
}

static void cannot_enable(struct told_line *line)
{
	log_facts_take_function(line->facts, &line->slot)->cannot_enable = true;
	line->facts->assigning_line = line->number;
}

static void enabled(struct told_line *line)
{
	log_facts_take_function(line->facts, &line->slot)->cannot_enable = false;
	line->facts->assigning_line = line->number;
}

static void assigned(struct told_line *line, const struct item_name *name,
		     const struct printed_resource *printed)
{
	struct log_resource *resource = log_take(line, name, printed);
	struct log_function *bridge =
		log_facts_bridge_to(line->facts, line->slot.domain, line->slot.bus);

	log_set_address(line, resource, printed, LOG_ASSIGNED);
	resource->at_zero = printed->has_range && !printed->empty && !printed->disabled &&
		!printed->range.first;
	resource->has_address |= resource->at_zero;
	/* PCIBIOS_MIN_IO of a PC */
	if (printed->space == SPACE_IO && resource->has_address && printed->range.first < 0x1000)
		line->facts->low_ports = true;
	line->facts->assigning_line = line->number;
	if (bridge && !resource->firmware_tried)
		bridge->gave[printed->space] = true;
}

/* "[mem 0x00100000-0x00bfffff] to [bus 04-0f] add_size 1600000 add_align 100000" */
static void window_size(struct told_line *line, const struct item_name *name,
			const struct printed_resource *printed, const char *rest)
{
	static const char word[] = " add_size ";
	const char *added = strstr(rest, word);
	struct log_resource *resource;
	uint64_t optional;

	if (!added || !log_read_hex(added + strlen(word), &optional))
		return;
	resource = log_facts_take_resource(line->facts, &line->slot,
					   log_item_of(line, name, printed));
	resource->space = (uint8_t)printed->space;
	resource->sized = true;
	resource->required = printed->size;
	resource->optional = optional;
}

/* "NAME RES: can't assign; no space", as kernels from 6.8 on have it */
static void told_after(struct told_line *line, const struct item_name *name,
		       const struct printed_resource *printed, const char *rest)
{
	const char *reason = log_after(rest, "can't claim; ");

	if (log_after(rest, "can't assign; ") || log_after(rest, "failed to assign"))
		failed(line, log_take(line, name, printed));
	else if (reason)
		not_claimed(line, log_take(line, name, printed), reason);
	else if (log_after(rest, "releasing"))
		released(line, log_take(line, name, printed));
	else if (log_after(rest, "assigned") || log_after(rest, "reassigned") ||
		 log_after(rest, "old value restored"))
		assigned(line, name, printed);
	else if (log_after(rest, "failed to expand") || log_after(rest, "failed to add"))
		log_take(line, name, printed)->not_expanded = true;
	else if (log_after(rest, "was not released"))
		log_take(line, name, printed)->pinned = true;
	else if (log_after(rest, "contains BAR "))
		log_set_address(line, log_take(line, name, printed), printed, LOG_FOUND);
	else if (log_after(rest, "disabling; bad alignment"))
		log_set_outcome(line, log_take(line, name, printed), LOG_RELEASED);
	else if (log_after(rest, "legacy IDE quirk"))
		log_take(line, name, printed)->legacy = true;
	else if (log_after(rest, "not assigned; can't enable") ||
		 log_after(rest, "not claimed; can't enable"))
		cannot_enable(line);
}

/* "BAR 0: no space for RES": kernels up to 6.7; @words may have more in front of RES */
static void told_before(struct told_line *line, const struct item_name *name,
			const char *words, const struct printed_resource *printed)
{
	if (log_after(words, "no space for ") || log_after(words, "failed to assign ") ||
	    log_after(words, "can't assign "))
		failed(line, log_take(line, name, printed));
	else if (log_after(words, "assigned ") || log_after(words, "reassigned "))
		assigned(line, name, printed);
	else if (log_after(words, "releasing "))
		released(line, log_take(line, name, printed));
	else if (log_after(words, "can't reserve "))
		not_reserved(line, name, printed);
	else if (log_after(words, "trying firmware assignment "))
		log_take(line, name, printed)->firmware_tried = true;
}

/* "error updating (0x00001001 != 0x00002001)", "error updating (high 0x.. != 0x..)" */
static bool told_not_taken(struct told_line *line, const struct item_name *name,
			   const char *text)
{
	const struct printed_resource none = { 0 };
	struct log_resource *resource;
	const char *reads;

	if (!log_after(text, "error updating ("))
		return false;
	/* a window's type is not told: it is one of three */
	if (name->kind == NAME_WINDOW || name->kind == NAME_NUMBER)
		return true;
	resource = log_facts_take_resource(line->facts, &line->slot,
					   log_item_of(line, name, &none));
	reads = strstr(text, "!= ");
	if (reads && log_read_hex(reads + 3, &resource->reads))
		resource->not_taken = true;
	return true;
}

/* "BAR 7: can't assign mem pref (size 0x200000)": Linux 3.6 to 3.10 */
static void told_without_resource(struct told_line *line, const struct item_name *name,
				  const char *text)
{
	const char *words = log_after(text, "can't assign "), *size;
	struct printed_resource printed = { 0 };

	if (strstr(text, "invalid BAR (can't size)") || log_after(text, "invalid; can't size")) {
		log_facts_take_resource(line->facts, &line->slot,
					log_item_of(line, name, &printed))->invalid = true;
		return;
	}
	if (told_not_taken(line, name, text))
		return;
	size = words ? strstr(words, "(size ") : NULL;
	if (!size || !log_read_hex(size + 6, &printed.size))
		return;
	printed.space = log_after(words, "io") ? SPACE_IO : SPACE_MEMORY;
	printed.prefetchable = !!strstr(words, "pref");
	failed(line, log_take(line, name, &printed));
}

/* As the scan found it: nothing behind it, or why it stays there. */
static void told_alone(struct told_line *line, const struct item_name *name,
		       const struct printed_resource *printed, const char *rest)
{
	struct log_resource *resource;

	if (*rest && !log_after(rest, " (from Enhanced") && !log_after(rest, ": from Enhanced") &&
	    !log_after(rest, " (failed to expand"))
		return;
	resource = log_take(line, name, printed);
	if (log_after(rest, " (failed to expand")) {
		resource->not_expanded = true;
		log_set_address(line, resource, printed, LOG_ASSIGNED);
		return;
	}
	/* a window that failed keeps its reset value: that is no address */
	if (printed->range.first || resource->outcome == LOG_NOTHING)
		log_set_address(line, resource, printed,
			    resource->outcome > LOG_FOUND ? LOG_ASSIGNED : LOG_FOUND);
}

/* "legacy IDE quirk: reg 0x10: RES": kernels up to 6.7 */
static void told_legacy(struct told_line *line, const struct item_name *name, const char *text)
{
	struct printed_resource printed;
	const char *bracket = strchr(text, '[');

	if (bracket && log_read_resource(bracket, &printed))
		log_take(line, name, &printed)->legacy = true;
}

static void told_resource(struct told_line *line, const struct item_name *name,
			  const char *text)
{
	struct printed_resource printed;
	const char *bracket, *rest = NULL;

	while (*text == ':' || *text == ' ')
		text++;
	/* "window" and "BAR" alone may be followed by words that have a bracket of their own */
	for (bracket = strchr(text, '['); bracket && !rest; ) {
		rest = log_read_resource(bracket, &printed);
		if (!rest)
			bracket = strchr(bracket + 1, '[');
	}
	if (!rest) {
		told_without_resource(line, name, text);
	} else if (bracket > text) {
		told_before(line, name, text, &printed);
	} else if (log_after(rest, " to [bus ")) {
		if (name->kind == NAME_WINDOW)
			window_size(line, name, &printed, rest);
	} else if (log_after(rest, ": ") && !log_after(rest, ": from Enhanced")) {
		told_after(line, name, &printed, rest + 2);
	} else {
		told_alone(line, name, &printed, rest);
	}
}

/* "can't claim BAR 0 RES: reason", "can't enable device: BAR 0 RES not claimed" */
static bool told_refusal(struct told_line *line, const char *text)
{
	const char *claim = log_after(text, "can't claim "), *rest, *bracket;
	struct printed_resource printed;
	struct item_name name;

	if (log_after(text, "can't enable device: BAR")) {
		cannot_enable(line);
		return true;
	}
	if (!claim)
		return false;
	rest = log_read_name(claim, &name);
	bracket = rest ? strchr(rest, '[') : NULL;
	rest = bracket ? log_read_resource(bracket, &printed) : NULL;
	if (rest && log_after(rest, ": "))
		not_claimed(line, log_take(line, &name, &printed), rest + 2);
	return true;
}

/* "VF(n) BAR0 space: RES (contains BAR0 for 31 VFs)": kernels up to 6.7 */
static bool told_virtual(struct told_line *line, const char *text)
{
	struct item_name name = { .kind = NAME_VF };
	struct printed_resource printed;

	text = log_after(text, "VF(n) BAR");
	if (!text)
		return false;
	text = log_read_decimal(text, VF_BARS - 1, &name.number);
	text = text ? log_after(text, " space: ") : NULL;
	if (text && log_read_resource(text, &printed))
		log_set_address(line, log_take(line, &name, &printed), &printed, LOG_FOUND);
	return true;
}

/* "resource 14 [mem 0x80000000-0x800fffff] released": a window, whatever its number is */
static bool told_released(struct told_line *line, const char *text)
{
	const struct item_name name = { .kind = NAME_WINDOW };
	struct printed_resource printed;
	unsigned int index;

	text = log_after(text, "resource ");
	text = text ? log_read_decimal(text, 99, &index) : NULL;
	if (!text || *text != ' ')
		return false;
	text = log_read_resource(text + 1, &printed);
	if (text && log_after(text, " released"))
		log_set_outcome(line, log_take(line, &name, &printed), LOG_RELEASED);
	return true;
}

/* The Device/Port Type, from Linux 6.8 on: pci_type_str() of drivers/pci/probe.c. */
static enum port_type port_type(const char *text)
{
	static const struct {
		const char *words;
		enum port_type type;
	} names[] = {
		{ " PCIe Endpoint", PORT_ENDPOINT },
		{ " PCIe Legacy Endpoint", PORT_LEGACY_ENDPOINT },
		{ " PCIe Root Port", PORT_ROOT },
		{ " PCIe Switch Upstream Port", PORT_UPSTREAM },
		{ " PCIe Switch Downstream Port", PORT_DOWNSTREAM },
		{ " PCIe to PCI/PCI-X bridge", PORT_PCIE_TO_PCI },
		{ " PCI/PCI-X to PCIe bridge", PORT_PCI_TO_PCIE },
		{ " PCIe Root Complex Integrated Endpoint", PORT_RC_ENDPOINT },
		{ " PCIe Root Complex Event Collector", PORT_RC_EVENT_COLLECTOR },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *rest = log_after(text, names[i].words);

		/* a remark may follow it */
		if (rest && !isalnum((unsigned char)*rest))
			return names[i].type;
	}
	return PORT_UNKNOWN;
}

/* What was said before is of another start of the machine: nothing is made of it. */
static void started_again(struct log_facts *facts, uint32_t number)
{
	if (!facts->root_count && !facts->function_count)
		return;
	facts->starts++;
	facts->start_line = number;
	facts->newest_stamp = 0;
	facts->stamped_count = 0;
}

/* With the first function of a log another log begins; a later one may have been plugged in anew. */
static bool is_first_found(const struct log_facts *facts, const struct pci_function *slot)
{
	size_t first = 0;

	while (first < facts->function_count && !facts->functions[first].slot.header_known)
		first++;
	return first < facts->function_count &&
		!slot_compare(&facts->functions[first].slot, slot);
}

/* "[8086:15d3] type 01 class 0x060400 PCIe Root Port" */
static bool told_found(struct told_line *line, const char *text)
{
	struct line view = { text, strlen(text) };
	struct log_function *function;
	struct log_found found;

	if (!dump_log_found(&view, &found))
		return false;
	function = log_facts_function(line->facts, &line->slot);
	/* parts of logs without the lines of their host bridges */
	if (function && !function->gone && function->slot.header_known && line->facts->back) {
		if (is_first_found(line->facts, &line->slot)) {
			started_again(line->facts, line->number);
			log_facts_forget(line->machine, NULL);
		} else if (!line->facts->starts) {
			started_again(line->facts, line->number);
		}
	}
	function = log_facts_found(line->facts, &line->slot);
	function->line = line->number;
	function->slot.ids_known = true;
	function->slot.vendor = found.vendor;
	function->slot.product = found.device;
	function->slot.header_known = true;
	function->slot.header_type = found.type & 0x7f;
	function->slot.class_known = true;
	function->slot.class = found.class;
	function->whole_class = found.whole_class;
	function->is_bridge = function->slot.header_type != 0;
	function->port_type = (uint8_t)port_type(text + found.length);
	return true;
}

static void probe_failed(struct told_line *line)
{
	struct log_function *function = log_facts_take_function(line->facts, &line->slot);

	function->driver = NULL;
	function->probe_line = line->number;
}

/*
 * A slot without a button's press says "Card not present".  With one it says that it will power off,
 * in 5 s, and no more then, unless the button is pressed again.
 */
static void slot_line(struct told_line *line, const char *text)
{
	struct log_function *port = log_facts_function(line->facts, &line->slot);

	if (!port)
		return;
	if (strstr(text, "Powering off due to button press") || strstr(text, "will power off in"))
		port->leaving = true;
	else if (strstr(text, "utton cancel") || strstr(text, "canceled due to button press"))
		port->leaving = false;
	else if (strstr(text, "): Card not present") ||
		 (port->leaving && (strstr(text, "): Card present") || strstr(text, "): Link "))))
		log_facts_port_empty(line->facts, &line->slot);
}

/*
 * "shpchp 0000:01:04.0: Slot initialization failed", "... Cannot get control of SHPC hotplug": of
 * -ENODEV, with which such a probe ends, the driver core says nothing.  What a service of a port
 * says has the service's name before it ("pciehp: Slot initialization failed (-16)"), and the
 * port keeps its driver.
 */
static bool probe_gave_up(const char *text)
{
	static const char words[] = "nitialization failed";
	const char *found = strstr(text, words);

	if (log_after(text, "Cannot get control of SHPC hotplug"))
		return true;
	if (!found || memchr(text, ':', (size_t)(found - text)))
		return false;
	found += sizeof(words) - 1;
	return !*found || !strcmp(found, "!") || log_after(found, " (") || log_after(found, ":");
}

/*
 * "devices behind bridge are unusable because [bus 42-46] cannot be assigned for them", "No bus
 * number available for hot-added bridge", "bridge has subordinate 41 but max busn 46"
 */
static bool told_no_bus(struct told_line *line, const char *text)
{
	const char *buses = strstr(text, "because [bus "), *most = strstr(text, " but max busn ");
	struct log_function *bridge;
	uint64_t first, last;

	if (most && log_after(text, "bridge has subordinate ")) {
		if (log_read_hex(most + strlen(" but max busn "), &last) && last <= UINT8_MAX)
			log_facts_take_function(line->facts, &line->slot)->bus_wanted = (uint8_t)last;
		return true;
	}
	if (!log_after(text, "devices behind bridge are unusable") &&
	    !log_after(text, "No bus number available for hot-added bridge"))
		return false;
	bridge = log_facts_take_function(line->facts, &line->slot);
	bridge->no_bus = true;
	if (!bridge->line)
		bridge->line = line->number;
	buses = buses ? log_read_buses(buses + strlen("because [bus "), &first, &last) : NULL;
	if (buses) {
		bridge->no_bus_first = (uint8_t)first;
		bridge->no_bus_last = (uint8_t)last;
	}
	return true;
}

static void told_other(struct told_line *line, const char *text)
{
	const char *resize = strstr(text, "Failed to resize BAR");
	unsigned int bar;

	if (strstr(text, "not enough MMIO resources for SR-IOV"))
		log_facts_take_function(line->facts, &line->slot)->no_vf_space = true;
	else if (told_no_bus(line, text))
		return;
	else if ((log_after(text, "probe with driver ") && strstr(text, " failed with error ")) ||
		 log_after(text, "error -") || probe_gave_up(text))
		/* dev_err_probe() of the driver says the second, and nothing of the first follows */
		probe_failed(line);
	else if (log_after(text, "enabling device ("))
		enabled(line);
	else if (log_after(text, "pciehp: Slot("))
		slot_line(line, text);
	else if (log_after(text, "Removing from iommu group"))
		log_facts_found(line->facts, &line->slot)->gone = true;
	else if (resize && log_read_decimal(resize + 20 + (resize[20] == ' '), 5, &bar))
		log_facts_take_resource(line->facts, &line->slot, bar)->pinned = true;
}

static void function_line(struct told_line *line, const char *text)
{
	const char *bug = log_after(text, "[Firmware Bug]: "), *quirk, *rest;
	struct item_name name;

	if (bug)
		text = bug;
	if (log_bridge_line(line, text) || log_old_function_line(line, text))
		return;
	quirk = log_after(text, "legacy IDE quirk: ");
	rest = log_read_name(quirk ? quirk : text, &name);
	if (rest && quirk)
		told_legacy(line, &name, rest);
	else if (rest)
		told_resource(line, &name, rest);
	else if (!told_found(line, text) && !told_refusal(line, text) &&
		 !told_virtual(line, text) && !told_released(line, text))
		told_other(line, text);
}

/*
 * dev_printk() names the driver in front of the slot, or the bus where there is none.  The
 * services of a port have names of their own: "pciehp 0000:00:1c.0:pcie004: ...".
 */
static void take_driver(struct told_line *line, const char *text)
{
	struct log_function *function = log_facts_function(line->facts, &line->slot);
	size_t length = strcspn(text, " ");
	const char *behind = text + length + 1;

	behind += strspn(behind, "0123456789abcdefABCDEF:.");
	/* of the bus, not of the device */
	if (length == 13 && !memcmp(text, "firewire_core", 13))
		return;
	if (!function || behind[0] != ' ' || (behind[-1] != ':' && !log_after(behind, " en") &&
					      !log_after(behind, " eth")))
		return;
	if (length == 3 && !memcmp(text, "pci", 3)) {
		function->driver = NULL;
	} else if (!function->driver || strncmp(function->driver, text, length) ||
		   function->driver[length]) {
		function->driver = arena_copy(&line->machine->arena, text, length);
		/* a probe has begun, and may end without a word */
		function->driver_begun = log_after(behind, " enabling device (") != NULL;
	} else {
		function->driver_begun = false;
	}
}

/* "e1000e: probe of 0000:00:1f.6 failed with error -12": kernels up to 6.8 */
static bool old_probe_failure(struct told_line *line, const char *text)
{
	const char *of = strstr(text, ": probe of ");
	struct line view;

	if (!of || !strstr(of, " failed with error "))
		return false;
	/* what is read of a line begins with a name */
	of += strlen(": probe ");
	view = (struct line) { of, strlen(of) };
	if (dump_log_function(&view, &line->slot))
		probe_failed(line);
	return true;
}

/* "NVRM: BAR1 is 0M @ 0x0 (PCI:0000:0a:00.0)": that of a card whose driver cannot go on without it */
static bool unassigned_for_driver(struct told_line *line, const char *text)
{
	const char *rest = log_after(text, "NVRM: BAR"), *slot = strstr(text, "(PCI:");
	struct log_resource *resource;
	unsigned int bar;

	rest = rest ? log_read_decimal(rest, 5, &bar) : NULL;
	if (!rest)
		return false;
	if (!log_after(rest, " is 0M @ 0x0 ") || !slot ||
	    slot_parse(slot + 5, strcspn(slot + 5, ")"), &line->slot) <= 0)
		return true;
	resource = log_facts_take_resource(line->facts, &line->slot, bar);
	/* what the kernel has said of it tells more */
	if (log_resource_failed(resource))
		return true;
	resource->space = SPACE_MEMORY;
	log_set_outcome(line, resource, LOG_NO_SPACE);
	return true;
}

/* A root bus is found again only after a start, or when its driver is bound again. */
static void root_bus(struct machine *machine, const char *text, uint32_t number)
{
	struct log_facts *facts = machine->log;
	uint64_t domain, bus;

	text = log_read_hex(text, &domain);
	if (!text || *text != ':' || !log_read_hex(text + 1, &bus) || domain > UINT32_MAX ||
	    bus > UINT8_MAX)
		return;
	if (log_facts_has_root(facts, (uint32_t)domain, (uint8_t)bus)) {
		/* in a time that goes on its driver was bound again */
		if (facts->back)
			started_again(facts, number);
		log_facts_forget(machine, &(uint32_t) { (uint32_t)domain });
	}
	facts->host_listed.open = false;
	facts->roots = grow_array(facts->roots, facts->root_count + 1, sizeof(*facts->roots));
	facts->roots[facts->root_count++] = (struct log_root) { (uint32_t)domain, (uint8_t)bus };
}

static void new_kernel(struct machine *machine, uint32_t number)
{
	started_again(machine->log, number);
	log_facts_forget(machine, NULL);
}

/* All that failed is tried again: what was said of it does not hold any more. */
static void next_try(struct log_facts *facts)
{
	for (size_t i = 0; i < facts->resource_count; i++)
		if (facts->resources[i].outcome == LOG_NO_SPACE)
			facts->resources[i].outcome = LOG_RELEASED;
}

/*
 * "PCI: ECAM [mem 0xe0000000-0xefffffff] (base 0xe0000000) for domain 0000 [bus 00-ff]", before
 * 6.8 "PCI: MMCONFIG for domain 0000 [bus 00-ff] at [mem 0xe0000000-0xefffffff] (base ...)"
 */
static void ecam_line(struct log_facts *facts, const char *text, uint32_t number)
{
	const char *memory = strstr(text, "[mem "), *domain = strstr(text, "for domain ");
	struct printed_resource printed;
	uint64_t value;

	if (!memory || !domain || !log_read_resource(memory, &printed) || !printed.has_range ||
	    printed.empty || !log_read_hex(domain + 11, &value) || value > UINT32_MAX)
		return;
	for (size_t i = 0; i < facts->ecam_count; i++)
		if (range_equal(facts->ecam[i].range, printed.range))
			return;
	facts->ecam = grow_array(facts->ecam, facts->ecam_count + 1, sizeof(*facts->ecam));
	facts->ecam[facts->ecam_count++] = (struct log_ecam) {
		(uint32_t)value, printed.range, number,
	};
}

/* "BIOS-e820: [mem 0x000000003b000000-0x00000000cfffffff] reserved" */
static void memory_map_line(struct log_facts *facts, const char *text)
{
	struct printed_resource printed;
	const char *rest = log_read_resource(text, &printed);

	if (rest && printed.has_range && !printed.empty && log_after(rest, " reserved") &&
	    facts->reserved_count < LOG_RESERVED_MAX)
		facts->reserved[facts->reserved_count++] = printed.range;
}

void log_line(struct machine *machine, const char *text, uint32_t number)
{
	struct told_line line = {
		.machine = machine, .facts = log_facts_of(machine), .number = number,
	};
	struct line view = { text, strlen(text) };
	size_t length = dump_log_function(&view, &line.slot);
	const char *bus;

	if (length) {
		line.facts->listed.open = false;
		line.facts->host_listed.open = false;
		line.facts->old_bridge_open = false;
		line.port_driver = log_after(text, "pcieport ") != NULL;
		take_driver(&line, text);
		function_line(&line, text + length);
		return;
	}
	bus = strstr(text, "PCI host bridge to bus ");
	if (bus)
		root_bus(machine, bus + 23, number);
	else if (log_after(text, "Linux version "))
		new_kernel(machine, number);
	else if (log_after(text, "BIOS-e820: "))
		memory_map_line(line.facts, text + 11);
	else if (log_after(text, "PCI: ECAM ") || log_after(text, "PCI: MMCONFIG for domain "))
		ecam_line(line.facts, text, number);
	else if ((log_after(text, "pci_bus ") || log_after(text, "PCI: ")) &&
		 strstr(text, "No. ") && strstr(text, " try to assign unassigned res"))
		next_try(line.facts);
	else if (log_after(text, "pci_bus "))
		log_bus_line(&line, text + 8);
	else if (!log_old_line(&line, text) && !unassigned_for_driver(&line, text))
		old_probe_failure(&line, text);
}
