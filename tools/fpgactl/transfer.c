// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/transfer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "fpgactl/card_message.h"
#include "fpgactl/interrupt.h"
#include "fpgactl/units.h"

static void fill(const struct source *source, const struct transfer *transfer, uint64_t at,
		 void *buffer, uint64_t len)
{
	if (source->data)
		memcpy(buffer, source->data + at, len);
	else
		pattern_fill(&source->pattern, transfer->offset + at, buffer, len);
}

/* Returns false if a signal has ended it. */
static bool move(struct transfer *transfer, uint32_t direction, void *buffer, uint64_t at,
		 uint64_t len, struct tally *tally)
{
	const char *where = direction == EMUCARD_DMA_TO_CARD ? "to" : "from";
	uint64_t done, begin = now_ns();
	int ret = device_dma(transfer->dev, direction, buffer, transfer->offset + at, len,
			     transfer->timeout_ms, &done);

	tally->ns += now_ns() - begin;
	if (ret == -EINTR && interrupt_noted()) {
		tally->bytes += done;
		return false;
	}
	if (ret || done != len) {
		progress_end(transfer->progress);
		if (!ret)
			card_die(&transfer->dev->card, EXIT_FAILED, NULL, "DMA %s the card at "
				 "offset %#" PRIx64 ": %" PRIu64 " of %" PRIu64 " bytes moved, and "
				 "no error reported", where, transfer->offset + at, done, len);
		device_die(transfer->dev, ret, "DMA of %" PRIu64 " bytes %s the card at offset %#"
			   PRIx64 ", %" PRIu64 " of them moved", len, where,
			   transfer->offset + at, done);
	}
	tally->bytes += len;
	tally->requests++;
	transfer->progressed += len;
	progress_update(transfer->progress, transfer->progressed);
	return true;
}

static uint64_t block_at(const struct transfer *transfer, uint64_t at)
{
	uint64_t left = transfer->len - at;

	return left < transfer->block ? left : transfer->block;
}

void transfer_to_card(struct transfer *transfer, const struct source *source,
		      struct tally *tally)
{
	uint8_t *buffer = xcalloc(1, block_at(transfer, 0));
	uint64_t len;

	for (uint64_t at = 0; at < transfer->len && !interrupt_noted(); at += len) {
		len = block_at(transfer, at);
		fill(source, transfer, at, buffer, len);
		if (!move(transfer, EMUCARD_DMA_TO_CARD, buffer, at, len, tally))
			break;
	}
	free(buffer);
}

void transfer_from_card(struct transfer *transfer, const struct source *expected, uint8_t *keep,
			struct tally *tally, struct mismatch *mismatch)
{
	uint8_t *buffer = xcalloc(1, block_at(transfer, 0));
	uint8_t *wanted = xcalloc(1, block_at(transfer, 0));
	uint64_t len;

	for (uint64_t at = 0; at < transfer->len && !interrupt_noted(); at += len) {
		len = block_at(transfer, at);
		if (expected) {
			fill(expected, transfer, at, wanted, len);
			fill_inverted(buffer, wanted, len);
		}
		if (!move(transfer, EMUCARD_DMA_FROM_CARD, buffer, at, len, tally))
			break;
		if (expected)
			verify_bytes(mismatch, transfer->offset + at, wanted, buffer, len);
		if (keep)
			memcpy(keep + at, buffer, len);
	}
	free(wanted);
	free(buffer);
}
