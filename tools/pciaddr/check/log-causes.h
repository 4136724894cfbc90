/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The resources that a log leaves without an address, grouped by what they lack it for. */
#ifndef PCIADDR_CHECK_LOG_CAUSES_H
#define PCIADDR_CHECK_LOG_CAUSES_H

#include "pciaddr/check/log-pools.h"

enum harm {
	HARM_NONE,		/* nothing works worse */
	HARM_FEATURE,		/* virtual functions */
	HARM_DEVICE,		/* a device without an address that it needs */
};

struct log_loss {
	enum check_id check;
	enum harm harm;
	uint64_t scope;		/* losses of one scope have one cause */
	const struct log_resource *resource;
	const struct log_resource *root;	/* what would have to have a place first */
	struct log_pool pool;			/* ... in this */
};

/* Sorted: one cause after the other, what does most harm first.  To be freed with free(). */
struct log_loss *log_losses(const struct machine *machine, size_t *count);

/* Do the two have the same cause? */
bool log_same_cause(const struct log_loss *a, const struct log_loss *b);

#endif
