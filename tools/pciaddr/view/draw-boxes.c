// SPDX-License-Identifier: GPL-2.0-or-later
/* What stands in the boxes of a picture. */
#include "pciaddr/view/draw.h"

#include <inttypes.h>
#include <string.h>

#include "common/wrap.h"
#include "pciaddr/model/topology.h"
#include "pciaddr/view/marks.h"

#define NAME_COLUMNS 44		/* of a line of a device's name */

struct writer {
	struct picture *picture;
	const struct machine *machine;
	const struct marks *marks;
	struct results *results;
	struct names *names;
};

/* Light, so that black text stays readable; told apart by hue and by the text itself. */
static const struct {
	const char *color;
	const char *name;
} fills[FILLS] = {
	[FILL_BUS] = { "#37474f", NULL },
	[FILL_BRIDGE] = { "#d5dde2", "bridge" },
	[FILL_HOST] = { "#eeeeee", "host, ISA" },
	[FILL_NETWORK] = { "#dcecf8", "network" },
	[FILL_STORAGE] = { "#e6f2dc", "storage" },
	[FILL_DISPLAY] = { "#efe3f5", "display, multimedia" },
	[FILL_SERIAL] = { "#fbeedb", "USB, serial bus" },
	[FILL_OTHER] = { "#fdf7dc", "other" },
};

const char *draw_fill_color(enum fill fill)
{
	return fills[fill].color;
}

const char *draw_fill_name(enum fill fill)
{
	return fills[fill].name;
}

/* PCI Code and ID Assignment 1.11, the base classes */
static enum fill fill_of(const struct pci_function *function)
{
	if (function->bridge)
		return FILL_BRIDGE;
	if (!function->class_known)
		return FILL_OTHER;
	switch (function->class >> 16) {
	case 0x01:
		return FILL_STORAGE;
	case 0x02:
	case 0x0d:
		return FILL_NETWORK;
	case 0x03:
	case 0x04:
		return FILL_DISPLAY;
	case 0x06:
		return FILL_HOST;
	case 0x0c:
		return FILL_SERIAL;
	default:
		return FILL_OTHER;
	}
}

static size_t add_box(struct writer *writer, enum fill fill, size_t parent)
{
	struct picture *picture = writer->picture;
	size_t index = picture->count++;

	picture->boxes = array_room(picture->boxes, index, &picture->capacity,
				    sizeof(*picture->boxes));
	picture->boxes[index] = (struct box) {
		.fill = fill,
		.depth = parent == index ? 0 : picture->boxes[parent].depth + 1,
		.parent = parent,
		.end = index + 1,
	};
	return index;
}

static void add_line(struct box *box, const char *text, enum line_style style)
{
	box->lines = grow_array(box->lines, box->line_count + 1u, sizeof(*box->lines));
	box->lines[box->line_count++] = (struct box_line) { text, style };
	if (style == LINE_FAILURE)
		box->failed = true;
}

static void add_failures(const struct writer *writer, struct box *box,
			 const struct pci_function *function, const char *item)
{
	const struct finding *finding;
	size_t at = 0;

	while ((finding = marks_next(writer->marks, function, item, &at)))
		add_line(box, TEXT(writer->results, "✗ %s", checks[finding->check].label),
			 LINE_FAILURE);
}

/* Vendors' names are long, and what tells devices apart comes last. */
static void add_name(const struct writer *writer, struct box *box, const char *name)
{
	while (strlen(name) > NAME_COLUMNS) {
		size_t cut = NAME_COLUMNS;

		while (cut && name[cut] != ' ')
			cut--;
		if (!cut)
			cut = NAME_COLUMNS;
		add_line(box, TEXT(writer->results, "%.*s", (int)cut, name), LINE_PLAIN);
		name += cut + (name[cut] == ' ');
	}
	add_line(box, TEXT(writer->results, "%s", name), LINE_PLAIN);
}

static void add_windows(const struct writer *writer, struct box *box,
			const struct pci_function *function)
{
	static const char *const short_names[WINDOWS] = {
		[WINDOW_IO] = "I/O", [WINDOW_MEMORY] = "mem", [WINDOW_PREFETCHABLE] = "pref",
		[WINDOW_IO_1] = "I/O 1", [WINDOW_MEMORY_1] = "mem 1",
	};
	char range[RANGE_TEXT_MAX];

	for (enum window_kind kind = 0; kind < WINDOWS; kind++) {
		const struct window *window = &function->bridge->windows[kind];

		if (window->state == WINDOW_OPEN)
			add_line(box, TEXT(writer->results, "window %-5s %s", short_names[kind],
					   range_text(window->range, range)), LINE_ADDRESS);
		add_failures(writer, box, function, window_name(kind));
	}
}

static void add_bars(const struct writer *writer, struct box *box,
		     const struct pci_function *function)
{
	for (unsigned int i = 0; i < function->bar_count; i++) {
		const struct bar *bar = &function->bars[i];
		bool off = bar->state == BAR_ASSIGNED && bar_decode(function, bar) == DECODE_OFF;

		add_line(box, TEXT(writer->results, "%s %s %s%s", bar->index == BAR_ROM ? "ROM  " :
				   bar_text(bar), bar->space == SPACE_IO ? "I/O" : "mem",
				   bar_range(writer->results, bar), off ? " (disabled)" : ""),
			 LINE_ADDRESS);
		add_failures(writer, box, function, bar_text(bar));
	}
}

static void fill_box(const struct writer *writer, struct box *box,
		     const struct pci_function *function)
{
	char name[NAME_MAX_LENGTH];

	add_line(box, function->ids_known ?
		 TEXT(writer->results, "%02x:%02x.%u  %04x:%04x", function->bus, function->device,
		      function->function, function->vendor, function->product) :
		 TEXT(writer->results, "%02x:%02x.%u", function->bus, function->device,
		      function->function), LINE_TITLE);
	add_name(writer, box, function_name(writer->names, function, name));
	if (function->driver && *function->driver)
		add_line(box, TEXT(writer->results, "driver %s", function->driver), LINE_PLAIN);
	add_failures(writer, box, function, NULL);
	if (function->bridge)
		add_windows(writer, box, function);
	add_bars(writer, box, function);
}

static void measure(struct box *box)
{
	unsigned int longest = 0;

	for (unsigned int i = 0; i < box->line_count; i++) {
		const char *text = box->lines[i].text;
		unsigned int columns = text_columns(text, strlen(text));

		if (columns > longest)
			longest = columns;
	}
	box->width = longest * DRAW_CHARACTER + 2 * DRAW_PADDING;
	box->height = box->line_count * DRAW_LINE + 2 * DRAW_PADDING - 4;
}

static void add_bus(struct writer *writer, const struct bus *bus, size_t parent)
{
	for (uint32_t i = 0; i < bus->count; i++) {
		const struct pci_function *function = &writer->machine->functions[bus->first + i];
		size_t index = add_box(writer, fill_of(function), parent);
		const struct bus *below;

		fill_box(writer, &writer->picture->boxes[index], function);
		measure(&writer->picture->boxes[index]);
		below = bus_below(writer->machine, function, NULL);
		if (below)
			writer->picture->boxes[index].edge =
				TEXT(writer->results, "bus %02x", below->number);
		for (; below; below = bus_below(writer->machine, function, below))
			add_bus(writer, below, index);
		writer->picture->boxes[index].end = writer->picture->count;
	}
}

static void add_root(struct writer *writer, const struct bus *bus)
{
	size_t index = add_box(writer, FILL_BUS, writer->picture->count);
	struct box *box = &writer->picture->boxes[index];

	add_line(box, TEXT(writer->results, "bus %04" PRIx32 ":%02x", bus->domain, bus->number),
		 LINE_TITLE);
	measure(box);
	add_bus(writer, bus, index);
	writer->picture->boxes[index].end = writer->picture->count;
}

void draw_boxes(struct picture *picture, const struct machine *machine,
		struct results *results, struct names *names)
{
	struct marks marks;
	struct writer writer = {
		.picture = picture,
		.machine = machine,
		.marks = &marks,
		.results = results,
		.names = names,
	};

	marks_find(&marks, results);
	for (size_t i = 0; i < machine->bus_count; i++)
		if (!machine->buses[i].bridge)
			add_root(&writer, &machine->buses[i]);
	marks_free(&marks);
}
