// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/pattern.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/numbers.h"

/* The output function of SplitMix64 (Steele, Lea, Flood 2014): a bijection that mixes well. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static uint64_t word_at(const struct pattern *pattern, uint64_t index)
{
	switch (pattern->kind) {
	case PATTERN_RANDOM:
		return mix(pattern->seed + (index + 1) * 0x9e3779b97f4a7c15);
	case PATTERN_WALKING:
		return UINT64_C(1) << (index % 64);
	default:
		return index * 8;
	}
}

static void put_le64(uint8_t *p, uint64_t word)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(word >> (8 * i));
}

void pattern_fill(const struct pattern *pattern, uint64_t position, void *buffer, size_t len)
{
	uint8_t *out = buffer;

	if (pattern->kind == PATTERN_BYTES) {
		for (size_t i = 0; i < len; i++)
			out[i] = pattern->bytes[(position + i) % pattern->nbytes];
		return;
	}

	while (len) {
		size_t skip = position % 8;
		size_t n = len < 8 - skip ? len : 8 - skip;
		uint8_t word[8];

		put_le64(word, word_at(pattern, position / 8));
		memcpy(out, word + skip, n);
		out += n;
		position += n;
		len -= n;
	}
}

static bool parse_bytes(struct pattern *pattern, const char *text)
{
	size_t digits;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	digits = strlen(text);
	if (!digits || digits % 2 || digits / 2 > PATTERN_BYTES_MAX)
		return false;

	pattern->kind = PATTERN_BYTES;
	pattern->nbytes = digits / 2;
	for (size_t i = 0; i < pattern->nbytes; i++) {
		uint64_t byte;

		if (!parse_hex(text + 2 * i, 2, &byte))
			return false;
		pattern->bytes[i] = (uint8_t)byte;
	}
	return true;
}

bool pattern_parse(struct pattern *pattern, const char *text)
{
	*pattern = (struct pattern){ .kind = PATTERN_RANDOM };

	if (!strcmp(text, "random"))
		return true;
	if (!strncmp(text, "random:", 7)) {
		pattern->seeded = true;
		return parse_u64(text + 7, &pattern->seed);
	}
	if (!strcmp(text, "counter")) {
		pattern->kind = PATTERN_COUNTER;
		return true;
	}
	if (!strcmp(text, "walking")) {
		pattern->kind = PATTERN_WALKING;
		return true;
	}
	if (!strcmp(text, "zeros"))
		return parse_bytes(pattern, "00");
	if (!strcmp(text, "ones"))
		return parse_bytes(pattern, "ff");
	return parse_bytes(pattern, text);
}

void pattern_format(const struct pattern *pattern, char *text, size_t size)
{
	switch (pattern->kind) {
	case PATTERN_RANDOM:
		snprintf(text, size, "random:%#" PRIx64, pattern->seed);
		break;
	case PATTERN_COUNTER:
		snprintf(text, size, "counter");
		break;
	case PATTERN_WALKING:
		snprintf(text, size, "walking");
		break;
	case PATTERN_BYTES:
		snprintf(text, size, "0x");
		for (size_t i = 0; i < pattern->nbytes; i++)
			snprintf(text + 2 + 2 * i, size - 2 - 2 * i, "%02x", pattern->bytes[i]);
		break;
	}
}
