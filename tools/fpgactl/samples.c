// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/samples.h"

#include <stdlib.h>

#include "common/arena.h"

void samples_add(struct samples *samples, uint64_t ns)
{
	samples->ns = array_room(samples->ns, samples->count, &samples->capacity,
				 sizeof(*samples->ns));
	samples->ns[samples->count++] = ns;
	samples->sum_ns += ns;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void samples_sort(struct samples *samples)
{
	if (samples->count)
		qsort(samples->ns, samples->count, sizeof(*samples->ns), compare);
}

uint64_t samples_percentile(const struct samples *samples, double percent)
{
	/* The small subtrahend: 99.9 % of 1000 is not quite 999 in binary. */
	double exact = percent * (double)samples->count / 100.0 - 1e-9;
	size_t rank = (size_t)exact;

	if ((double)rank < exact)
		rank++;
	if (rank < 1)
		rank = 1;
	if (rank > samples->count)
		rank = samples->count;
	return samples->ns[rank - 1];
}

void samples_free(struct samples *samples)
{
	free(samples->ns);
	*samples = (struct samples){ 0 };
}
