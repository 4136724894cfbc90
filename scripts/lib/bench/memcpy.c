// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memcpy MEGABYTES ROUNDS: bytes per second of memcpy() in pieces of 1 MiB between
 * one such piece and a buffer of that size, as fio's jobs move them; the median.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MIB		(1UL << 20)
#define SECONDS		0.3

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	size_t mib = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
	size_t rounds = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned char *far, *near;
	double *rates;
	size_t round;

	if (!mib || !rounds) {
		fprintf(stderr, "usage: memcpy MEGABYTES ROUNDS\n");
		return 2;
	}
	far = malloc(mib * MIB);
	near = malloc(MIB);
	rates = calloc(rounds, sizeof(*rates));
	if (!far || !near || !rates)
		return 1;
	memset(far, 1, mib * MIB);
	memset(near, 2, MIB);

	for (round = 0; round < rounds; round++) {
		double begin = now(), spent;
		size_t copied = 0;

		do {
			memcpy(far + copied % (mib * MIB), near, MIB);
			/* So that no copy is left out. */
			__asm__ volatile("" : : "r"(far), "r"(near) : "memory");
			copied += MIB;
			spent = now() - begin;
		} while (spent < SECONDS);
		rates[round] = copied / spent;
	}
	qsort(rates, rounds, sizeof(*rates), compare);
	printf("%.0f\n", rates[rounds / 2]);
	return 0;
}
