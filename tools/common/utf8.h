/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOOLS_COMMON_UTF8_H
#define TOOLS_COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The length of the character at @text, of which @left bytes may be read (more than 0);
 * 0 when it is no UTF-8 (Unicode 15.0, table 3-7).
 */
size_t utf8_length(const char *text, size_t left);

/* Is all of it UTF-8? */
bool utf8_is_valid(const char *text, size_t length);

/* The code point of a character of @length bytes, as utf8_take() gives it. */
uint32_t utf8_code_point(const char *character, size_t length);

/*
 * Takes the next character off @text, of which @left bytes (more than 0) are left, and gives
 * it with its length: U+FFFD for each byte that is none.
 */
const char *utf8_take(const char **text, size_t *left, size_t *length);

/* Bytes that utf8_take() gives for each that it takes, at the most */
#define UTF8_GROWTH 3

/*
 * Does the character of @length bytes do something to a terminal?  C0 and C1 controls, and
 * those that change the direction of what follows (Unicode 15.0, 23.1 and 23.2).
 */
bool utf8_is_control(const char *character, size_t length);

#endif
