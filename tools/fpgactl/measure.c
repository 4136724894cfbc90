// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/measure.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/alloc.h"
#include "fpgactl/card_message.h"
#include "fpgactl/pattern.h"
#include "fpgactl/units.h"
#include "fpgactl/verify.h"

/* Whether so many samples, or the time since @begin, are all that was wanted */
static bool limit_reached(const struct measure_limit *limit, uint64_t begin, uint64_t samples)
{
	if (!samples)
		return false;
	if (limit->samples && samples >= limit->samples)
		return true;
	return limit->ns && now_ns() - begin >= limit->ns;
}

/* @buf: the buffer is registered under this number; 0: it is not */
static uint64_t timed_dma(struct device *dev, uint32_t direction, void *buffer, uint32_t buf,
			  uint64_t len)
{
	uint64_t done, ns, begin = now_ns();
	int ret = buf ? device_dma_buf(dev, direction, buf, 0, 0, len, 0, &done) :
			device_dma(dev, direction, buffer, 0, len, 0, &done);

	ns = now_ns() - begin;
	if (ret)
		device_die(dev, ret, "DMA of %" PRIu64 " bytes", len);
	if (done != len)
		card_die(&dev->card, EXIT_FAILED, NULL, "DMA of %" PRIu64 " bytes: only %" PRIu64
			 " moved", len, done);
	return ns;
}

static uint32_t register_or_die(struct device *dev, void *memory, uint64_t len)
{
	uint32_t buf;
	int ret = device_buf_register(dev, memory, len, &buf);

	if (ret)
		device_die(dev, ret, "registering %" PRIu64 " bytes of memory (ulimit -l?)", len);
	return buf;
}

void measure_dma(struct device *dev, uint64_t len, bool registered,
		 const struct measure_limit *limit, struct samples *to_card,
		 struct samples *from_card)
{
	struct pattern pattern = { .kind = PATTERN_RANDOM, .seed = now_ns() };
	uint8_t *sent = xcalloc(1, len), *got = xcalloc(1, len);
	uint32_t sent_buf = registered ? register_or_die(dev, sent, len) : 0;
	uint32_t got_buf = registered ? register_or_die(dev, got, len) : 0;
	uint64_t begin = now_ns();

	for (bool warm = false; !limit_reached(limit, begin, from_card->count); warm = true) {
		struct mismatch mismatch = { 0 };
		uint64_t to_ns, from_ns;
		char text[MISMATCH_TEXT_SIZE];

		pattern.seed++;
		pattern_fill(&pattern, 0, sent, len);
		fill_inverted(got, sent, len);
		/*
		 * What this program did since the last transfer has filled the caches: one that
		 * is not timed lets each timed one follow another. It leaves every byte wrong.
		 */
		timed_dma(dev, EMUCARD_DMA_TO_CARD, got, got_buf, len);
		to_ns = timed_dma(dev, EMUCARD_DMA_TO_CARD, sent, sent_buf, len);
		from_ns = timed_dma(dev, EMUCARD_DMA_FROM_CARD, got, got_buf, len);
		if (!verify_bytes(&mismatch, 0, sent, got, len)) {
			mismatch_format(&mismatch, text, sizeof(text));
			card_die(&dev->card, EXIT_FAILED, NULL, "%" PRIu64 " of %" PRIu64 " bytes "
				 "came back wrong, the first at offset %#" PRIx64 ": %s",
				 mismatch.wrong, len, mismatch.position, text);
		}
		if (!warm)
			continue;
		samples_add(to_card, to_ns);
		samples_add(from_card, from_ns);
	}
	if (registered) {
		device_buf_unregister(dev, got_buf);
		device_buf_unregister(dev, sent_buf);
	}
	free(got);
	free(sent);
}

void measure_irq(struct device *dev, const struct measure_limit *limit, struct samples *samples)
{
	uint64_t count, begin = now_ns();
	int ret = device_irq_count(dev, &count, NULL);

	if (ret)
		device_die(dev, ret, "asking for the number of interrupts");
	for (bool warm = false; !limit_reached(limit, begin, samples->count); warm = true) {
		uint64_t before = count, start = now_ns(), ns;

		ret = device_irq_raise(dev, 1);
		if (!ret)
			ret = device_irq_wait(dev, &count, NULL, 0);
		ns = now_ns() - start;
		if (ret)
			device_die(dev, ret, "raising an interrupt and waiting for it");
		if (count != before + 1)
			card_die(&dev->card, EXIT_FAILED, "does another program use the card?",
				 "one interrupt raised, %" PRIu64 " arrived", count - before);
		if (warm)
			samples_add(samples, ns);
	}
}

void measure_register(struct device *dev, const struct measure_limit *limit,
		      struct samples *samples)
{
	const struct reg *id = &dev->regs[0];
	uint64_t first = 0, begin = now_ns();

	for (bool warm = false; !limit_reached(limit, begin, samples->count); warm = true) {
		uint64_t value, start = now_ns(), ns;
		int ret = device_reg_read(dev, id->offset, id->width, &value);

		ns = now_ns() - start;
		if (ret)
			device_die(dev, ret, "reading %s", id->name);
		if (!warm)
			first = value;
		if (value != first)
			card_die(&dev->card, EXIT_FAILED, NULL, "%s read %#" PRIx64 ", then %#"
				 PRIx64, id->name, first, value);
		if (warm)
			samples_add(samples, ns);
	}
}
