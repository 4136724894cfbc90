/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One measurement each: durations of requests whose effect was checked. */
#ifndef FPGACTL_MEASURE_H
#define FPGACTL_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "fpgactl/device.h"
#include "fpgactl/samples.h"

/* When to stop: whichever comes first, but not before one sample */
struct measure_limit {
	uint64_t ns;		/* 0: no limit */
	uint64_t samples;	/* 0: no limit */
};

/**
 * measure_dma - write and read back the first @len bytes of card memory, again and again
 * @dev: card
 * @len: bytes of each transfer
 * @registered: register the memory once, before (EMUCARD_BUF_REGISTER)
 * @limit: when to stop
 * @to_card: result, one duration for each transfer to the card
 * @from_card: result, likewise
 *
 * Each time the data are new, and what comes back is compared with it; neither is
 * in the durations. Each timed transfer follows another at once, as in a stream of
 * them. The first round is not counted. An error, or data that differs, is
 * explained and ends the tool.
 */
void measure_dma(struct device *dev, uint64_t len, bool registered,
		 const struct measure_limit *limit, struct samples *to_card,
		 struct samples *from_card);

/**
 * measure_irq - from raising an interrupt until the waiting program goes on
 * @dev: card
 * @limit: when to stop
 * @samples: result
 */
void measure_irq(struct device *dev, const struct measure_limit *limit, struct samples *samples);

/**
 * measure_register - read the card's identification, which must always be the same
 * @dev: card
 * @limit: when to stop
 * @samples: result
 */
void measure_register(struct device *dev, const struct measure_limit *limit,
		      struct samples *samples);

#endif
