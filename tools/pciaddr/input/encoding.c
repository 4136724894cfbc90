// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/encoding.h"

/* Enough of a file to see which half of its pairs of bytes is 0 */
#define GUESS_PAIRS 32

const char *encoding_name(enum encoding encoding)
{
	return encoding == ENCODING_UTF16_LE || encoding == ENCODING_UTF16_BE ? "UTF-16" : NULL;
}

enum encoding encoding_guess(const uint8_t *bytes, size_t length, size_t *mark)
{
	size_t low_zeroes = 0, high_zeroes = 0, pairs = length / 2;

	*mark = 0;
	if (length >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf) {
		*mark = 3;
		return ENCODING_BYTES;
	}
	if (length >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe) {
		*mark = 2;
		return ENCODING_UTF16_LE;
	}
	if (length >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff) {
		*mark = 2;
		return ENCODING_UTF16_BE;
	}
	if (pairs > GUESS_PAIRS)
		pairs = GUESS_PAIRS;
	/* lspci's text is ASCII at its beginning, so that one half of each pair is 0 */
	for (size_t i = 0; i < pairs; i++) {
		low_zeroes += !bytes[2 * i];
		high_zeroes += !bytes[2 * i + 1];
	}
	if (pairs >= 4 && !low_zeroes && high_zeroes == pairs)
		return ENCODING_UTF16_LE;
	if (pairs >= 4 && !high_zeroes && low_zeroes == pairs)
		return ENCODING_UTF16_BE;
	return ENCODING_BYTES;
}

static uint32_t unit_at(enum encoding encoding, const uint8_t *bytes)
{
	return encoding == ENCODING_UTF16_LE ? bytes[0] | (uint32_t)bytes[1] << 8 :
		bytes[1] | (uint32_t)bytes[0] << 8;
}

static size_t put_utf8(char *out, uint32_t code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

size_t encoding_convert(enum encoding encoding, const uint8_t *bytes, size_t length, bool last,
			char *out, size_t *out_length)
{
	size_t taken = 0, put = 0;

	while (length - taken >= 2) {
		uint32_t code = unit_at(encoding, bytes + taken);
		size_t size = 2;

		if (code >= 0xd800 && code < 0xdc00) {
			uint32_t low;

			if (length - taken < 4) {
				if (!last)
					break;
				low = 0;
			} else {
				low = unit_at(encoding, bytes + taken + 2);
			}
			if (low >= 0xdc00 && low < 0xe000) {
				code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
				size = 4;
			} else {
				code = 0xfffd;
			}
		} else if (code >= 0xdc00 && code < 0xe000) {
			code = 0xfffd;
		}
		put += put_utf8(out + put, code);
		taken += size;
	}
	*out_length = put;
	return last ? length : taken;
}
