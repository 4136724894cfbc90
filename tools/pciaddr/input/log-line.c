// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lines are those of drivers/pci/probe.c, setup-bus.c and setup-res.c, from Linux 3.6 on.
 * A line in another form is no error: a log has many.
 */
#include "pciaddr/input/log-line.h"

#include <string.h>

#include "common/numbers.h"
#include "pciaddr/input/dump-log.h"
#include "pciaddr/input/log-resource.h"
#include "pciaddr/model/pcispec.h"

struct told_line {
	struct machine *machine;
	struct log_facts *facts;
	struct pci_function slot;
	uint32_t number;
};

/* A resource's name in front of a line: what it is, as far as the name says so. */
struct item_name {
	enum { NAME_BAR, NAME_NUMBER, NAME_VF, NAME_WINDOW, NAME_CARDBUS } kind;
	unsigned int number;
};

static const char *read_decimal(const char *text, unsigned int most, unsigned int *value)
{
	const char *at = text;

	for (*value = 0; *at >= '0' && *at <= '9' && at - text < 3; at++)
		*value = *value * 10 + (unsigned int)(*at - '0');
	return at > text && *value <= most ? at : NULL;
}

/* "reg 0x10", "reg 10": a register of a BAR; that of a virtual one says not which it is. */
static const char *read_register(const char *text, struct item_name *name)
{
	uint64_t value;
	const char *rest = log_read_hex(text, &value);

	if (!rest)
		return NULL;
	name->kind = NAME_BAR;
	if (value == CFG_ROM || value == CFG_BRIDGE_ROM)
		name->number = LOG_ITEM_ROM;
	else if (value >= CFG_BAR0 && value < CFG_BAR0 + 24 && value % 4 == 0)
		name->number = (unsigned int)(value - CFG_BAR0) / 4;
	else
		return NULL;
	return rest;
}

static const char *read_name(const char *text, struct item_name *name)
{
	const char *rest;

	rest = log_after(text, "BAR ");
	if (rest) {
		rest = read_decimal(rest, 16, &name->number);
		name->kind = name->number > LOG_ITEM_ROM ? NAME_NUMBER : NAME_BAR;
		return rest;
	}
	rest = log_after(text, "VF BAR ");
	if (rest) {
		name->kind = NAME_VF;
		return read_decimal(rest, VF_BARS - 1, &name->number);
	}
	rest = log_after(text, "ROM");
	if (rest) {
		*name = (struct item_name) { NAME_BAR, LOG_ITEM_ROM };
		return *rest == ' ' || *rest == ':' ? rest : NULL;
	}
	rest = log_after(text, "CardBus bridge window ");
	if (rest) {
		name->kind = NAME_CARDBUS;
		return read_decimal(rest, 1, &name->number);
	}
	rest = log_after(text, "bridge window");
	if (rest) {
		name->kind = NAME_WINDOW;
		return rest;
	}
	rest = log_after(text, "reg ");
	return rest ? read_register(rest, name) : NULL;
}

static enum window_kind window_of(const struct printed_resource *printed)
{
	if (printed->space == SPACE_IO)
		return WINDOW_IO;
	return printed->prefetchable ? WINDOW_PREFETCHABLE : WINDOW_MEMORY;
}

/*
 * Numbers from 7 on depend on the header, and on whether the kernel has SR-IOV: with it they
 * are virtual BARs up to 12 and windows from 13 on, otherwise windows from 7 on.
 */
static bool numbered_window(const struct told_line *line, unsigned int number)
{
	const struct log_function *function = log_facts_function(line->facts, &line->slot);

	if (number >= LOG_ITEM_ROM + 1 + VF_BARS)
		return true;
	return function && function->slot.header_known && function->slot.header_type;
}

static unsigned int item_of(const struct told_line *line, const struct item_name *name,
			    const struct printed_resource *printed)
{
	switch (name->kind) {
	case NAME_BAR:
		return name->number;
	case NAME_VF:
		return LOG_ITEM_VF_BAR + name->number;
	case NAME_NUMBER:
		if (numbered_window(line, name->number))
			return LOG_ITEM_WINDOW + window_of(printed);
		return LOG_ITEM_VF_BAR + name->number - (LOG_ITEM_ROM + 1);
	case NAME_CARDBUS:
		if (name->number)
			return LOG_ITEM_WINDOW + (printed->space == SPACE_IO ? WINDOW_IO_1 :
						  WINDOW_MEMORY_1);
		break;
	case NAME_WINDOW:
		break;
	}
	return LOG_ITEM_WINDOW + window_of(printed);
}

static struct log_resource *take(struct told_line *line, const struct item_name *name,
				 const struct printed_resource *printed)
{
	struct log_resource *resource =
		log_facts_take_resource(line->facts, &line->slot, item_of(line, name, printed));

	resource->space = (uint8_t)printed->space;
	resource->prefetchable = printed->prefetchable;
	resource->is_64bit = printed->is_64bit;
	if (printed->size)
		resource->size = printed->size;
	return resource;
}

static void set_outcome(struct told_line *line, struct log_resource *resource,
			enum log_outcome outcome)
{
	resource->outcome = (uint8_t)outcome;
	resource->line = line->number;
	resource->has_address = false;
}

/* An address of 0 is none: firmware has left the register as it was after reset. */
static void set_address(struct told_line *line, struct log_resource *resource,
			const struct printed_resource *printed, enum log_outcome outcome)
{
	if (!printed->has_range || printed->empty || printed->disabled)
		return;
	set_outcome(line, resource, outcome);
	resource->range = printed->range;
	resource->has_address = printed->range.first != 0;
}

static void failed(struct told_line *line, struct log_resource *resource)
{
	resource->failures++;
	set_outcome(line, resource, LOG_NO_SPACE);
}

static void not_claimed(struct told_line *line, struct log_resource *resource,
			const char *reason)
{
	static const char words[] = "conflict with ";
	const char *other = strstr(reason, words);
	size_t length;

	resource->claims++;
	if (!other) {
		set_outcome(line, resource, strstr(reason, "no address") ? LOG_RELEASED :
			    LOG_NO_WINDOW);
		return;
	}
	other += strlen(words);
	length = strcspn(other, "[");
	while (length && other[length - 1] == ' ')
		length--;
	resource->conflict = arena_copy(&line->machine->arena, other, length < 60 ? length : 60);
	set_outcome(line, resource, LOG_CONFLICT);
}

static void cannot_enable(struct told_line *line)
{
	log_facts_take_function(line->facts, &line->slot)->cannot_enable = true;
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
					   item_of(line, name, printed));
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
		failed(line, take(line, name, printed));
	else if (reason)
		not_claimed(line, take(line, name, printed), reason);
	else if (log_after(rest, "releasing"))
		set_outcome(line, take(line, name, printed), LOG_RELEASED);
	else if (log_after(rest, "assigned") || log_after(rest, "reassigned") ||
		 log_after(rest, "old value restored"))
		set_address(line, take(line, name, printed), printed, LOG_ASSIGNED);
	else if (log_after(rest, "failed to expand") || log_after(rest, "failed to add"))
		take(line, name, printed)->not_expanded = true;
	else if (log_after(rest, "was not released"))
		take(line, name, printed)->pinned = true;
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
		failed(line, take(line, name, printed));
	else if (log_after(words, "assigned ") || log_after(words, "reassigned "))
		set_address(line, take(line, name, printed), printed, LOG_ASSIGNED);
	else if (log_after(words, "releasing "))
		set_outcome(line, take(line, name, printed), LOG_RELEASED);
	else if (log_after(words, "trying firmware assignment "))
		take(line, name, printed)->firmware_tried = true;
}

/* "BAR 7: can't assign mem pref (size 0x200000)": Linux 3.6 to 3.10 */
static void told_without_resource(struct told_line *line, const struct item_name *name,
				  const char *text)
{
	const char *words = log_after(text, "can't assign "), *size;
	struct printed_resource printed = { 0 };

	if (strstr(text, "invalid BAR (can't size)") || log_after(text, "invalid; can't size")) {
		log_facts_take_resource(line->facts, &line->slot,
					item_of(line, name, &printed))->invalid = true;
		return;
	}
	size = words ? strstr(words, "(size ") : NULL;
	if (!size || !log_read_hex(size + 6, &printed.size))
		return;
	printed.space = log_after(words, "io") ? SPACE_IO : SPACE_MEMORY;
	printed.prefetchable = !!strstr(words, "pref");
	failed(line, take(line, name, &printed));
}

/* As the scan found it: nothing behind it, or why it stays there. */
static void told_alone(struct told_line *line, const struct item_name *name,
		       const struct printed_resource *printed, const char *rest)
{
	struct log_resource *resource;

	if (*rest && !log_after(rest, " (from Enhanced") && !log_after(rest, ": from Enhanced") &&
	    !log_after(rest, " (failed to expand"))
		return;
	resource = take(line, name, printed);
	if (log_after(rest, " (failed to expand")) {
		resource->not_expanded = true;
		set_address(line, resource, printed, LOG_ASSIGNED);
		return;
	}
	/* a window that failed keeps its reset value: that is no address */
	if (printed->range.first || resource->outcome == LOG_NOTHING)
		set_address(line, resource, printed,
			    resource->outcome > LOG_FOUND ? LOG_ASSIGNED : LOG_FOUND);
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
	rest = read_name(claim, &name);
	bracket = rest ? strchr(rest, '[') : NULL;
	rest = bracket ? log_read_resource(bracket, &printed) : NULL;
	if (rest && log_after(rest, ": "))
		not_claimed(line, take(line, &name, &printed), rest + 2);
	return true;
}

/* "PCI bridge to [bus 02-13]" */
static bool told_buses(struct told_line *line, const char *text)
{
	const char *bus = log_after(text, "PCI bridge to [bus ");
	uint64_t first, last;

	if (!bus)
		bus = log_after(text, "CardBus bridge to [bus ");
	bus = bus ? log_read_hex(bus, &first) : NULL;
	if (!bus)
		return false;
	last = first;
	if (*bus == '-')
		bus = log_read_hex(bus + 1, &last);
	if (!bus || first > last || last > UINT8_MAX || first <= line->slot.bus)
		return true;
	log_facts_set_buses(line->facts, &line->slot, (uint8_t)first, (uint8_t)last);
	return true;
}

/* "[8086:15d3] type 01 class 0x060400" */
static bool told_found(struct told_line *line, const char *text)
{
	struct line view = { text, strlen(text) };
	struct log_function *function;
	uint64_t type, class;

	if (!dump_log_found(&(struct told) { 0 }, &view, 0))
		return false;
	function = log_facts_found(line->facts, &line->slot);
	function->line = line->number;
	if (parse_hex(text + 17, 2, &type) && parse_hex(text + 28, 6, &class)) {
		function->slot.header_known = true;
		function->slot.header_type = (uint8_t)(type & 0x7f);
		function->slot.class_known = true;
		function->slot.class = (uint32_t)class;
	}
	return true;
}

static void told_other(struct told_line *line, const char *text)
{
	const char *resize = strstr(text, "Failed to resize BAR");
	unsigned int bar;

	if (strstr(text, "not enough MMIO resources for SR-IOV"))
		log_facts_take_function(line->facts, &line->slot)->no_vf_space = true;
	else if (log_after(text, "devices behind bridge are unusable") ||
		 log_after(text, "No bus number available for hot-added bridge"))
		log_facts_take_function(line->facts, &line->slot)->no_bus = true;
	else if (log_after(text, "Removing from iommu group"))
		log_facts_found(line->facts, &line->slot)->gone = true;
	else if (resize && read_decimal(resize + 20 + (resize[20] == ' '), 5, &bar))
		log_facts_take_resource(line->facts, &line->slot, bar)->pinned = true;
}

static void function_line(struct told_line *line, const char *text)
{
	const char *bug = log_after(text, "[Firmware Bug]: "), *rest;
	struct item_name name;

	if (bug)
		text = bug;
	rest = read_name(text, &name);
	if (rest)
		told_resource(line, &name, rest);
	else if (!told_found(line, text) && !told_buses(line, text) && !told_refusal(line, text))
		told_other(line, text);
}

/* A root bus is found again only after a start, or when its driver is bound again. */
static void root_bus(struct machine *machine, const char *text)
{
	struct log_facts *facts = machine->log;
	uint64_t domain, bus;

	text = log_read_hex(text, &domain);
	if (!text || *text != ':' || !log_read_hex(text + 1, &bus) || domain > UINT32_MAX ||
	    bus > UINT8_MAX)
		return;
	for (size_t i = 0; i < facts->root_count; i++)
		if (facts->roots[i].domain == domain && facts->roots[i].bus == bus) {
			log_facts_forget(machine, &(uint32_t) { (uint32_t)domain });
			break;
		}
	facts->roots = grow_array(facts->roots, facts->root_count + 1, sizeof(*facts->roots));
	facts->roots[facts->root_count++] = (struct log_root) { (uint32_t)domain, (uint8_t)bus };
}

/* "pci_bus 0000:01: busn_res: [bus 01-ff] end is updated to 01" */
static void bus_numbers(struct log_facts *facts, const char *text)
{
	const char *end = strstr(text, ": busn_res: "), *updated;
	struct log_function *bridge;
	uint64_t domain, bus, last;

	updated = end ? strstr(end, "end is updated to ") : NULL;
	text = log_read_hex(text, &domain);
	if (!updated || !text || *text != ':' || !log_read_hex(text + 1, &bus) ||
	    !log_read_hex(updated + 18, &last) || domain > UINT32_MAX || bus > UINT8_MAX ||
	    last > UINT8_MAX)
		return;
	bridge = log_facts_bridge_to(facts, (uint32_t)domain, (uint8_t)bus);
	if (bridge && last >= bus)
		bridge->subordinate = (uint8_t)last;
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

void log_line(struct machine *machine, const char *text, uint32_t number)
{
	struct told_line line = {
		.machine = machine, .facts = log_facts_of(machine), .number = number,
	};
	struct line view = { text, strlen(text) };
	size_t length = dump_log_function(&view, &line.slot);
	const char *bus;

	if (length) {
		function_line(&line, text + length);
		return;
	}
	bus = strstr(text, "PCI host bridge to bus ");
	if (bus)
		root_bus(machine, bus + 23);
	else if (log_after(text, "Linux version "))
		log_facts_forget(machine, NULL);
	else if (log_after(text, "PCI: ECAM ") || log_after(text, "PCI: MMCONFIG for domain "))
		ecam_line(line.facts, text, number);
	else if (log_after(text, "pci_bus ") && strstr(text, "busn_res"))
		bus_numbers(line.facts, text + 8);
	else if ((log_after(text, "pci_bus ") || log_after(text, "PCI: ")) &&
		 strstr(text, "No. ") && strstr(text, " try to assign unassigned res"))
		next_try(line.facts);
}
