// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/model/machine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/translation.h"

const char *space_name(enum space space)
{
	return space == SPACE_IO ? "I/O" : "memory";
}

const char *window_name(enum window_kind kind)
{
	static const char *const names[WINDOWS] = {
		[WINDOW_IO] = "I/O window",
		[WINDOW_MEMORY] = "memory window",
		[WINDOW_PREFETCHABLE] = "prefetchable window",
		[WINDOW_IO_1] = "second I/O window",
		[WINDOW_MEMORY_1] = "second memory window",
	};

	return names[kind];
}

enum space window_space(enum window_kind kind)
{
	return kind == WINDOW_IO || kind == WINDOW_IO_1 ? SPACE_IO : SPACE_MEMORY;
}

void machine_init(struct machine *machine, enum source_kind kind, const char *name)
{
	memset(machine, 0, sizeof(*machine));
	machine->kind = kind;
	machine->name = arena_copy(&machine->arena, name, strlen(name));
	machine->host = machine->name;
	machine->warnings_end = &machine->warnings;
	machine->notes_end = &machine->notes;
}

void machine_free(struct machine *machine)
{
	free(machine->functions);
	free(machine->buses);
	free(machine->host_windows);
	free(machine->answers);
	translation_free(machine->translation);
	log_facts_free(machine->log);
	for (int space = 0; space < SPACES; space++) {
		free(machine->resources[space].entries);
		free(machine->resources[space].own);
	}
	arena_free(&machine->arena);
	memset(machine, 0, sizeof(*machine));
}

struct pci_function *machine_add(struct machine *machine)
{
	machine->functions = array_room(machine->functions, machine->count, &machine->capacity,
					sizeof(*machine->functions));
	return memset(&machine->functions[machine->count++], 0, sizeof(*machine->functions));
}

const char *machine_line_path(const struct machine *machine, uint32_t line, uint32_t *number)
{
	const struct source_part *part = machine->parts;

	while (part && part->next && part->before >= line)
		part = part->next;
	*number = part ? line - part->before : line;
	return part ? part->path : machine->config_path;
}

static struct note **add_note(struct machine *machine, struct note **end, const char *format,
			      va_list args)
{
	struct note *note = arena_alloc(&machine->arena, sizeof(*note));

	note->text = arena_vprintf(&machine->arena, format, args);
	*end = note;
	return &note->next;
}

void machine_warn(struct machine *machine, const char *format, ...)
{
	va_list args;

	if (machine->warning_count++ >= WARNINGS_KEPT)
		return;
	va_start(args, format);
	machine->warnings_end = add_note(machine, machine->warnings_end, format, args);
	va_end(args);
}

void machine_warn_of_source(struct machine *machine, const char *format, ...)
{
	va_list args;

	machine->warning_count++;
	va_start(args, format);
	machine->warnings_end = add_note(machine, machine->warnings_end, format, args);
	va_end(args);
}

void machine_tell(struct machine *machine, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	machine->notes_end = add_note(machine, machine->notes_end, format, args);
	va_end(args);
}

void machine_fail(struct machine *machine, int status, const char *format, ...)
{
	va_list args;

	if (machine->error)
		return;
	va_start(args, format);
	machine->error = arena_vprintf(&machine->arena, format, args);
	machine->error_status = status;
	va_end(args);
}

const struct text_origin *text_origin(const struct pci_function *function, unsigned int offset)
{
	for (unsigned int i = 0; i < function->origin_count; i++) {
		const struct text_origin *origin = &function->origins[i];

		if (offset >= origin->offset && offset < origin->offset + origin->length)
			return origin;
	}
	return NULL;
}

int slot_compare(const struct pci_function *a, const struct pci_function *b)
{
	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	if (a->bus != b->bus)
		return a->bus < b->bus ? -1 : 1;
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return a->function - b->function;
}

static int compare_functions(const void *a, const void *b)
{
	int order = slot_compare(a, b);
	const struct pci_function *first = a, *second = b;

	if (order)
		return order;
	/* of two with the same slot, the one that came first */
	return first->line < second->line ? -1 : first->line > second->line;
}

static bool is_sorted(const struct machine *machine)
{
	for (size_t i = 1; i < machine->count; i++)
		if (compare_functions(&machine->functions[i - 1], &machine->functions[i]) > 0)
			return false;
	return true;
}

static void drop_repeated(struct machine *machine)
{
	char slot[SLOT_TEXT_MAX];
	size_t kept = 0;

	for (size_t i = 0; i < machine->count; i++) {
		struct pci_function *function = &machine->functions[i];

		if (kept && !slot_compare(&machine->functions[kept - 1], function)) {
			machine_warn(machine,
				     "%s:%" PRIu32 ": %s is listed twice; using the first "
				     "(line %" PRIu32 ")", machine->name, function->line,
				     slot_text(function, slot),
				     machine->functions[kept - 1].line);
			continue;
		}
		machine->functions[kept++] = *function;
	}
	machine->count = kept;
}

static void find_buses(struct machine *machine)
{
	size_t capacity = 0;

	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];
		struct bus *last = machine->bus_count ? &machine->buses[machine->bus_count - 1] :
							NULL;

		if (last && last->domain == function->domain && last->number == function->bus) {
			last->count++;
			continue;
		}
		machine->buses = array_room(machine->buses, machine->bus_count, &capacity,
					    sizeof(*machine->buses));
		machine->buses[machine->bus_count++] = (struct bus) {
			.domain = function->domain,
			.number = function->bus,
			.first = (uint32_t)i,
			.count = 1,
		};
	}
}

struct bus *machine_bus(const struct machine *machine, uint32_t domain, uint8_t number)
{
	size_t low = 0, high = machine->bus_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct bus *bus = &machine->buses[middle];

		if (bus->domain == domain && bus->number == number)
			return bus;
		if (bus->domain < domain || (bus->domain == domain && bus->number < number))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/*
 * A bus belongs to the bridge whose secondary bus it is.  Bus numbers grow downstream
 * (PCI-to-PCI Bridge Architecture 1.2, 2.4), and a bridge that says otherwise is not
 * followed, so that the parents can have no cycle; the bus number check reports it.
 */
static bool leads_down(const struct pci_function *function)
{
	return function->bridge && function->bridge->buses_known &&
		function->bridge->secondary > function->bus;
}

static void find_bridges(struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		struct pci_function *function = &machine->functions[i];
		struct bus *bus;

		if (!leads_down(function))
			continue;
		bus = machine_bus(machine, function->domain, function->bridge->secondary);
		if (bus && !bus->bridge)
			bus->bridge = function;
	}
}

/*
 * A bridge forwards every bus from its secondary to its subordinate: where the bridge that
 * leads to a bus is not in the source, the nearest one that encloses it is above it.
 */
static void enclose_bus(struct machine *machine, struct bus *bus, size_t begin)
{
	for (size_t i = begin; i < machine->count; i++) {
		struct pci_function *function = &machine->functions[i];

		if (function->domain != bus->domain || function->bus >= bus->number)
			return;
		if (!leads_down(function) || function->bridge->secondary >= bus->number ||
		    function->bridge->subordinate < bus->number)
			continue;
		if (!bus->bridge || bus->bridge->bridge->secondary < function->bridge->secondary)
			bus->bridge = function;
		bus->indirect = true;
	}
}

static void find_parents(struct machine *machine)
{
	size_t domain_begin = 0;

	find_bridges(machine);
	for (size_t i = 0; i < machine->bus_count; i++) {
		struct bus *bus = &machine->buses[i];

		if (!i || machine->buses[i - 1].domain != bus->domain)
			domain_begin = bus->first;
		if (!bus->bridge)
			enclose_bus(machine, bus, domain_begin);
		/* what is above has a lower number, and so its root already */
		bus->root = bus->bridge ? machine_bus(machine, bus->domain,
						      bus->bridge->bus)->root : (uint32_t)i;
		for (uint32_t k = 0; k < bus->count; k++)
			machine->functions[bus->first + k].parent = bus->bridge;
	}
}

void machine_link(struct machine *machine)
{
	if (!is_sorted(machine))
		qsort(machine->functions, machine->count, sizeof(*machine->functions),
		      compare_functions);
	drop_repeated(machine);
	find_buses(machine);
	find_parents(machine);
}

size_t machine_domain_end(const struct machine *machine, size_t begin)
{
	size_t end = begin;

	while (end < machine->count &&
	       machine->functions[end].domain == machine->functions[begin].domain)
		end++;
	return end;
}

const char *slot_text(const struct pci_function *function, char buffer[SLOT_TEXT_MAX])
{
	snprintf(buffer, SLOT_TEXT_MAX, "%04" PRIx32 ":%02x:%02x.%u", function->domain,
		 function->bus, function->device & 0x1f, function->function & 7u);
	return buffer;
}

const char *range_text(struct range range, char buffer[RANGE_TEXT_MAX])
{
	snprintf(buffer, RANGE_TEXT_MAX, "0x%" PRIx64 "-0x%" PRIx64, range.first, range.last);
	return buffer;
}

const char *bar_text(const struct bar *bar)
{
	static const char *const names[] = {
		"BAR 0", "BAR 1", "BAR 2", "BAR 3", "BAR 4", "BAR 5", [BAR_ROM] = "expansion ROM",
	};

	return names[bar->index];
}

const char *vf_bar_text(const struct vf_bar *bar)
{
	static const char *const names[VF_BARS] = {
		"VF BAR 0", "VF BAR 1", "VF BAR 2", "VF BAR 3", "VF BAR 4", "VF BAR 5",
	};

	return names[bar->index];
}

bool vf_bar_is_live(const struct sriov *sriov, const struct vf_bar *bar)
{
	return sriov->enabled && sriov->decodes && bar->address;
}

struct range vf_bar_range(const struct sriov *sriov, const struct vf_bar *bar)
{
	struct range range = { bar->address, bar->address };

	if (sriov->enabled && bar->size &&
	    bar->size <= (UINT64_MAX - bar->address) / sriov->enabled)
		range.last += bar->size * sriov->enabled - 1;
	return range;
}

const char *bar_type_text(const struct bar *bar)
{
	if (bar->space == SPACE_IO)
		return "io";
	if (bar->kind_unknown)
		return "memory";
	return bar->is_64bit ? "memory64" : "memory32";
}

unsigned int bar_register(const struct pci_function *function, const struct bar *bar)
{
	if (bar->index == BAR_ROM)
		return function->bridge ? CFG_BRIDGE_ROM : CFG_ROM;
	return CFG_BAR0 + 4u * bar->index;
}

struct bar *function_bar(const struct pci_function *function, unsigned int index)
{
	for (unsigned int i = 0; i < function->bar_count; i++)
		if (function->bars[i].index == index)
			return &function->bars[i];
	return NULL;
}

struct bar *function_add_bar(struct machine *machine, struct pci_function *function,
			     unsigned int index)
{
	struct bar *bars = arena_alloc(&machine->arena,
				       (function->bar_count + 1u) * sizeof(*bars));
	unsigned int place = 0;

	while (place < function->bar_count && function->bars[place].index < index)
		place++;
	if (function->bar_count) {
		memcpy(bars, function->bars, place * sizeof(*bars));
		memcpy(bars + place + 1, function->bars + place,
		       (function->bar_count - place) * sizeof(*bars));
	}
	function->bars = bars;
	function->bar_count++;
	bars[place].index = (uint8_t)index;
	bars[place].state = BAR_UNASSIGNED;
	return &bars[place];
}

enum decode bar_decode(const struct pci_function *function, const struct bar *bar)
{
	uint16_t enable = bar->space == SPACE_IO ? COMMAND_IO : COMMAND_MEMORY;

	if (bar->not_decoded)
		return DECODE_OFF;
	if (bar->answers)
		return DECODE_ON;
	/* a virtual function's memory enable is in its physical function's SR-IOV capability */
	if (!function->command_known || function->virtual)
		return DECODE_UNKNOWN;
	return function->command & enable ? DECODE_ON : DECODE_OFF;
}

const char *resources_path(const struct machine *machine, enum space space)
{
	if (machine->resources[space].path)
		return machine->resources[space].path;
	return space == SPACE_IO ? "/proc/ioports" : "/proc/iomem";
}
