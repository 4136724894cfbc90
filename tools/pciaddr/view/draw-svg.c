// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/view/draw.h"

#include <string.h>

#include "common/markup.h"

static void draw_lines(FILE *out, const struct picture *picture)
{
	fputs("<path class=\"edge\" d=\"", out);
	for (size_t i = 0; i < picture->segment_count; i++) {
		const struct segment *segment = &picture->segments[i];

		fprintf(out, "M%.1f %.1f%c%.1f", segment->x1, segment->y1,
			segment->y1 == segment->y2 ? 'H' : 'V',
			segment->y1 == segment->y2 ? segment->x2 : segment->y2);
	}
	fputs("\"/>\n", out);
	for (size_t i = 0; i < picture->count; i++) {
		const struct box *box = &picture->boxes[i];

		if (!box->edge)
			continue;
		fprintf(out, "<text class=\"bus\" x=\"%.1f\" y=\"%.1f\">", box->x + box->width + 3,
			draw_joint(box) - 4);
		markup_text(out, box->edge);
		fputs("</text>\n", out);
	}
}

static void draw_box(FILE *out, const struct box *box)
{
	static const char *const classes[] = {
		[LINE_TITLE] = "title", [LINE_PLAIN] = "plain", [LINE_ADDRESS] = "address",
		[LINE_FAILURE] = "failure",
	};

	fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
		"rx=\"4\" fill=\"%s\"/>\n", box->failed ? "box bad" : "box", box->x, box->y,
		box->width, box->height, draw_fill_color(box->fill));
	for (unsigned int i = 0; i < box->line_count; i++) {
		fprintf(out, "<text class=\"%s%s\" x=\"%.1f\" y=\"%.1f\" xml:space=\"preserve\">",
			classes[box->lines[i].style], box->fill == FILL_BUS ? " inverse" : "",
			box->x + DRAW_PADDING,
			box->y + DRAW_PADDING + (i + 1) * DRAW_LINE - 5);
		markup_text(out, box->lines[i].text);
		fputs("</text>\n", out);
	}
}

/* What the fills stand for that the picture has, and the numbers. */
static void draw_footer(FILE *out, const struct picture *picture)
{
	double x = DRAW_MARGIN, y = picture->height - 14;
	bool used[FILLS] = { false };

	for (size_t i = 0; i < picture->count; i++)
		used[picture->boxes[i].fill] = true;
	fprintf(out, "<text class=\"plain\" x=\"%.1f\" y=\"%.1f\">", x, y);
	markup_text(out, picture->footer);
	fputs("</text>\n", out);
	y -= DRAW_LINE + 6;
	for (enum fill fill = 0; fill < FILLS; fill++) {
		if (!used[fill] || !draw_fill_name(fill))
			continue;
		fprintf(out,
			"<rect class=\"box\" x=\"%.1f\" y=\"%.1f\" width=\"12\" height=\"12\" "
			"fill=\"%s\"/>\n<text class=\"plain\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", x,
			y - 10, draw_fill_color(fill), x + 18, y, draw_fill_name(fill));
		x += 18 + strlen(draw_fill_name(fill)) * DRAW_CHARACTER + 18;
	}
}

static void draw_picture(FILE *out, const struct picture *picture)
{
	double width = picture->width < 480 ? 480 : picture->width;

	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
		"viewBox=\"0 0 %.0f %.0f\">\n"
		"<style>\n"
		"text { font: %.0fpx 'DejaVu Sans Mono', monospace; fill: #212121 }\n"
		".heading { font-size: 16px; font-weight: bold }\n"
		".title { font-weight: bold }\n"
		".plain { fill: #37474f }\n"
		".failure { fill: #b71c1c; font-weight: bold }\n"
		".bus { font-size: 10px; fill: #546e7a }\n"
		".inverse { fill: #ffffff }\n"
		".box { stroke: #78909c }\n"
		".box.bad { stroke: #b71c1c; stroke-width: 2.5 }\n"
		".edge { stroke: #78909c; fill: none; stroke-width: 1.5 }\n"
		"</style>\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
		width, picture->height, width, picture->height, DRAW_FONT_SIZE);
	fputs("<text class=\"heading\" x=\"20\" y=\"34\">PCI topology of ", out);
	markup_text(out, picture->title);
	fputs("</text>\n", out);
	draw_lines(out, picture);
	for (size_t i = 0; i < picture->count; i++)
		draw_box(out, &picture->boxes[i]);
	draw_footer(out, picture);
	fputs("</svg>\n", out);
}

const struct draw_methods draw_svg = {
	.extension = "svg",
	.needs_layout = true,
	.draw = draw_picture,
};
