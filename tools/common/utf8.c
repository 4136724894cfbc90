// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/utf8.h"

size_t utf8_length(const char *text, size_t left)
{
	const uint8_t *c = (const uint8_t *)text;
	size_t length = c[0] < 0x80 ? 1 : c[0] >= 0xc2 && c[0] < 0xe0 ? 2 :
		(c[0] & 0xf0) == 0xe0 ? 3 : c[0] >= 0xf0 && c[0] < 0xf5 ? 4 : 0;

	if (length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	/* overlong forms, surrogates, above the last plane */
	if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] >= 0xa0) ||
	    (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] >= 0x90))
		return 0;
	return length;
}

bool utf8_is_valid(const char *text, size_t left)
{
	size_t length = 1;

	for (; left && length; text += length, left -= length)
		length = utf8_length(text, left);
	return length;
}

uint32_t utf8_code_point(const char *character, size_t length)
{
	/* of the first byte, what does not say how many there are */
	uint32_t code = (uint8_t)character[0] & (length == 1 ? 0x7fu : 0xffu >> (length + 1));

	for (size_t i = 1; i < length; i++)
		code = code << 6 | ((uint8_t)character[i] & 0x3fu);
	return code;
}

const char *utf8_take(const char **text, size_t *left, size_t *length)
{
	static const char replacement[UTF8_GROWTH + 1] = "\xef\xbf\xbd";	/* U+FFFD */
	const char *character = *text;
	size_t taken = utf8_length(character, *left);

	*length = taken ? taken : UTF8_GROWTH;
	if (!taken) {
		character = replacement;
		taken = 1;
	}
	*text += taken;
	*left -= taken;
	return character;
}

bool utf8_is_control(const char *character, size_t length)
{
	const uint8_t *c = (const uint8_t *)character;

	if (length == 1)
		return c[0] < ' ' || c[0] == 0x7f;
	if (length == 2)
		return c[0] == 0xc2 && c[1] < 0xa0;
	return length == 3 && c[0] == 0xe2 &&
		((c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f ||
				   (c[2] >= 0xa8 && c[2] <= 0xae))) ||
		 (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
}
