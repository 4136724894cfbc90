/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test data. Every byte follows from its position in card memory alone, so that
 * any part of it can be made, or checked, without the rest; and data that landed
 * at a wrong address is seen.
 */
#ifndef FPGACTL_PATTERN_H
#define FPGACTL_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_BYTES_MAX	64

enum pattern_kind {
	PATTERN_RANDOM,		/* pseudo-random, from a seed */
	PATTERN_COUNTER,	/* each 64-bit word holds its own position */
	PATTERN_WALKING,	/* one bit wanders through each 64-bit word */
	PATTERN_BYTES,		/* the same few bytes again and again */
};

struct pattern {
	enum pattern_kind kind;
	uint64_t seed;		/* of PATTERN_RANDOM */
	bool seeded;		/* the seed was given, not drawn */
	uint8_t bytes[PATTERN_BYTES_MAX];
	size_t nbytes;
};

/* The names that pattern_parse() takes, for messages */
#define PATTERN_NAMES	"random[:SEED], counter, walking, zeros, ones, or hexadecimal bytes"

/**
 * pattern_parse - read the description of a pattern
 * @pattern: result; of "random" without a seed, @seeded is false and @seed is 0
 * @text: PATTERN_NAMES
 *
 * Return: false if @text is none of these.
 */
bool pattern_parse(struct pattern *pattern, const char *text);

/**
 * pattern_format - the description from which pattern_parse() makes the same
 * @pattern: what to describe
 * @text: result
 * @size: of @text, at least PATTERN_TEXT_SIZE
 */
#define PATTERN_TEXT_SIZE	(2 * PATTERN_BYTES_MAX + 3)
void pattern_format(const struct pattern *pattern, char *text, size_t size);

/**
 * pattern_fill - make the data of one stretch of card memory
 * @pattern: which data
 * @position: of the first byte in card memory [bytes], any alignment
 * @buffer: result
 * @len: bytes
 */
void pattern_fill(const struct pattern *pattern, uint64_t position, void *buffer, size_t len);

#endif
