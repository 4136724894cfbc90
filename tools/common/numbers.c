// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/numbers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const int8_t hex_digit_values[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8,
	['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15,
	['f'] = 16, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

static bool has_hex_prefix(const char *text, size_t length)
{
	return length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

static bool parse_digits(const char *text, size_t length, unsigned int base, uint64_t *value)
{
	uint64_t result = 0;

	if (!length)
		return false;
	for (size_t i = 0; i < length; i++) {
		/* what is no digit is above every base */
		unsigned int digit = (unsigned int)hex_digit(text[i]);

		if (digit >= base || result > (UINT64_MAX - digit) / base)
			return false;
		result = result * base + digit;
	}
	*value = result;
	return true;
}

static bool parse_u64_part(const char *text, size_t length, uint64_t *value)
{
	if (has_hex_prefix(text, length))
		return parse_digits(text + 2, length - 2, 16, value);
	return parse_digits(text, length, 10, value);
}

bool parse_u64(const char *text, uint64_t *value)
{
	return parse_u64_part(text, strlen(text), value);
}

bool parse_u64_max(const char *text, uint64_t max, uint64_t *value)
{
	uint64_t result;

	if (!parse_u64(text, &result) || result > max)
		return false;
	*value = result;
	return true;
}

bool parse_hex(const char *text, size_t length, uint64_t *value)
{
	if (has_hex_prefix(text, length))
		return parse_digits(text + 2, length - 2, 16, value);
	return parse_digits(text, length, 16, value);
}

/* Returns what is wrong, NULL if nothing is. */
static const char *read_range(const char *text, struct range *range)
{
	size_t length = strcspn(text, "-+");
	uint64_t first, second;

	if (!text[length] || !parse_u64_part(text, length, &first) ||
	    !parse_u64(text + length + 1, &second))
		return "a range is FIRST-LAST or FIRST+SIZE, for example 0x2000-0x27ff";
	if (text[length] == '+') {
		if (!second)
			return "the range is empty: its size is 0";
		if (first > UINT64_MAX - (second - 1))
			return "the range ends above 64 bits";
		second = first + second - 1;
	}
	if (second < first)
		return "the range ends before it begins";
	range->first = first;
	range->last = second;
	return NULL;
}

bool parse_range(const char *text, struct range *range)
{
	return !read_range(text, range);
}

const char *range_error(const char *text)
{
	struct range range;

	return read_range(text, &range);
}

bool parse_size(const char *text, uint64_t *size)
{
	static const char units[] = "KMGT";
	size_t length = strcspn(text, units);
	unsigned int shift = 0;
	uint64_t number;

	if (text[length]) {
		const char *unit = strchr(units, text[length]);
		const char *rest = text + length + 1;

		if (*rest && strcmp(rest, "iB") && strcmp(rest, "B"))
			return false;
		shift = 10 * (unsigned int)(unit - units + 1);
	}
	if (!parse_u64_part(text, length, &number) || !number || number > UINT64_MAX >> shift)
		return false;
	*size = number << shift;
	return true;
}

const char *size_text(uint64_t size, char buffer[SIZE_TEXT_MAX])
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int unit = 0;

	if (!size) {
		snprintf(buffer, SIZE_TEXT_MAX, "16 EiB");
		return buffer;
	}
	while (!(size & 1023) && unit + 1 < sizeof(units) / sizeof(units[0])) {
		size >>= 10;
		unit++;
	}
	snprintf(buffer, SIZE_TEXT_MAX, "%" PRIu64 " %s", size,
		 size == 1 && !unit ? "byte" : units[unit]);
	return buffer;
}
