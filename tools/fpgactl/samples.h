/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of measured durations, and what is said of it. */
#ifndef FPGACTL_SAMPLES_H
#define FPGACTL_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

struct samples {
	uint64_t *ns;
	size_t count;
	size_t capacity;
	uint64_t sum_ns;
};

/**
 * samples_add - keep one duration
 * @samples: starts zeroed
 * @ns: nanoseconds
 */
void samples_add(struct samples *samples, uint64_t ns);

/**
 * samples_sort - put the durations into rising order, for samples_percentile()
 * @samples: set
 */
void samples_sort(struct samples *samples);

/**
 * samples_percentile - nearest-rank percentile: a duration that was measured,
 * never one between two
 * @samples: sorted, not empty
 * @percent: above 0, up to 100; 100 is the longest
 */
uint64_t samples_percentile(const struct samples *samples, double percent);

/**
 * samples_free - let go of the memory; the set is empty then
 * @samples: set
 */
void samples_free(struct samples *samples);

#endif
