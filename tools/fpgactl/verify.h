/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparison of what came back with what was sent. */
#ifndef FPGACTL_VERIFY_H
#define FPGACTL_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MISMATCH_CONTEXT	8

/* What differs; starts zeroed, and collects over any number of stretches */
struct mismatch {
	uint64_t wrong;			/* bytes that differ */
	uint64_t position;		/* of the first one, in card memory */
	size_t context;			/* bytes from there on in the two arrays */
	uint8_t expected[MISMATCH_CONTEXT];
	uint8_t got[MISMATCH_CONTEXT];
};

/**
 * verify_bytes - compare one stretch
 * @mismatch: added to
 * @position: of the first byte in card memory
 * @expected: what was sent
 * @got: what came back
 * @len: bytes
 *
 * Return: true if the stretch is as expected.
 */
bool verify_bytes(struct mismatch *mismatch, uint64_t position, const void *expected,
		  const void *got, size_t len);

/**
 * fill_inverted - make a buffer that differs from what is expected in every byte
 * @buffer: result
 * @expected: what a transfer is to put there
 * @len: bytes
 *
 * A transfer that moves nothing, or too little, then cannot pass verify_bytes().
 */
void fill_inverted(void *buffer, const void *expected, size_t len);

/**
 * mismatch_format - "expected 01 02 ..., got 03 04 ..."
 * @mismatch: with at least one wrong byte
 * @text: result
 * @size: of @text
 */
#define MISMATCH_TEXT_SIZE	(6 * MISMATCH_CONTEXT + 32)
void mismatch_format(const struct mismatch *mismatch, char *text, size_t size);

#endif
