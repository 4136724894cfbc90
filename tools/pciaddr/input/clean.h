/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text as it was before mail programs, web pages and terminals had it: blanks for no-break
 * spaces, characters for HTML's entities, nothing for its tags and for a terminal's colours.
 */
#ifndef PCIADDR_INPUT_CLEAN_H
#define PCIADDR_INPUT_CLEAN_H

#include <stdbool.h>
#include <stddef.h>

/* Does it look like a part of a web page? */
bool text_has_tags(const char *text, size_t length);

/* Cleans whole lines where they are, of @tags as well; returns how long they are then. */
size_t clean_text(char *text, size_t length, bool tags);

#endif
