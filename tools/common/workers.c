// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "common/workers.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/alloc.h"

/* How far the work may run ahead of its finishing, for each thread: it bounds the memory. */
#define AHEAD 4

struct pool {
	const struct workers *workers;
	size_t count;
	bool *done;		/* for each index */
	size_t next;		/* to be worked on */
	size_t finished;
	size_t window;
	pthread_mutex_t lock;
	pthread_cond_t changed;
};

static void *work(void *argument)
{
	struct pool *pool = argument;

	pthread_mutex_lock(&pool->lock);
	while (pool->next < pool->count) {
		size_t index = pool->next;

		if (index >= pool->finished + pool->window) {
			pthread_cond_wait(&pool->changed, &pool->lock);
			continue;
		}
		pool->next++;
		pthread_mutex_unlock(&pool->lock);
		pool->workers->work(pool->workers->context, index);
		pthread_mutex_lock(&pool->lock);
		pool->done[index] = true;
		pthread_cond_broadcast(&pool->changed);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

static void finish(struct pool *pool)
{
	for (size_t i = 0; i < pool->count; i++) {
		pthread_mutex_lock(&pool->lock);
		while (!pool->done[i])
			pthread_cond_wait(&pool->changed, &pool->lock);
		pthread_mutex_unlock(&pool->lock);
		pool->workers->finish(pool->workers->context, i);
		pthread_mutex_lock(&pool->lock);
		pool->finished++;
		pthread_cond_broadcast(&pool->changed);
		pthread_mutex_unlock(&pool->lock);
	}
}

static unsigned int start(struct pool *pool, pthread_t *threads)
{
	unsigned int started = 0;

	while (started < pool->workers->threads && started < pool->count) {
		if (pthread_create(&threads[started], NULL, work, pool))
			break;
		started++;
	}
	return started;
}

static void one_by_one(const struct workers *workers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		workers->work(workers->context, i);
		workers->finish(workers->context, i);
	}
}

void workers_run(const struct workers *workers, size_t count)
{
	struct pool pool = {
		.workers = workers,
		.count = count,
		.window = workers->threads * AHEAD,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
	};
	unsigned int started = 0;
	pthread_t *threads;

	pool.done = xcalloc(count, sizeof(*pool.done));
	threads = xcalloc(workers->threads, sizeof(*threads));
	/* for one a thread is not worth its stack */
	if (count > 1)
		started = start(&pool, threads);
	if (started)
		finish(&pool);
	else
		one_by_one(workers, count);
	for (unsigned int i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	free(pool.done);
}
