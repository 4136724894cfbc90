/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a resource takes its space from: a window of the bridge above, or of the host bridge. */
#ifndef PCIADDR_CHECK_LOG_POOLS_H
#define PCIADDR_CHECK_LOG_POOLS_H

#include "pciaddr/check/results.h"
#include "pciaddr/model/log-facts.h"

enum log_pool_kind {
	POOL_UNKNOWN,		/* the log does not have what lies above */
	POOL_HOST,		/* the host bridge's windows */
	POOL_HOST_NONE,		/* it has none of this kind */
	POOL_WINDOW,		/* a bridge's window */
	POOL_CLOSED,		/* a bridge that has no such window */
};

struct log_pool {
	enum log_pool_kind kind;
	enum space space;
	uint32_t domain;
	uint8_t bus;		/* what is on it takes from this pool */
	bool below_4g;		/* only this part of it can be used */
	bool marked;		/* there is one that is marked as of 64 bits, which cannot be used */
	bool not_64bit;		/* what needs a place may not be in one of those */
	bool from_log;		/* the log has the host bridge's windows, /proc need not be asked */
	const struct log_function *bridge;
	const struct log_resource *window;
};

/*
 * The topmost resource that has to have a place before @resource can have one: itself, or a
 * window above it that failed.  @pool becomes what that one takes its space from.
 */
const struct log_resource *log_root_of(const struct machine *machine,
				       const struct log_resource *resource,
				       struct log_pool *pool);

struct pool_room {
	uint64_t total;		/* bytes; no overflow: ends at the largest number */
	uint64_t used;
	const struct log_resource *largest;	/* of what is in it, or NULL */
};

struct pool_room log_pool_room(const struct machine *machine, const struct log_pool *pool);

/* "host bridge of bus 0000:00, memory 0xfa000000-0xfbdfffff" */
const char *log_pool_text(const struct machine *machine, struct results *results,
			  const struct log_pool *pool);

/* Is the range in what the bridge above, or the host bridge, forwards?  True if unknown. */
bool log_is_reachable(const struct machine *machine, const struct log_resource *resource);

#endif
