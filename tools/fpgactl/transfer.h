/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stretch of card memory moved by DMA in blocks, measured, and compared. */
#ifndef FPGACTL_TRANSFER_H
#define FPGACTL_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "fpgactl/device.h"
#include "fpgactl/pattern.h"
#include "fpgactl/progress.h"
#include "fpgactl/verify.h"

/* What the stretch is to hold: @data if there is any, else @pattern */
struct source {
	const uint8_t *data;	/* of the whole stretch */
	struct pattern pattern;
};

struct transfer {
	struct device *dev;
	uint64_t offset;	/* in card memory */
	uint64_t len;
	uint64_t block;		/* bytes in one request */
	uint32_t timeout_ms;	/* of one request; 0: the driver's own */
	struct progress *progress;
	uint64_t progressed;	/* bytes before this stretch */
};

/* Time is that of the requests alone: making and comparing data is not in it. */
struct tally {
	uint64_t bytes;
	uint64_t ns;
	uint64_t requests;
};

/**
 * transfer_to_card - write the stretch
 * @transfer: what and how
 * @source: data
 * @tally: added to
 *
 * An error of the card is explained and ends the tool. A signal that interrupt_note() has
 * asked for ends the stretch early.
 */
void transfer_to_card(struct transfer *transfer, const struct source *source,
		      struct tally *tally);

/**
 * transfer_from_card - read the stretch
 * @transfer: what and how
 * @expected: to compare with; NULL: do not
 * @keep: the whole of what was read; NULL: do not keep it
 * @tally: added to
 * @mismatch: added to, if @expected
 *
 * An error of the card is explained and ends the tool; data that differs does not.
 */
void transfer_from_card(struct transfer *transfer, const struct source *expected, uint8_t *keep,
			struct tally *tally, struct mismatch *mismatch);

#endif
