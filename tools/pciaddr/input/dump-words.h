/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a line of lspci's text has: names, numbers, and signs behind the names of bits. */
#ifndef PCIADDR_INPUT_DUMP_WORDS_H
#define PCIADDR_INPUT_DUMP_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "pciaddr/input/textfile.h"

bool line_begins(const struct line *line, const char *prefix);

/* Where the text is in the line, or NULL. */
const char *line_find(const struct line *line, const char *text);

/* @count hexadecimal digits at @text, and no more; false when there are others. */
bool line_hex(const struct line *line, const char *text, unsigned int count,
	      unsigned int *value);

/* The decimal number behind @name, or -1. */
long line_number(const struct line *line, const char *name);

/* "I/O+ Mem-": the sign behind the name; false when the name is not there. */
bool line_sign(const struct line *line, const char *name, bool *set);

struct bit_name {
	const char *name;
	uint16_t bit;
};

/* The bits whose names are there with a plus. */
uint16_t line_bits(const struct line *line, const struct bit_name *names, size_t count);

#define LINE_BITS(line, names) line_bits(line, names, sizeof(names) / sizeof((names)[0]))

/* The last "[8086:7000]" of the line, or the first " 8086:7000" of lspci -n. */
bool line_ids(const struct line *line, unsigned int *vendor, unsigned int *device);

#endif
