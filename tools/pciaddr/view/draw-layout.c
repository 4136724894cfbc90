// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where boxes go: buses from left to right, what is on a bus from top to bottom, and where
 * that would be long, in rows.  A row has either devices that nothing is below of, or
 * bridges with all that is below them.
 */
#include "pciaddr/view/draw.h"

#include <math.h>

#include "common/arena.h"

#define DEPTHS 257		/* bus numbers grow downwards, and the root bus has a box too */
#define COLUMN_GAP 64.0		/* room for the lines and the bus number */
#define TRUNK_GAP 22.0		/* between the line that goes down and the boxes on it */
#define BOX_GAP 10.0
#define BLOCK_GAP 26.0		/* between two bridges in a row, or two root buses */
#define RAIL_HEIGHT 12.0	/* from the line above a row down to its boxes */
#define STUB_X 14.0		/* where a box hangs on that line */
#define TITLE_HEIGHT 34.0
#define FOOTER_HEIGHT 42.0	/* a legend, and a line */
#define PAGE_RATIO 1.4		/* width to height of a page that lies */

/* The lower right corner of what was placed. */
struct corner {
	double x, y;
};

static void add_segment(struct picture *picture, double x1, double y1, double x2, double y2)
{
	picture->segments = array_room(picture->segments, picture->segment_count,
				       &picture->segment_capacity, sizeof(*picture->segments));
	picture->segments[picture->segment_count++] = (struct segment) { x1, y1, x2, y2 };
}

double draw_joint(const struct box *box)
{
	return box->y + DRAW_PADDING + DRAW_LINE / 2;
}

/* All boxes of a depth are as wide as the widest of them. */
static void align_widths(struct picture *picture)
{
	double widths[DEPTHS] = { 0 };

	for (size_t i = 0; i < picture->count; i++) {
		struct box *box = &picture->boxes[i];

		if (box->depth >= DEPTHS)
			box->depth = DEPTHS - 1;
		widths[box->depth] = fmax(widths[box->depth], box->width);
	}
	for (size_t i = 0; i < picture->count; i++)
		picture->boxes[i].width = widths[picture->boxes[i].depth];
}

/* From the last box to the first: what is below a box has been summed up before it. */
static void sum_up(struct picture *picture)
{
	for (size_t i = picture->count; i--;) {
		struct box *box = &picture->boxes[i];

		box->least_width = box->width;
		box->area = (box->width + BOX_GAP) * (box->height + BOX_GAP);
		for (size_t k = i + 1; k < box->end; k = picture->boxes[k].end) {
			const struct box *below = &picture->boxes[k];

			box->least_width = fmax(box->least_width, box->width + COLUMN_GAP +
						below->least_width);
			box->area += below->area;
		}
	}
}

static bool is_leaf(const struct picture *picture, size_t index)
{
	return picture->boxes[index].end == index + 1;
}

/* How wide a box with what is below it should become, to be shaped like a page. */
static double wanted_width(const struct box *box)
{
	return fmax(box->least_width, sqrt(box->area * PAGE_RATIO));
}

static struct corner place(struct picture *picture, size_t index, double x, double y,
			   double limit);

/* Index behind the boxes from @first on that stand in one row with it. */
static size_t row_end(const struct picture *picture, size_t first, size_t end, double x,
		      double limit)
{
	bool leaf = is_leaf(picture, first);
	size_t next = first;

	while (next < end && is_leaf(picture, next) == leaf) {
		x += leaf ? picture->boxes[next].width : wanted_width(&picture->boxes[next]);
		if (next != first && x > limit)
			break;
		x += leaf ? BOX_GAP : BLOCK_GAP;
		next = picture->boxes[next].end;
	}
	return next;
}

/* Returns the corner of the row; @entry is the height at which the line to it leaves @trunk. */
static struct corner place_row(struct picture *picture, size_t first, size_t end, double trunk,
			       double x, double y, double limit, double *entry)
{
	bool alone = picture->boxes[first].end == end;
	double gap = is_leaf(picture, first) ? BOX_GAP : BLOCK_GAP;
	struct corner corner = { x, y };

	for (size_t i = first; i < end; i = picture->boxes[i].end) {
		const struct box *box = &picture->boxes[i];
		struct corner placed = place(picture, i, x, alone ? y : y + RAIL_HEIGHT,
					     fmin(limit, x + wanted_width(box)));

		corner.x = fmax(corner.x, placed.x);
		corner.y = fmax(corner.y, placed.y);
		x = placed.x + gap;
		if (alone) {
			*entry = draw_joint(box);
			add_segment(picture, trunk, *entry, box->x, *entry);
		} else {
			*entry = y;
			add_segment(picture, box->x + STUB_X, y, box->x + STUB_X, box->y);
			if (box->end == end)
				add_segment(picture, trunk, y, box->x + STUB_X, y);
		}
	}
	return corner;
}

static struct corner place(struct picture *picture, size_t index, double x, double y,
			   double limit)
{
	struct box *box = &picture->boxes[index];
	struct corner corner = { x + box->width, y + box->height };
	double left = corner.x + COLUMN_GAP, trunk = left - TRUNK_GAP;
	double top, bottom;

	box->x = x;
	box->y = y;
	if (is_leaf(picture, index))
		return corner;
	top = bottom = draw_joint(box);
	for (size_t next, i = index + 1; i < box->end; i = next) {
		struct corner row;
		double entry = y;

		next = row_end(picture, i, box->end, left, limit);
		row = place_row(picture, i, next, trunk, left, y, limit, &entry);
		top = fmin(top, entry);
		bottom = fmax(bottom, entry);
		y = row.y + BOX_GAP;
		corner.x = fmax(corner.x, row.x);
		corner.y = fmax(corner.y, row.y);
	}
	add_segment(picture, box->x + box->width, draw_joint(box), trunk, draw_joint(box));
	add_segment(picture, trunk, top, trunk, bottom);
	return corner;
}

/* Places all, with no row beyond @limit but where a single box needs it. */
static void place_all(struct picture *picture, double limit)
{
	double y = DRAW_MARGIN + TITLE_HEIGHT;

	picture->width = picture->height = 0;
	picture->segment_count = 0;
	for (size_t i = 0; i < picture->count; i = picture->boxes[i].end) {
		struct corner corner = place(picture, i, DRAW_MARGIN, y, limit);

		picture->width = fmax(picture->width, corner.x + DRAW_MARGIN);
		y = corner.y + BLOCK_GAP;
	}
	picture->height = y + FOOTER_HEIGHT;
}

void draw_layout(struct picture *picture)
{
	double least = 0, area = 0;

	align_widths(picture);
	sum_up(picture);
	for (size_t i = 0; i < picture->count; i = picture->boxes[i].end) {
		least = fmax(least, DRAW_MARGIN + picture->boxes[i].least_width);
		area += picture->boxes[i].area;
	}
	place_all(picture, fmax(least, sqrt(area * PAGE_RATIO)));
	/* now it is known how much stays empty between the boxes */
	place_all(picture, fmax(least, sqrt(picture->width * picture->height * PAGE_RATIO)));
}
