/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text inside XML, and inside the labels that Graphviz reads as it reads HTML. */
#ifndef TOOLS_COMMON_MARKUP_H
#define TOOLS_COMMON_MARKUP_H

#include <stdio.h>

/* What stands for @c in text and in attributes; NULL when it stands for itself. */
const char *markup_entity(char c);

/*
 * Writes @text without its control characters, which XML 1.0 has no way to write; what is not
 * UTF-8 becomes U+FFFD.
 */
void markup_text(FILE *out, const char *text);

#endif
