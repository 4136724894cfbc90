/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts that fit the terminal.  What does not go to a terminal is not broken into lines, so
 * that grep and awk find it whole.
 */
#ifndef TOOLS_COMMON_WRAP_H
#define TOOLS_COMMON_WRAP_H

#include <stddef.h>
#include <stdio.h>

/* Columns of the terminal behind @fd; 0 when it is no terminal. */
unsigned int terminal_columns(int fd);

/* Columns that @length bytes of UTF-8 take up, if no character is a wide one. */
unsigned int text_columns(const char *text, size_t length);

/*
 * Prints @length bytes that came from elsewhere, so that they do nothing to a terminal: a
 * control character becomes '?', a tab or line feed a blank, what is not UTF-8 U+FFFD.
 */
void print_printable(FILE *out, const char *text, size_t length);

/* Prints @text so in double quotes, with a backslash before each quote and backslash in it. */
void print_quoted(FILE *out, const char *text);

/*
 * Prints @text as print_printable() does, beginning in @column (from 0), broken at blanks so that the last column of
 * @columns stays free; lines go on in column @hang.  With @columns 0 nothing is broken.
 * Returns the column behind the text.
 */
unsigned int print_wrapped(FILE *out, unsigned int columns, unsigned int column,
			   unsigned int hang, const char *text);

#endif
