/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many pieces of work, done by several threads at a time and finished one after the other. */
#ifndef TOOLS_COMMON_WORKERS_H
#define TOOLS_COMMON_WORKERS_H

#include <stddef.h>

struct workers {
	unsigned int threads;	/* at most */
	/* Called for each index once, by any thread, in any order. */
	void (*work)(void *context, size_t index);
	/* Called for each index after its work, by the calling thread, in rising order. */
	void (*finish)(void *context, size_t index);
	void *context;
};

/* Does the work from 0 to @count - 1; by the calling thread alone if no other can be had. */
void workers_run(const struct workers *workers, size_t count);

#endif
