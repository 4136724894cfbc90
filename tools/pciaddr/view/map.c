// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The address spaces as nested ranges.  Every row has its range, its size and its name, and
 * between them a bar that shows where in the range around it it lies; what is free in a
 * window, and what collides, has rows of its own.
 */
#include "pciaddr/view/views.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/die.h"
#include "common/terminal.h"
#include "common/wrap.h"
#include "pciaddr/model/claims.h"
#include "pciaddr/model/intervals.h"

struct row {
	const struct interval *interval;
	size_t parent;		/* index + 1, 0: the whole space */
	unsigned int depth;
	bool collides;		/* with the row that it lies in */
};

struct map {
	FILE *out;
	const struct machine *machine;
	struct results *results;
	enum space space;
	const char *full, *empty;	/* of the bar */
	unsigned int digits;	/* of an address */
	unsigned int bar_width;
	unsigned int name_width;
	unsigned int name_column;	/* where names begin */
	bool color;
	struct row *rows;
	size_t count;
};

/* Part of @outer that lies before @address, in units of @width; without overflow. */
static unsigned int scale(struct range outer, uint64_t address, unsigned int width)
{
	long double size = (long double)(outer.last - outer.first) + 1;

	return (unsigned int)((long double)(address - outer.first) / size * width);
}

static void print_bar(const struct map *map, struct range outer, struct range inner)
{
	unsigned int begin, end;

	if (inner.first < outer.first)
		inner.first = outer.first;
	if (inner.last > outer.last)
		inner.last = outer.last;
	begin = scale(outer, inner.first, map->bar_width);
	end = scale(outer, inner.last, map->bar_width);
	for (unsigned int i = 0; i < map->bar_width; i++)
		fputs(i >= begin && i <= end ? map->full : map->empty, map->out);
}

static void print_row(const struct map *map, struct range range, struct range outer,
		      unsigned int depth, const char *size, const char *name, const char *color)
{
	unsigned int indent = 2 * depth;

	if (indent > map->name_width / 2)
		indent = map->name_width / 2;
	fprintf(map->out, "%0*" PRIx64 "-%0*" PRIx64 " ", map->digits, range.first, map->digits,
		range.last);
	if (map->bar_width) {
		print_bar(map, outer, range);
		fputc(' ', map->out);
	}
	fprintf(map->out, "%9s  %*s%s", size, (int)indent, "", map->color ? color : "");
	print_printable(map->out, name, strnlen(name, map->name_width - indent));
	fprintf(map->out, "%s\n", map->color && *color ? "\033[0m" : "");
}

/* Where nothing answers; after a BAR of unknown size (@uncertain) it may be the BAR that does. */
static void print_free(const struct map *map, uint64_t first, uint64_t last, struct range outer,
		       unsigned int depth, bool uncertain)
{
	char size[SIZE_TEXT_MAX];

	if (first > last)
		return;
	/* outside of all windows other devices than PCI's may be */
	print_row(map, (struct range) { first, last }, outer, depth,
		  size_text(last - first + 1, size), uncertain ? "of the BAR above, or free" :
		  depth ? "free" : "no PCI device", "\033[2m");
}

static const char *row_name(const struct map *map, const struct row *row)
{
	const struct pci_function *function = row->interval->function;
	const struct bar *bar = row->interval->bar;
	char slot[SLOT_TEXT_MAX];
	struct claim claim;

	slot_text(function, slot);
	if (!bar)
		return TEXT(map->results, "%s %s", slot, interval_name(row->interval));
	claim = find_claim(map->machine, function, bar);
	return TEXT(map->results, "%s %s%s%s%s", slot, bar_text(bar),
		    claim.owner ? "  " : "", claim.owner ? claim.owner->name : "",
		    bar_decode(function, bar) == DECODE_OFF ? "  (disabled)" : "");
}

/* With what the row collides: behind its name, or where there is no room, on a line of its own. */
static const char *collision_text(const struct map *map, const struct row *row)
{
	const struct interval *other = map->rows[row->parent - 1].interval;
	char slot[SLOT_TEXT_MAX];

	return TEXT(map->results, "COLLIDES with %s %s", slot_text(other->function, slot),
		    interval_name(other));
}

static void print_colliding(const struct map *map, const struct row *row, struct range outer,
			    const char *size)
{
	static const char color[] = "\033[1;31m";
	const char *name = row_name(map, row), *collision = collision_text(map, row);
	const char *both = TEXT(map->results, "%s  %s", name, collision);
	unsigned int indent = 2 * row->depth, column = map->name_column;
	size_t length = strlen(collision);

	if (indent > map->name_width / 2)
		indent = map->name_width / 2;
	if (strlen(both) + indent <= map->name_width) {
		print_row(map, row->interval->range, outer, row->depth, size, both, color);
		return;
	}
	print_row(map, row->interval->range, outer, row->depth, size, name, color);
	/* as far to the right as it fits */
	if (length > map->name_width)
		column = column + map->name_width > length ?
			column + map->name_width - (unsigned int)length : 0;
	fprintf(map->out, "%*s%s%s%s\n", (int)column, "", map->color ? color : "", collision,
		map->color ? "\033[0m" : "");
}

/* Which row each lies in, and how deep. */
static void nest(struct map *map, const struct intervals *intervals)
{
	map->rows = grow_array(NULL, intervals->count + 1, sizeof(*map->rows));
	map->count = intervals->count;
	for (size_t i = 0; i < intervals->count; i++) {
		struct row *row = &map->rows[i];
		size_t parent = i;

		row->interval = &intervals->list[i];
		/* the nearest before it that has not ended; rows are sorted by their begin */
		while (parent && map->rows[parent - 1].interval->range.last <
		       row->interval->range.first)
			parent = map->rows[parent - 1].parent;
		row->parent = parent;
		row->depth = parent ? map->rows[parent - 1].depth + 1 : 0;
		row->collides = parent &&
			!interval_leads_to(map->rows[parent - 1].interval, row->interval);
	}
}

struct open_row {
	struct range range;
	uint64_t next;		/* the first address that nothing is known of */
	unsigned int depth;
	bool is_window;
	bool full;		/* up to the last address there is */
	bool uncertain;		/* what is before @next may go on behind it */
};

static void close_row(const struct map *map, const struct open_row *open)
{
	if (open->is_window && !open->full)
		print_free(map, open->next, open->range.last, open->range, open->depth + 1,
			   open->uncertain);
}

/* Rows @begin to @end, which lie in @whole. */
static void print_rows(const struct map *map, size_t begin, size_t end, struct range whole)
{
	struct open_row *stack = grow_array(NULL, end - begin + 1, sizeof(*stack));
	size_t depth = 1;

	stack[0] = (struct open_row) { .range = whole, .next = whole.first };
	for (size_t i = begin; i < end; i++) {
		const struct row *row = &map->rows[i];
		struct range range = row->interval->range;
		struct open_row *outer;
		char size[SIZE_TEXT_MAX];
		bool known;

		while (depth > row->depth + 1u)
			close_row(map, &stack[--depth]);
		outer = &stack[depth - 1];
		if (range.first > outer->next && !outer->full &&
		    (outer->is_window || depth == 1))
			print_free(map, outer->next, range.first - 1, outer->range, row->depth,
				   outer->uncertain);
		known = interval_size_known(row->interval);
		outer->uncertain = !known;
		if (row->collides)
			print_colliding(map, row, outer->range,
					known ? size_text(range_size(range), size) : "?");
		else
			print_row(map, range, outer->range, row->depth,
				  known ? size_text(range_size(range), size) : "?",
				  row_name(map, row),
				  interval_is_window(row->interval) ? "\033[36m" : "");
		if (range.last == UINT64_MAX)
			outer->full = true;
		else if (range.last + 1 > outer->next)
			outer->next = range.last + 1;
		stack[depth] = (struct open_row) {
			.range = range,
			.next = range.first,
			.depth = row->depth,
			.is_window = interval_is_window(row->interval),
		};
		depth++;
	}
	while (depth > 1)
		close_row(map, &stack[--depth]);
	if (!stack[0].full)
		print_free(map, stack[0].next, whole.last, whole, 0, stack[0].uncertain);
	free(stack);
}

static void set_widths(struct map *map, struct range whole)
{
	unsigned int width = terminal_width(), rest;

	map->digits = map->space == SPACE_IO && whole.last <= 0xffff ? 4 : 8;
	while (map->digits < 16 && whole.last >> 4 * map->digits)
		map->digits++;
	rest = width > 2 * map->digits + 13 ? width - (2 * map->digits + 13) : 0;
	map->bar_width = rest > 48 ? rest / 3 : rest > 40 ? rest - 36 : 0;
	map->name_width = rest - map->bar_width - (map->bar_width ? 1 : 0);
	if (map->name_width < 20)
		map->name_width = 20;
	map->name_column = 2 * map->digits + 13 + map->bar_width + (map->bar_width ? 1 : 0);
}

/* A part of the space that nothing is in, and that would leave no room for the others. */
#define GAP_MIN (1ull << 30)

/*
 * Memory has gaps of terabytes between its parts: a part that is far from the one before it
 * is drawn on a scale of its own.
 */
static void print_memory(struct map *map)
{
	size_t begin = 0;

	while (begin < map->count) {
		struct range part = map->rows[begin].interval->range;
		size_t end = begin + 1;
		char size[SIZE_TEXT_MAX];

		for (; end < map->count; end++) {
			struct range range = map->rows[end].interval->range;

			if (range.first > part.last && range.first - part.last > GAP_MIN)
				break;
			if (range.last > part.last)
				part.last = range.last;
		}
		print_rows(map, begin, end, part);
		if (end < map->count)
			fprintf(map->out, "  ... %s without a PCI device ...\n",
				size_text(map->rows[end].interval->range.first - part.last - 1,
					  size));
		begin = end;
	}
}

static void print_space(struct map *map)
{
	struct range whole = { 0, map->space == SPACE_IO ? 0xffff : 0 };

	for (size_t i = 0; i < map->count; i++)
		if (map->rows[i].interval->range.last > whole.last)
			whole.last = map->rows[i].interval->range.last;
	if (map->space == SPACE_IO)
		whole.last |= 0xffff;
	set_widths(map, whole);
	if (map->space == SPACE_MEMORY)
		print_memory(map);
	else
		print_rows(map, 0, map->count, whole);
}

static void print_domain(FILE *out, const struct view_options *options,
			 const struct machine *machine,
			 struct results *results, size_t begin, size_t end)
{
	bool utf8 = terminal_is_utf8();

	for (enum space space = 0; space < SPACES; space++) {
		struct intervals intervals = { 0 };
		struct map map = {
			.out = out,
			.machine = machine,
			.results = results,
			.space = space,
			.full = utf8 ? "█" : "#",
			.empty = utf8 ? "·" : ".",
			.color = options->output->color,
		};

		for (size_t i = begin; i < end; i++)
			intervals_collect(&intervals, &machine->functions[i], space, true);
		intervals_sort(&intervals);
		nest(&map, &intervals);
		fprintf(out, "%s%s space of domain %04" PRIx32 "%s\n", begin || space ? "\n" : "",
			space_name(space), machine->functions[begin].domain,
			map.count ? "" : ": nothing there");
		if (map.count)
			print_space(&map);
		free(map.rows);
		free(intervals.list);
	}
}

int print_map(FILE *out, const struct view_options *options, const struct machine *machine)
{
	struct results texts = { 0 };

	if (!machine->count)
		print_resources(out, options, machine);
	for (size_t begin = 0, end; begin < machine->count; begin = end) {
		end = machine_domain_end(machine, begin);
		print_domain(out, options, machine, &texts, begin, end);
	}
	results_free(&texts);
	return EXIT_OK;
}
