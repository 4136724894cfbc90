/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A picture of the topology, in two passes: the layout measures and places boxes, then the
 * methods of one format draw them.
 */
#ifndef PCIADDR_DRAW_H
#define PCIADDR_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum line_style { LINE_TITLE, LINE_PLAIN, LINE_ADDRESS, LINE_FAILURE };

struct box_line {
	const char *text;
	enum line_style style;
};

enum box_kind { BOX_BUS, BOX_BRIDGE, BOX_DEVICE };

struct box {
	enum box_kind kind;
	bool failed;
	const char *group;	/* what it is filled after: a class of devices */
	struct box_line *lines;
	unsigned int line_count;
	unsigned int column;	/* distance from the root bus */
	size_t parent;		/* index of the box that it hangs on; its own: none */
	const char *edge;	/* what is written at the line to its parent, or NULL */
	double x, y, width, height;
};

struct picture {
	const char *title;
	const char *footer;
	struct box *boxes;
	size_t count;
	size_t capacity;
	double width, height;
};

struct draw_methods {
	const char *extension;
	void (*draw)(FILE *out, const struct picture *picture);
};

/* Measures, in the user units (pixels) of SVG. */
#define DRAW_FONT_SIZE 12.0
#define DRAW_CHARACTER 7.23	/* advance of DejaVu Sans Mono at that size */
#define DRAW_LINE 16.0
#define DRAW_PADDING 8.0

extern const struct draw_methods draw_svg, draw_dot;

#endif
