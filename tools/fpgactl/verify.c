// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/verify.h"

#include <stdio.h>
#include <string.h>

static void keep_first(struct mismatch *mismatch, uint64_t position, const uint8_t *expected,
		       const uint8_t *got, size_t left)
{
	mismatch->position = position;
	mismatch->context = left < MISMATCH_CONTEXT ? left : MISMATCH_CONTEXT;
	memcpy(mismatch->expected, expected, mismatch->context);
	memcpy(mismatch->got, got, mismatch->context);
}

bool verify_bytes(struct mismatch *mismatch, uint64_t position, const void *expected,
		  const void *got, size_t len)
{
	const uint8_t *want = expected, *have = got;

	if (!memcmp(want, have, len))
		return true;

	for (size_t i = 0; i < len; i++) {
		if (want[i] == have[i])
			continue;
		if (!mismatch->wrong++)
			keep_first(mismatch, position + i, want + i, have + i, len - i);
	}
	return false;
}

void fill_inverted(void *buffer, const void *expected, size_t len)
{
	const uint8_t *want = expected;
	uint8_t *out = buffer;

	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)~want[i];
}

static size_t put_hex(char *text, size_t size, const char *label, const uint8_t *bytes, size_t n)
{
	size_t at = (size_t)snprintf(text, size, "%s", label);

	for (size_t i = 0; i < n && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, " %02x", bytes[i]);
	return at < size ? at : size - 1;
}

void mismatch_format(const struct mismatch *mismatch, char *text, size_t size)
{
	size_t at = put_hex(text, size, "expected", mismatch->expected, mismatch->context);

	put_hex(text + at, size - at, ", got", mismatch->got, mismatch->context);
}
