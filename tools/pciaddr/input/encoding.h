/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in UTF-8, whatever of UTF-8 and UTF-16 a file is in, with a byte order mark or without. */
#ifndef PCIADDR_INPUT_ENCODING_H
#define PCIADDR_INPUT_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum encoding {
	ENCODING_UNKNOWN,	/* nothing was read yet */
	ENCODING_BYTES,		/* UTF-8, or anything whose ASCII characters are bytes */
	ENCODING_UTF16_LE,
	ENCODING_UTF16_BE,
};

/* NULL for what needs no mention, otherwise "UTF-16". */
const char *encoding_name(enum encoding encoding);

/* By the first bytes of the file; *@mark becomes the length of its byte order mark. */
enum encoding encoding_guess(const uint8_t *bytes, size_t length, size_t *mark);

/*
 * UTF-16 to UTF-8; half a character at the end is left for the next time, with the bytes that
 * follow, unless it is the @last.  Returns how many bytes were taken; *@out_length, in @out
 * with room for 3 bytes for each 2, how many came.
 */
size_t encoding_convert(enum encoding encoding, const uint8_t *bytes, size_t length, bool last,
			char *out, size_t *out_length);

#endif
