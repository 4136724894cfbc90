// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/check/location.h"

#include <inttypes.h>

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/topology.h"

struct location at_source(void)
{
	return (struct location) { .kind = LOCATION_SOURCE };
}

struct location at_function(const struct pci_function *function)
{
	return (struct location) { .kind = LOCATION_FUNCTION, .function = function };
}

struct location at_config(const struct pci_function *function, unsigned int offset)
{
	return (struct location) {
		.kind = LOCATION_CONFIG, .function = function, .number = offset,
	};
}

struct location at_kernel_bar(const struct pci_function *function, const struct bar *bar)
{
	if (bar->size_claimed)
		return at_resources(bar->space);
	return (struct location) {
		.kind = LOCATION_KERNEL_BAR, .function = function, .number = bar->index,
		.line = bar->line,
	};
}

struct location at_kernel_window(const struct pci_function *function, enum window_kind kind)
{
	return (struct location) {
		.kind = LOCATION_KERNEL_WINDOW, .function = function, .number = kind,
	};
}

struct location at_resources(enum space space)
{
	return (struct location) { .kind = LOCATION_RESOURCES, .number = space };
}

struct location at_text(const char *text)
{
	return (struct location) { .kind = LOCATION_TEXT, .text = text };
}

/* In a dump, a line of it; elsewhere a file in the function's directory. */
static const char *in_source(const struct machine *machine, const struct location *location,
			     struct arena *arena, uint32_t line, const char *file)
{
	char slot[SLOT_TEXT_MAX];

	if (machine->kind == SOURCE_QMP)
		return arena_printf(arena, "%s, query-pci of %s", machine->config_path,
				    slot_text(location->function, slot));
	if (machine->kind == SOURCE_DOMAIN)
		return location->function->line ?
			arena_printf(arena, "%s:%" PRIu32, machine->config_path,
				     location->function->line) : machine->config_path;
	if (machine->kind == SOURCE_DUMP) {
		const char *path = machine_line_path(machine, line, &line);

		return arena_printf(arena, "%s:%" PRIu32, path, line);
	}
	return arena_printf(arena, "%s/%s%s", machine->config_path,
			    slot_text(location->function, slot), file);
}

/* Newer versions of lspci print the kernel's window where it has one, without saying so. */
static bool may_be_kernels(const struct pci_function *function, unsigned int offset)
{
	const struct bridge *bridge = function->bridge;

	for (enum window_kind kind = 0; bridge && kind < WINDOWS; kind++)
		if (bridge->windows[kind].maybe_kernel && window_register(bridge, kind) == offset)
			return true;
	return false;
}

/* A register that was not read: the line of the log, or of lspci -v, that tells what is in it. */
static uint32_t line_of(const struct pci_function *function, unsigned int offset)
{
	for (unsigned int i = 0; i < function->bar_count; i++)
		if (bar_register(function, &function->bars[i]) == offset)
			return function->bars[i].line;
	for (enum window_kind kind = 0; function->bridge && kind < WINDOWS; kind++)
		if (window_register(function->bridge, kind) == offset)
			return function->bridge->windows[kind].line;
	return 0;
}

static const char *in_log(const struct machine *machine, const struct location *location,
			  struct arena *arena)
{
	uint32_t line = line_of(location->function, location->number);

	return in_source(machine, location, arena, line ? line : location->function->line, "");
}

/* The line of lspci's that tells the register, or 0: it was read. */
static uint32_t text_line(const struct machine *machine, const struct location *location)
{
	const struct text_origin *origin = text_origin(location->function, location->number);
	uint32_t value;

	if (origin)
		return origin->line;
	if (machine->kind != SOURCE_DUMP ||
	    config_read(location->function, location->number, 1, &value))
		return 0;
	return line_of(location->function, location->number);
}

const char *location_text(const struct machine *machine, const struct location *location,
			  struct arena *arena)
{
	const char *place;
	uint32_t line;

	switch (location->kind) {
	case LOCATION_NONE:
		return NULL;
	case LOCATION_SOURCE:
		return machine->config_path;
	case LOCATION_FUNCTION:
		if (machine->kind == SOURCE_LIVE || machine->kind == SOURCE_SYSFS)
			return machine->config_path;
		return in_source(machine, location, arena, location->function->line, "");
	case LOCATION_CONFIG:
		if (location->function->told_by_log)
			return in_log(machine, location, arena);
		line = text_line(machine, location);
		if (line)
			return arena_printf(arena, "%s, lspci's text%s",
					    in_source(machine, location, arena, line, ""),
					    may_be_kernels(location->function, location->number) ?
					    ": the kernel's, or the register's" : "");
		place = in_source(machine, location, arena, location->function->line, "/config");
		if (machine->kind == SOURCE_QMP || machine->kind == SOURCE_DOMAIN)
			return place;
		return arena_printf(arena, "%s, %sregister 0x%02x", place,
				    machine->kind == SOURCE_DUMP ? "config " : "",
				    location->number);
	case LOCATION_KERNEL_BAR:
		place = in_source(machine, location, arena, location->line, "/resource");
		if (machine->kind != SOURCE_LIVE && machine->kind != SOURCE_SYSFS)
			return place;
		return arena_printf(arena, "%s, line %u", place, location->number + 1);
	case LOCATION_KERNEL_WINDOW:
		line = location->function->bridge->windows[location->number].line;
		if (location->function->told_by_log)
			return in_source(machine, location, arena, line, "");
		place = in_source(machine, location, arena, line ? line : location->function->line,
				  "/resource");
		return arena_printf(arena, "%s, the %s", place, window_name(location->number));
	case LOCATION_RESOURCES:
		return resources_path(machine, location->number);
	case LOCATION_TEXT:
		break;
	}
	return location->text;
}
