// SPDX-License-Identifier: GPL-2.0-or-later
/* For Graphviz, which makes a layout of its own. */
#include "pciaddr/draw.h"

static void escape(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		if ((unsigned char)*text >= ' ')
			fputc(*text, out);
	}
}

static void draw_box(FILE *out, const struct box *box, size_t index)
{
	static const char *const styles[] = {
		[BOX_BUS] = "fillcolor=\"#37474f\", fontcolor=\"#ffffff\"",
		[BOX_BRIDGE] = "fillcolor=\"#d5dde2\"",
		[BOX_DEVICE] = "fillcolor=\"#fdf7dc\"",
	};

	fprintf(out, "\tn%zu [%s%s, label=\"", index, styles[box->kind],
		box->failed ? ", color=\"#b71c1c\", penwidth=2.5" : "");
	for (unsigned int i = 0; i < box->line_count; i++) {
		escape(out, box->lines[i].text);
		fputs("\\l", out);
	}
	fputs("\"];\n", out);
}

static void draw_picture(FILE *out, const struct picture *picture)
{
	fputs("digraph pci {\n\tlabel=\"PCI topology of ", out);
	escape(out, picture->title);
	fputs("\\n", out);
	escape(out, picture->footer);
	fputs("\";\n"
	      "\trankdir=LR;\n"
	      "\tnode [shape=box, style=\"filled,rounded\", fontname=\"DejaVu Sans Mono\", "
	      "fontsize=10];\n"
	      "\tedge [arrowhead=none, fontname=\"DejaVu Sans Mono\", fontsize=9];\n", out);
	for (size_t i = 0; i < picture->count; i++) {
		const struct box *box = &picture->boxes[i];

		draw_box(out, box, i);
		if (box->parent == i)
			continue;
		fprintf(out, "\tn%zu -> n%zu", box->parent, i);
		if (box->edge) {
			fputs(" [label=\"", out);
			escape(out, box->edge);
			fputs("\"]", out);
		}
		fputs(";\n", out);
	}
	fputs("}\n", out);
}

const struct draw_methods draw_dot = {
	.extension = "dot",
	.draw = draw_picture,
};
