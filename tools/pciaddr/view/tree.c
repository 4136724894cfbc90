// SPDX-License-Identifier: GPL-2.0-or-later
/* Buses, bridges, devices and BARs as a tree, failures where they belong. */
#include "pciaddr/view/views.h"

#include <inttypes.h>
#include <string.h>

#include "common/die.h"
#include "common/terminal.h"
#include "common/wrap.h"
#include "pciaddr/model/names.h"
#include "pciaddr/model/topology.h"
#include "pciaddr/view/marks.h"

struct glyphs {
	const char *branch, *last, *line, *space, *arrow, *fail, *cut;
};

static const struct glyphs ascii = { "+- ", "`- ", "|  ", "   ", "->", "!!", "..." };
static const struct glyphs utf8 = { "├─ ", "└─ ", "│  ", "   ", "→", "✗", "…" };

struct tree {
	FILE *out;
	const struct machine *machine;
	const struct marks *marks;
	struct results *results;	/* for texts */
	struct names *names;
	const struct glyphs *glyphs;
	bool color;
	unsigned int columns;	/* of the terminal; 0: none */
};

#define BRANCH_COLUMNS 3
#define SLOT_COLUMNS 6		/* "04.0  " */
#define ID_COLUMNS 11		/* "1011:0026  " */
#define NAME_COLUMNS_MIN 12

#define DEPTH_MAX 256		/* bus numbers grow downwards */
#define PREFIX_MAX (DEPTH_MAX * 4)

static void print_label(const struct tree *tree, const struct finding *finding)
{
	fprintf(tree->out, "  %s%s %s%s", tree->color ? "\033[1;31m" : "", tree->glyphs->fail,
		checks[finding->check].label, tree->color ? "\033[0m" : "");
}

/* The checks that failed at this device (@item NULL), or at its BAR or window. */
static void print_failures(const struct tree *tree, const struct pci_function *function,
			   const char *item)
{
	const struct finding *finding;
	size_t at = 0;

	while ((finding = marks_next(tree->marks, function, item, &at)))
		print_label(tree, finding);
}

static void print_windows(const struct tree *tree, const struct pci_function *function,
			  const char *prefix)
{
	for (enum window_kind kind = 0; kind < WINDOWS; kind++) {
		size_t at = 0;

		if (function->bridge->windows[kind].state != WINDOW_OPEN &&
		    !marks_next(tree->marks, function, window_name(kind), &at))
			continue;
		fprintf(tree->out, "%s%s", prefix,
			window_range(tree->results, function->bridge, kind));
		print_failures(tree, function, window_name(kind));
		fputc('\n', tree->out);
	}
}

static void print_bars(const struct tree *tree, const struct pci_function *function,
		       const char *prefix)
{
	char size[SIZE_TEXT_MAX];

	for (unsigned int i = 0; i < function->bar_count; i++) {
		const struct bar *bar = &function->bars[i];

		fprintf(tree->out, "%s%s  %s  %s", prefix, bar_text(bar),
			bar_type_text(bar), bar_range(tree->results, bar));
		if (bar->size_known)
			fprintf(tree->out, "  %s", size_text(range_size(bar->range), size));
		if (bar->prefetchable)
			fputs("  prefetchable", tree->out);
		if (bar->state == BAR_ASSIGNED && bar_decode(function, bar) == DECODE_OFF)
			fputs("  (disabled)", tree->out);
		print_failures(tree, function, bar_text(bar));
		fputc('\n', tree->out);
	}
}

static void print_bus(const struct tree *tree, const struct bus *bus, char *prefix,
		      unsigned int depth);

/* The driver, and the buses below. */
static const char *what_follows(const struct tree *tree, const struct pci_function *function)
{
	const struct bridge *bridge = function->bridge;
	const char *text = "";

	if (function->label)
		text = TEXT(tree->results, "  (%s)", function->label);
	if (function->driver && *function->driver)
		text = TEXT(tree->results, "%s  [%s]", text, function->driver);
	if (bridge && bridge->buses_known && bridge->secondary)
		text = TEXT(tree->results, "%s  %s bus %02x-%02x", text, tree->glyphs->arrow,
			    bridge->secondary, bridge->subordinate);
	return text;
}

/* Cut, if it must be for the line to fit the terminal; names are ASCII. */
static void print_name(const struct tree *tree, unsigned int used, const char *name,
		       const char *behind)
{
	unsigned int room, wanted = (unsigned int)strlen(name);

	used += text_columns(behind, strlen(behind)) + 1;
	room = tree->columns > used + NAME_COLUMNS_MIN ? tree->columns - used : NAME_COLUMNS_MIN;
	if (!tree->columns || wanted <= room)
		fputs(name, tree->out);
	else
		fprintf(tree->out, "%.*s%s", (int)(room - text_columns(tree->glyphs->cut,
			strlen(tree->glyphs->cut))), name, tree->glyphs->cut);
	print_printable(tree->out, behind, strlen(behind));
}

static void print_function(const struct tree *tree, const struct pci_function *function,
			   char *prefix, bool last, unsigned int depth)
{
	const struct bus *below = bus_below(tree->machine, function, NULL);
	char name[NAME_MAX_LENGTH];
	size_t length = strlen(prefix);
	unsigned int used;

	fprintf(tree->out, "%s%s%02x.%u  ", prefix, last ? tree->glyphs->last :
		tree->glyphs->branch, function->device, function->function);
	if (function->ids_known)
		fprintf(tree->out, "%04x:%04x  ", function->vendor, function->product);
	used = text_columns(prefix, length) + BRANCH_COLUMNS + SLOT_COLUMNS +
		(function->ids_known ? ID_COLUMNS : 0);
	print_name(tree, used, function_name(tree->names, function, name),
		   what_follows(tree, function));
	print_failures(tree, function, NULL);
	fputc('\n', tree->out);
	strcat(prefix, last ? tree->glyphs->space : tree->glyphs->line);
	strcat(prefix, below ? tree->glyphs->line : tree->glyphs->space);
	strcat(prefix, "  ");
	if (function->bridge)
		print_windows(tree, function, prefix);
	print_bars(tree, function, prefix);
	prefix[length] = '\0';
	strcat(prefix, last ? tree->glyphs->space : tree->glyphs->line);
	for (; below && depth < DEPTH_MAX - 2;
	     below = bus_below(tree->machine, function, below)) {
		if (below->indirect)
			fprintf(tree->out, "%sbus %02x (the bridge to it was not read)\n", prefix,
				below->number);
		print_bus(tree, below, prefix, depth + 1);
	}
	prefix[length] = '\0';
}

static void print_bus(const struct tree *tree, const struct bus *bus, char *prefix,
		      unsigned int depth)
{
	for (uint32_t i = 0; i < bus->count; i++)
		print_function(tree, &tree->machine->functions[bus->first + i], prefix,
			       i + 1 == bus->count, depth);
}

/* Of a comparison: what was in the old state only has no place in this tree. */
static void print_gone(const struct tree *tree)
{
	char slot[SLOT_TEXT_MAX], name[NAME_MAX_LENGTH];

	for (size_t i = 0; i < tree->results->count; i++) {
		const struct finding *finding = &tree->results->findings[i];
		const struct pci_function *old = finding->old_function;

		if (finding->status != STATUS_FAIL || !old || finding->function != old)
			continue;
		fprintf(tree->out, "%s  ", slot_text(old, slot));
		if (old->ids_known)
			fprintf(tree->out, "%04x:%04x  ", old->vendor, old->product);
		fputs(function_name(tree->names, old, name), tree->out);
		print_label(tree, finding);
		fputc('\n', tree->out);
	}
}

int print_tree(FILE *out, const struct view_options *options, const struct machine *machine,
	       struct results *results)
{
	/* a bar of the tree may have three bytes, then two blanks */
	char prefix[PREFIX_MAX * 2] = "";
	struct names names;
	struct marks marks;
	const struct tree tree = {
		.out = out,
		.machine = machine,
		.marks = &marks,
		.results = results,
		.names = &names,
		.glyphs = terminal_is_utf8() ? &utf8 : &ascii,
		.color = options->output->color,
		.columns = options->output->columns,
	};

	names_open(&names, options->numeric);
	marks_find(&marks, results);
	for (size_t i = 0; i < machine->bus_count; i++) {
		if (machine->buses[i].bridge)
			continue;
		fprintf(out, "%04" PRIx32 ":%02x\n", machine->buses[i].domain,
			machine->buses[i].number);
		print_bus(&tree, &machine->buses[i], prefix, 0);
	}
	print_gone(&tree);
	marks_free(&marks);
	names_close(&names);
	return results_exit_status(results, options->output->threshold, true);
}
