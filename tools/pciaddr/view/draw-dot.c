// SPDX-License-Identifier: GPL-2.0-or-later
/* For Graphviz, which makes a layout of its own. */
#include "pciaddr/view/draw.h"

#include <stdint.h>

#include "common/markup.h"

/* So many devices side by side on a bus become one table: Graphviz would pile them up. */
#define TABLE_MIN 4

static void put_lines(FILE *out, const struct box *box)
{
	static const char *const styles[][2] = {
		[LINE_TITLE] = { "<B>", "</B>" },
		[LINE_PLAIN] = { "", "" },
		[LINE_ADDRESS] = { "", "" },
		[LINE_FAILURE] = { "<FONT COLOR=\"#b71c1c\"><B>", "</B></FONT>" },
	};

	for (unsigned int i = 0; i < box->line_count; i++) {
		fputs(styles[box->lines[i].style][0], out);
		markup_text(out, box->lines[i].text);
		fprintf(out, "%s<BR ALIGN=\"LEFT\"/>", styles[box->lines[i].style][1]);
	}
}

static void put_node(FILE *out, const struct picture *picture, size_t index)
{
	const struct box *box = &picture->boxes[index];

	fprintf(out, "\tn%zu [fillcolor=\"%s\"%s%s, label=<", index, draw_fill_color(box->fill),
		box->fill == FILL_BUS ? ", fontcolor=\"#ffffff\"" : "",
		box->failed ? ", color=\"#b71c1c\", penwidth=2.5" : "");
	put_lines(out, box);
	fputs(">];\n", out);
}

static void put_table(FILE *out, const struct picture *picture, size_t first, size_t end)
{
	size_t columns = 1;

	/* a box is about three times as wide as it is high */
	while (columns * columns * 3 < end - first)
		columns++;
	fprintf(out, "\tn%zu [shape=plain, style=\"\", label=<"
		"<TABLE BORDER=\"1\" CELLBORDER=\"1\" COLOR=\"#78909c\" CELLSPACING=\"6\" "
		"CELLPADDING=\"5\">", first);
	for (size_t i = first; i < end; i++) {
		const struct box *box = &picture->boxes[i];

		fprintf(out,
			"%s\n\t\t<TD ALIGN=\"LEFT\" VALIGN=\"TOP\" BALIGN=\"LEFT\" BGCOLOR=\"%s\"%s>",
			
			(i - first) % columns ? "" : i == first ? "<TR>" : "</TR>\n\t\t<TR>",
			draw_fill_color(box->fill),
			box->failed ? " COLOR=\"#b71c1c\" BORDER=\"3\"" : "");
		put_lines(out, box);
		fputs("</TD>", out);
	}
	fputs("</TR></TABLE>>];\n", out);
}

/* Index behind the devices from @first on that have the same parent, and nothing below them. */
static size_t run_end(const struct picture *picture, size_t first)
{
	size_t end = first;

	while (end < picture->count && picture->boxes[end].end == end + 1 &&
	       picture->boxes[end].parent == picture->boxes[first].parent)
		end++;
	return end;
}

static void put_edge(FILE *out, const struct picture *picture, size_t index)
{
	const struct box *parent = &picture->boxes[picture->boxes[index].parent];

	fprintf(out, "\tn%zu -> n%zu", picture->boxes[index].parent, index);
	if (parent->edge && parent + 1 == &picture->boxes[index]) {
		fputs(" [label=\"", out);
		markup_text(out, parent->edge);
		fputs("\"]", out);
	}
	fputs(";\n", out);
}

/* Graphviz orders what has nothing to do with each other as it likes, if it is not told. */
static void put_root_order(FILE *out, const struct picture *picture)
{
	size_t last = SIZE_MAX;

	fputs("\t{ rank=same; edge [style=invis];", out);
	for (size_t i = 0; i < picture->count; i = picture->boxes[i].end) {
		if (last != SIZE_MAX)
			fprintf(out, " n%zu -> n%zu;", last, i);
		last = i;
	}
	fputs(" }\n", out);
}

static void draw_picture(FILE *out, const struct picture *picture)
{
	fputs("digraph pci {\n\tlabel=<<B>PCI topology of ", out);
	markup_text(out, picture->title);
	fputs("</B><BR ALIGN=\"LEFT\"/>", out);
	markup_text(out, picture->footer);
	fputs("<BR ALIGN=\"LEFT\"/>>;\n"
	      "\tlabelloc=t; labeljust=l; rankdir=LR; ordering=out;\n"
	      "\tfontname=\"DejaVu Sans Mono\"; fontsize=12;\n"
	      "\tnode [shape=box, style=\"filled,rounded\", fontname=\"DejaVu Sans Mono\", "
	      "fontsize=10, color=\"#78909c\"];\n"
	      "\tedge [arrowhead=none, color=\"#78909c\", fontname=\"DejaVu Sans Mono\", fontsize=9];\n", out);
	for (size_t i = 0; i < picture->count;) {
		size_t end = run_end(picture, i);

		if (end < i + TABLE_MIN) {
			end = i + 1;
			put_node(out, picture, i);
		} else {
			put_table(out, picture, i, end);
		}
		if (picture->boxes[i].parent != i)
			put_edge(out, picture, i);
		i = end;
	}
	put_root_order(out, picture);
	fputs("}\n", out);
}

const struct draw_methods draw_dot = {
	.extension = "dot",
	.draw = draw_picture,
};
