/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver's counters of a card, in sysfs: anyone may read them. */
#ifndef FPGACTL_STATS_H
#define FPGACTL_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fpgactl/card.h"

/* In the order of stats_names[] */
enum stats_index {
	STAT_TRANSFERS,
	STAT_BYTES_TO_CARD,
	STAT_BYTES_FROM_CARD,
	STAT_INTERRUPTS,
	STAT_ERRORS,
	STAT_TIMEOUTS,
	STATS
};

/* The attributes' names */
extern const char *const stats_names[STATS];

struct stats {
	uint64_t value[STATS];
};

/**
 * stats_read - the counters now
 * @card: with a name
 * @sysfs: where sysfs is mounted
 * @stats: result
 *
 * Return: false if the card is gone, or its driver has no counters.
 */
bool stats_read(const struct card *card, const char *sysfs, struct stats *stats);

#endif
