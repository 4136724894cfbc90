/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bar on the terminal for what takes longer than a second; nothing elsewhere. */
#ifndef FPGACTL_PROGRESS_H
#define FPGACTL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	const char *label;
	uint64_t total;		/* bytes */
	uint64_t begin_ns;
	uint64_t drawn_ns;	/* 0: never yet */
	bool terminal;
};

/**
 * progress_start - begin; draws nothing yet
 * @progress: state
 * @label: what is going on, short
 * @total: bytes that there will be
 */
void progress_start(struct progress *progress, const char *label, uint64_t total);

/**
 * progress_update - draw, if it is time to
 * @progress: state
 * @done: bytes so far
 */
void progress_update(struct progress *progress, uint64_t done);

/**
 * progress_end - take the bar away, so that the next line begins on a clean one
 * @progress: state
 */
void progress_end(struct progress *progress);

/**
 * progress_line - the bar as text, without control characters
 * @text: result
 * @size: of @text
 * @columns: of the terminal; the text is shorter than that
 * @progress: label and total
 * @done: bytes so far
 * @ns: since the beginning
 */
void progress_line(char *text, size_t size, unsigned int columns,
		   const struct progress *progress, uint64_t done, uint64_t ns);

#endif
