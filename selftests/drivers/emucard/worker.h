/* SPDX-License-Identifier: GPL-2.0-only */
/* A thread that moves data to the card and back, and compares */
#ifndef WORKER_H
#define WORKER_H

#include <pthread.h>

#include "card.h"

struct worker {
	pthread_t thread;
	int fd;
	uint64_t offset;
	size_t len;
	int rounds;
	int error;	/* -errno; 1: data differ */
};

static void *work(void *data)
{
	struct worker *w = data;
	unsigned char *out = malloc(w->len), *in = malloc(w->len);
	int i;

	for (i = 0; i < w->rounds && !w->error; i++) {
		fill_pattern(out, w->len, w->offset + i);
		w->error = card_to(w->fd, out, w->offset, w->len);
		if (!w->error)
			w->error = card_from(w->fd, in, w->offset, w->len);
		if (!w->error && memcmp(out, in, w->len))
			w->error = 1;
	}
	free(out);
	free(in);
	return NULL;
}

#endif /* WORKER_H */
