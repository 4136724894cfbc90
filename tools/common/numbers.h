/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers as people write them on a command line or in a file.
 *
 * Every parser takes the whole string or refuses it: no leading blanks, no sign, nothing
 * after the number, nothing that does not fit.
 */
#ifndef TOOLS_COMMON_NUMBERS_H
#define TOOLS_COMMON_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Both ends belong to the range; first <= last. */
struct range {
	uint64_t first;
	uint64_t last;
};

/* Value of a hexadecimal digit, or -1.  Large files consist of little else: a table is fast. */
extern const int8_t hex_digit_values[256];	/* plus 1 */

static inline int hex_digit(char c)
{
	return hex_digit_values[(uint8_t)c] - 1;
}

/* Of two digits, or -1 */
static inline int hex_byte(const char *text)
{
	int high = hex_digit(text[0]), low = hex_digit(text[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Decimal, or hexadecimal with 0x. */
bool parse_u64(const char *text, uint64_t *value);

/* As parse_u64(), and at most @max. */
bool parse_u64_max(const char *text, uint64_t max, uint64_t *value);

/* Hexadecimal with or without 0x, @length characters (not NUL-terminated). */
bool parse_hex(const char *text, size_t length, uint64_t *value);

/* "0x2000-0x27ff" (both ends included), or "0x2000+0x800" (first and size). */
bool parse_range(const char *text, struct range *range);

/* Why parse_range() does not take @text. */
const char *range_error(const char *text);

/* A number with an optional K, M, G or T (also KiB, MiB, ...; powers of 1024); not 0. */
bool parse_size(const char *text, uint64_t *size);

/*
 * The size as a reader likes it: "2 KiB", "16 MiB", "100 bytes"; a binary unit is only used
 * when it is exact.  Returns @buffer.
 */
#define SIZE_TEXT_MAX 32
const char *size_text(uint64_t size, char buffer[SIZE_TEXT_MAX]);

/* Bytes in the range; 0 stands for 2^64. */
static inline uint64_t range_size(struct range range)
{
	return range.last - range.first + 1;
}

static inline bool range_overlaps(struct range a, struct range b)
{
	return a.first <= b.last && b.first <= a.last;
}

/* Is the whole of @inner in @outer? */
static inline bool range_contains(struct range outer, struct range inner)
{
	return outer.first <= inner.first && inner.last <= outer.last;
}

static inline bool range_equal(struct range a, struct range b)
{
	return a.first == b.first && a.last == b.last;
}

/* For sorting: the lower first, and of those that begin together the outer before the inner */
static inline int range_compare(struct range a, struct range b)
{
	if (a.first != b.first)
		return a.first < b.first ? -1 : 1;
	return a.last == b.last ? 0 : a.last > b.last ? -1 : 1;
}

#endif
