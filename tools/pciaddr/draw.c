// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/draw.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/die.h"
#include "common/wrap.h"
#include "pciaddr/checks.h"
#include "pciaddr/marks.h"
#include "pciaddr/names.h"
#include "pciaddr/views.h"

#define COLUMNS_MAX 256
#define COLUMN_GAP 64.0		/* room for the lines and the bus number */
#define BOX_GAP 10.0
#define MARGIN 20.0
#define TITLE_HEIGHT 34.0
#define FOOTER_HEIGHT 26.0
#define NAME_SHOWN 44		/* characters of a device's name */

static const struct draw_methods *const methods[] = { &draw_svg, &draw_dot, NULL };

struct layout {
	struct picture *picture;
	const struct machine *machine;
	const struct marks *marks;
	struct results *results;
	struct names *names;
	double y;		/* where the next box without a parent goes */
	double widths[COLUMNS_MAX];
};

static struct box *add_box(struct layout *layout, enum box_kind kind, size_t parent,
			   unsigned int column)
{
	struct picture *picture = layout->picture;

	if (picture->count == picture->capacity) {
		picture->capacity = picture->capacity ? picture->capacity * 2 : 64;
		picture->boxes = grow_array(picture->boxes, picture->capacity,
					    sizeof(*picture->boxes));
	}
	picture->boxes[picture->count] = (struct box) {
		.kind = kind,
		.column = column < COLUMNS_MAX ? column : COLUMNS_MAX - 1,
		.parent = parent == SIZE_MAX ? picture->count : parent,
	};
	return &picture->boxes[picture->count++];
}

static void add_line(struct box *box, const char *text, enum line_style style)
{
	box->lines = grow_array(box->lines, box->line_count + 1u, sizeof(*box->lines));
	box->lines[box->line_count++] = (struct box_line) { text, style };
	if (style == LINE_FAILURE)
		box->failed = true;
}

static void add_failures(struct layout *layout, struct box *box, const char *slot,
			 const char *subject)
{
	const struct finding *finding;
	size_t at = 0;

	while ((finding = marks_next(layout->marks, slot, subject, &at)))
		add_line(box, TEXT(layout->results, "✗ %s", checks[finding->check].label),
			 LINE_FAILURE);
}

static void add_windows(struct layout *layout, struct box *box,
			const struct pci_function *function, const char *slot)
{
	static const char *const short_names[WINDOWS] = {
		[WINDOW_IO] = "I/O", [WINDOW_MEMORY] = "mem", [WINDOW_PREFETCHABLE] = "pref",
		[WINDOW_IO_1] = "I/O 1", [WINDOW_MEMORY_1] = "mem 1",
	};
	char range[RANGE_TEXT_MAX];

	for (enum window_kind kind = 0; kind < WINDOWS; kind++) {
		const struct window *window = &function->bridge->windows[kind];

		if (window->state == WINDOW_OPEN)
			add_line(box, TEXT(layout->results, "window %-5s %s", short_names[kind],
					   range_text(window->range, range)), LINE_ADDRESS);
		add_failures(layout, box, slot, window_name(kind));
	}
}

static void add_bars(struct layout *layout, struct box *box, const struct pci_function *function,
		     const char *slot)
{
	char name[BAR_TEXT_MAX];

	for (unsigned int i = 0; i < function->bar_count; i++) {
		const struct bar *bar = &function->bars[i];
		bool off = bar->state == BAR_ASSIGNED && bar_decode(function, bar) == DECODE_OFF;

		bar_text(bar, name);
		add_line(box, TEXT(layout->results, "%s %s %s%s", bar->index == BAR_ROM ? "ROM  " :
				   name, bar->space == SPACE_IO ? "I/O" : "mem",
				   bar_range(layout->results, bar), off ? " (off)" : ""),
			 LINE_ADDRESS);
		add_failures(layout, box, slot, name);
	}
}

static void fill_box(struct layout *layout, struct box *box, const struct pci_function *function)
{
	char slot[SLOT_TEXT_MAX], name[NAME_MAX_LENGTH];

	slot_text(function, slot);
	box->group = class_name(function);
	add_line(box, function->ids_known ?
		 TEXT(layout->results, "%02x:%02x.%u  %04x:%04x", function->bus, function->device,
		      function->function, function->vendor, function->product) :
		 TEXT(layout->results, "%02x:%02x.%u", function->bus, function->device,
		      function->function), LINE_TITLE);
	function_name(layout->names, function, name);
	add_line(box, TEXT(layout->results, "%.*s%s", NAME_SHOWN, name,
			   strlen(name) > NAME_SHOWN ? "…" : ""), LINE_PLAIN);
	if (function->driver && *function->driver)
		add_line(box, TEXT(layout->results, "driver %s", function->driver), LINE_PLAIN);
	add_failures(layout, box, slot, NULL);
	if (function->bridge)
		add_windows(layout, box, function, slot);
	add_bars(layout, box, function, slot);
}

/* First pass: texts and sizes. */

static void measure(struct layout *layout, struct box *box)
{
	size_t longest = 0;

	for (unsigned int i = 0; i < box->line_count; i++)
		if (text_columns(box->lines[i].text, strlen(box->lines[i].text)) > longest)
			longest = text_columns(box->lines[i].text, strlen(box->lines[i].text));
	box->width = (double)longest * DRAW_CHARACTER + 2 * DRAW_PADDING;
	box->height = box->line_count * DRAW_LINE + 2 * DRAW_PADDING - 4;
	if (box->width > layout->widths[box->column])
		layout->widths[box->column] = box->width;
}

/* Places boxes downwards as they come; a bridge stands beside the first box below it. */
static void add_bus(struct layout *layout, const struct bus *bus, size_t parent,
		    unsigned int column)
{
	for (uint32_t i = 0; i < bus->count; i++) {
		const struct pci_function *function = &layout->machine->functions[bus->first + i];
		const struct bus *below = NULL;
		struct box *box = add_box(layout, function->bridge ? BOX_BRIDGE : BOX_DEVICE,
					  parent, column);
		size_t index = layout->picture->count - 1;
		double bottom;

		if (!i && column > 1)
			box->edge = TEXT(layout->results, "bus %02x", bus->number);
		fill_box(layout, box, function);
		measure(layout, box);
		box->y = layout->y;
		bottom = box->y + box->height + BOX_GAP;
		if (function->bridge && function->bridge->buses_known)
			below = machine_bus(layout->machine, function->domain,
					    function->bridge->secondary);
		if (below && below->bridge == function)
			add_bus(layout, below, index, column + 1);
		if (layout->y < bottom)
			layout->y = bottom;
	}
}

static void add_root(struct layout *layout, const struct bus *bus)
{
	struct box *box = add_box(layout, BOX_BUS, SIZE_MAX, 0);

	add_line(box, TEXT(layout->results, "bus %04" PRIx32 ":%02x", bus->domain, bus->number),
		 LINE_TITLE);
	measure(layout, box);
	box->y = layout->y;
	add_bus(layout, bus, layout->picture->count - 1, 1);
	layout->y += 2 * BOX_GAP;
}

/* Second pass: what all boxes of a column have in common. */
static void place_columns(struct layout *layout)
{
	double x[COLUMNS_MAX], at = MARGIN;
	struct picture *picture = layout->picture;

	for (unsigned int column = 0; column < COLUMNS_MAX; column++) {
		x[column] = at;
		if (layout->widths[column] > 0)
			at += layout->widths[column] + COLUMN_GAP;
	}
	for (size_t i = 0; i < picture->count; i++) {
		picture->boxes[i].x = x[picture->boxes[i].column];
		picture->boxes[i].width = layout->widths[picture->boxes[i].column];
	}
	picture->width = at - COLUMN_GAP + MARGIN;
	picture->height = layout->y + FOOTER_HEIGHT;
}

static void lay_out(struct layout *layout)
{
	layout->y = MARGIN + TITLE_HEIGHT;
	for (size_t i = 0; i < layout->machine->bus_count; i++)
		if (!layout->machine->buses[i].bridge)
			add_root(layout, &layout->machine->buses[i]);
	place_columns(layout);
}

/* The file */

static const struct draw_methods *find_methods(const char *path)
{
	const char *dot = strrchr(path, '.');

	for (const struct draw_methods *const *method = methods; dot && *method; method++)
		if (!strcmp(dot + 1, (*method)->extension))
			return *method;
	die_advice(EXIT_USAGE, "name it FILE.svg or FILE.dot ('-.svg': standard output)",
		   "--draw '%s': which format?", path);
}

static FILE *open_picture(const struct options *options)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (options->force ? O_TRUNC : O_EXCL);
	int fd;
	FILE *out;

	if (!strncmp(options->draw_path, "-.", 2))
		return stdout;
	fd = open(options->draw_path, flags, 0666);
	if (fd < 0 && errno == EEXIST)
		die_advice(EXIT_USAGE, "another name, or --force to overwrite it",
			   "%s is there already", options->draw_path);
	if (fd < 0)
		die_errno(EXIT_USAGE, "%s", options->draw_path);
	out = fdopen(fd, "w");
	if (!out)
		die_errno(EXIT_CANNOT_TELL, "%s", options->draw_path);
	return out;
}

static void free_picture(struct picture *picture)
{
	for (size_t i = 0; i < picture->count; i++)
		free(picture->boxes[i].lines);
	free(picture->boxes);
}

int draw(const struct options *options, struct machine *machine, struct results *results)
{
	const struct draw_methods *method = find_methods(options->draw_path);
	struct names names;
	struct marks marks;
	struct picture picture = {
		.title = strrchr(machine->name, '/') ? strrchr(machine->name, '/') + 1 :
			machine->name,
		.footer = TEXT(results, "%zu functions, %zu buses, %zu failures", machine->count,
			       machine->bus_count, results_total(results, STATUS_FAIL)),
	};
	struct layout layout = {
		.picture = &picture,
		.machine = machine,
		.marks = &marks,
		.results = results,
		.names = &names,
	};
	FILE *out = open_picture(options);

	names_open(&names, options->numeric);
	marks_find(&marks, results);
	lay_out(&layout);
	method->draw(out, &picture);
	if (out != stdout && fclose(out))
		die_errno(EXIT_CANNOT_TELL, "%s", options->draw_path);
	marks_free(&marks);
	names_close(&names);
	free_picture(&picture);
	return results_exit_status(results, options->output_options.threshold, true);
}
