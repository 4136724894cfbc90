// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/draw.h"

#include <string.h>

struct fill {
	const char *group;
	const char *color;
};

/* Light, so that black text stays readable; told apart by hue and by the text itself. */
static const struct fill fills[] = {
	{ "Ethernet", "#dcecf8" }, { "network", "#dcecf8" }, { "wireless", "#dcecf8" },
	{ "storage", "#e6f2dc" }, { "NVMe", "#e6f2dc" }, { "SATA", "#e6f2dc" },
	{ "IDE", "#e6f2dc" }, { "display", "#efe3f5" }, { "multimedia", "#efe3f5" },
	{ "USB", "#fbeedb" }, { "SMBus", "#fbeedb" }, { "serial bus", "#fbeedb" },
	{ "host bridge", "#eeeeee" }, { "ISA bridge", "#eeeeee" }, { "bridge", "#eeeeee" },
};

static void escape(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			if ((unsigned char)*text >= ' ')
				fputc(*text, out);
		}
	}
}

static const char *box_color(const struct box *box)
{
	if (box->kind == BOX_BUS)
		return "#37474f";
	if (box->kind == BOX_BRIDGE)
		return "#d5dde2";
	for (unsigned int i = 0; box->group && i < sizeof(fills) / sizeof(fills[0]); i++)
		if (!strcmp(fills[i].group, box->group))
			return fills[i].color;
	return "#fdf7dc";
}

/* Lines meet a box at the height of its first line. */
static double joint(const struct box *box)
{
	return box->y + DRAW_PADDING + DRAW_LINE / 2;
}

static void draw_edge(FILE *out, const struct picture *picture, const struct box *box)
{
	const struct box *parent = &picture->boxes[box->parent];
	double begin = parent->x + parent->width;
	double middle = box->x - 22;

	if (parent == box)
		return;
	fprintf(out, "<path class=\"edge%s\" d=\"M%.1f %.1f H%.1f V%.1f H%.1f\"/>\n",
		box->failed ? " bad" : "", begin, joint(parent), middle, joint(box), box->x);
	if (box->edge) {
		fprintf(out, "<text class=\"bus\" x=\"%.1f\" y=\"%.1f\">", begin + 3,
			joint(parent) - 4);
		escape(out, box->edge);
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
		box->width, box->height, box_color(box));
	for (unsigned int i = 0; i < box->line_count; i++) {
		fprintf(out, "<text class=\"%s%s\" x=\"%.1f\" y=\"%.1f\" xml:space=\"preserve\">",
			classes[box->lines[i].style], box->kind == BOX_BUS ? " inverse" : "",
			box->x + DRAW_PADDING,
			box->y + DRAW_PADDING + (i + 1) * DRAW_LINE - 5);
		escape(out, box->lines[i].text);
		fputs("</text>\n", out);
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
	escape(out, picture->title);
	fputs("</text>\n", out);
	for (size_t i = 0; i < picture->count; i++)
		draw_edge(out, picture, &picture->boxes[i]);
	for (size_t i = 0; i < picture->count; i++)
		draw_box(out, &picture->boxes[i]);
	fprintf(out, "<text class=\"plain\" x=\"20\" y=\"%.1f\">", picture->height - 14);
	escape(out, picture->footer);
	fputs("</text>\n</svg>\n", out);
}

const struct draw_methods draw_svg = {
	.extension = "svg",
	.draw = draw_picture,
};
