/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A picture of the topology, made in steps: what stands in the boxes and how big they are
 * (draw-boxes.c), where they and the lines between them go (draw-layout.c), and one table of
 * functions for each format that draws it.
 */
#ifndef PCIADDR_VIEW_DRAW_H
#define PCIADDR_VIEW_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "pciaddr/check/results.h"
#include "pciaddr/model/machine.h"
#include "pciaddr/model/names.h"

enum line_style { LINE_TITLE, LINE_PLAIN, LINE_ADDRESS, LINE_FAILURE };

struct box_line {
	const char *text;
	enum line_style style;
};

/* What a box is filled for. */
enum fill {
	FILL_BUS,
	FILL_BRIDGE,
	FILL_HOST,
	FILL_NETWORK,
	FILL_STORAGE,
	FILL_DISPLAY,
	FILL_SERIAL,
	FILL_OTHER,
	FILLS
};

struct box {
	enum fill fill;
	bool failed;
	struct box_line *lines;
	unsigned int line_count;
	unsigned int depth;	/* bridges above it, the root bus counted */
	size_t parent;		/* index of the box that it hangs on; its own: none */
	size_t end;		/* index behind the last box below it */
	const char *edge;	/* what is written at the line to the boxes below, or NULL */
	double x, y, width, height;
	double least_width;	/* with what is below it, each bus being one column */
	double area;		/* with what is below it */
};

/* Horizontal or vertical. */
struct segment {
	double x1, y1, x2, y2;
};

struct picture {
	const char *title;
	const char *footer;
	/* depth first: what is below a box follows it */
	struct box *boxes;
	size_t count;
	size_t capacity;
	struct segment *segments;
	size_t segment_count;
	size_t segment_capacity;
	double width, height;
};

struct draw_methods {
	const char *extension;
	bool needs_layout;
	void (*draw)(FILE *out, const struct picture *picture);
};

/* Measures, in the user units (pixels) of SVG. */
#define DRAW_FONT_SIZE 12.0
#define DRAW_CHARACTER 7.23	/* advance of DejaVu Sans Mono at that size */
#define DRAW_LINE 16.0
#define DRAW_PADDING 8.0
#define DRAW_MARGIN 20.0

/* Texts of the boxes live in the arena of @results. */
void draw_boxes(struct picture *picture, const struct machine *machine,
		struct results *results, struct names *names);

void draw_layout(struct picture *picture);

void draw_free(struct picture *picture);

/* Where lines meet a box from the side: at the height of its first line of text. */
double draw_joint(const struct box *box);

/* "#rrggbb" */
const char *draw_fill_color(enum fill fill);

/* What the legend calls it; NULL: it needs none. */
const char *draw_fill_name(enum fill fill);

extern const struct draw_methods draw_svg, draw_dot;

#endif
