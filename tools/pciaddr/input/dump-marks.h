/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people put around a line of lspci's to point at it: Markdown's bold, bullets, arrows. */
#ifndef PCIADDR_INPUT_DUMP_MARKS_H
#define PCIADDR_INPUT_DUMP_MARKS_H

#include <stddef.h>

#include "pciaddr/input/textfile.h"

/* Takes the marks in front, behind which a line of lspci -v or the header of a function begins. */
void dump_strip_marks(struct line *line);

/* Takes the marks at the end of a line that is lspci's. */
void dump_strip_closing_marks(struct line *line);

/* Takes Markdown's "**", "~~" and pairs of "`" out of a text of lspci's; returns its length. */
size_t dump_drop_markdown(char *text, size_t length);

#endif
