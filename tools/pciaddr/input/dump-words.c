// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/dump-words.h"

#include <string.h>

#include "common/numbers.h"

bool line_begins(const struct line *line, const char *prefix)
{
	size_t length = strlen(prefix);

	return line->length >= length && !memcmp(line->text, prefix, length);
}

const char *line_find(const struct line *line, const char *text)
{
	const char *at = line->text, *end = line->text + line->length;
	size_t length = strlen(text);

	/* lines are short: memmem() takes longer to prepare than this to search */
	while ((at = memchr(at, text[0], (size_t)(end - at)))) {
		if ((size_t)(end - at) < length)
			return NULL;
		if (!memcmp(at, text, length))
			return at;
		at++;
	}
	return NULL;
}

/* @count hexadecimal digits at @text, and no more; false when there are others. */
bool line_hex(const struct line *line, const char *text, unsigned int count,
	      unsigned int *value)
{
	const char *end = line->text + line->length;

	*value = 0;
	if (end - text < (ptrdiff_t)count)
		return false;
	for (unsigned int i = 0; i < count; i++) {
		int digit = hex_digit(text[i]);

		if (digit < 0)
			return false;
		*value = *value << 4 | (unsigned int)digit;
	}
	return text + count == end || hex_digit(text[count]) < 0;
}

/* The decimal number behind @name, or -1. */
long line_number(const struct line *line, const char *name)
{
	const char *text = line_find(line, name), *end = line->text + line->length;
	long value = 0;
	unsigned int digits = 0;

	if (!text)
		return -1;
	for (text += strlen(name); text < end && *text >= '0' && *text <= '9'; text++) {
		value = value * 10 + (*text - '0');
		if (++digits > 6)
			return -1;
	}
	return digits ? value : -1;
}

/* "I/O+ Mem-": the sign behind the name; false when the name is not there. */
bool line_sign(const struct line *line, const char *name, bool *set)
{
	const char *text = line_find(line, name), *end = line->text + line->length;

	if (!text || text + strlen(name) >= end)
		return false;
	text += strlen(name);
	if (*text != '+' && *text != '-')
		return false;
	*set = *text == '+';
	return true;
}

/* The words come in the order of the names, so that one pass finds them all. */
uint16_t line_bits(const struct line *line, const struct bit_name *names, size_t count)
{
	const char *text = line->text, *end = line->text + line->length;
	uint16_t value = 0;
	size_t next = 0;

	while (text < end) {
		size_t length = 0;

		while (text + length < end && text[length] != ' ' && text[length] != '\t')
			length++;
		for (size_t i = next; length > 1 && i < count; i++) {
			if (strlen(names[i].name) != length - 1 ||
			    memcmp(names[i].name, text, length - 1))
				continue;
			if (text[length - 1] == '+')
				value |= names[i].bit;
			next = i + 1;
			break;
		}
		text += length + 1;
	}
	return value;
}

/* The last "[8086:7000]" of the line, or " 8086:7000" of lspci -n. */
bool line_ids(const struct line *line, unsigned int *vendor, unsigned int *device)
{
	bool found = false;

	for (size_t i = 0; i + 10 <= line->length; i++) {
		const char *text = line->text + i;
		unsigned int first, second;
		bool bracketed = text[0] == '[';

		if ((!bracketed && (text[0] != ' ' || found)) || text[5] != ':' ||
		    !line_hex(line, text + 1, 4, &first) ||
		    !line_hex(line, text + 6, 4, &second))
			continue;
		if (i + 10 < line->length ? text[10] == (bracketed ? ']' : ' ') : !bracketed) {
			*vendor = first;
			*device = second;
			found = true;
			i += 9;
		}
	}
	return found;
}
