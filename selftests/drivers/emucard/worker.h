/* SPDX-License-Identifier: GPL-2.0-only */
/* A thread that moves data to the card and back, and compares */
#ifndef WORKER_H
#define WORKER_H

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "card.h"

struct worker {
	pthread_t thread;
	int fd;
	uint64_t offset;
	size_t len;
	int rounds;
	atomic_bool stop;
	int tolerated;		/* -errno that is counted, and does not end it */
	int failures;
	int passes;
	int error;		/* -errno; 1: data differ */
};

static void *work(void *data)
{
	struct worker *w = data;
	unsigned char *out = malloc(w->len), *in = malloc(w->len);
	int i, ret;

	for (i = 0; i < w->rounds && !atomic_load(&w->stop) && !w->error; i++) {
		fill_pattern(out, w->len, w->offset + i);
		ret = card_to(w->fd, out, w->offset, w->len);
		if (!ret)
			ret = card_from(w->fd, in, w->offset, w->len);
		if (!ret && memcmp(out, in, w->len))
			ret = 1;
		if (!ret)
			w->passes++;
		else if (ret == w->tolerated)
			w->failures++;
		else
			w->error = ret;
	}
	free(out);
	free(in);
	return NULL;
}

/* This thread, and those that it makes from now on, share one processor: 0 or -errno */
static inline int share_one_processor(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	return sched_setaffinity(0, sizeof(one), &one) ? -errno : 0;
}

#define WORKERS	4

/*
 * Workers without end, each in its own part of card memory, of which the upper half
 * is left alone.
 */
static inline int start_workers(struct worker *workers, int fd, int tolerated)
{
	struct emucard_info info;
	int ret = card_info(fd, &info);
	size_t len, i;

	if (ret)
		return ret;
	len = info.dma_size / 2 / WORKERS;
	for (i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker) {
			.fd = fd, .offset = i * len, .len = len < 300001 ? len : 300001,
			.rounds = INT_MAX, .tolerated = tolerated,
		};
		ret = pthread_create(&workers[i].thread, NULL, work, &workers[i]);
		if (ret)
			return -ret;
	}
	return 0;
}

static inline void stop_workers(struct worker *workers)
{
	int i;

	for (i = 0; i < WORKERS; i++)
		atomic_store(&workers[i].stop, true);
	for (i = 0; i < WORKERS; i++)
		pthread_join(workers[i].thread, NULL);
}

#endif /* WORKER_H */
