// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <linux/emucard.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/alloc.h"
#include "fpgactl/checks.h"
#include "fpgactl/pattern.h"
#include "fpgactl/units.h"
#include "fpgactl/verify.h"

/* Bytes of card memory on each side of a transfer that must not change */
#define MARGIN	16

/* The largest transfer that is tried */
#define LEN_MAX	(1 << 20)

static bool moves(struct device *dev, uint32_t direction, void *buffer, uint64_t offset,
		  uint64_t len, char *why)
{
	uint64_t done;
	int ret = device_dma(dev, direction, buffer, offset, len, 0, &done);

	if (!ret && done == len)
		return true;
	return check_failed(why, "%" PRIu64 " bytes %s the card at offset %#" PRIx64
			    ": %s, %" PRIu64 " moved", len,
			    direction == EMUCARD_DMA_TO_CARD ? "to" : "from", offset,
			    ret ? strerror(-ret) : "success", done);
}

static bool is_same(const void *expected, const void *got, uint64_t offset, uint64_t len, char *why)
{
	struct mismatch mismatch = { 0 };
	char text[MISMATCH_TEXT_SIZE];

	if (verify_bytes(&mismatch, offset, expected, got, len))
		return true;
	mismatch_format(&mismatch, text, sizeof(text));
	return check_failed(why, "%" PRIu64 " of %" PRIu64 " bytes wrong, the first at offset %#"
			    PRIx64 ": %s", mismatch.wrong, len, mismatch.position, text);
}

static void fill_random(uint8_t *buffer, uint64_t offset, uint64_t len)
{
	struct pattern pattern = { .kind = PATTERN_RANDOM, .seed = now_ns() };

	pattern_fill(&pattern, offset, buffer, len);
}

/* There and back, with host buffers that begin so many bytes after a page's start */
static bool round_trip(struct device *dev, uint64_t offset, uint64_t len, size_t skew, char *why)
{
	uint8_t *sent = xcalloc(1, len + skew), *got = xcalloc(1, len + skew);
	bool ok;

	fill_random(sent + skew, offset, len);
	fill_inverted(got + skew, sent + skew, len);
	ok = moves(dev, EMUCARD_DMA_TO_CARD, sent + skew, offset, len, why) &&
	     moves(dev, EMUCARD_DMA_FROM_CARD, got + skew, offset, len, why) &&
	     is_same(sent + skew, got + skew, offset, len, why);
	free(got);
	free(sent);
	return ok;
}

static bool any_length(struct device *dev, char *why)
{
	static const uint64_t lens[] = { 1, 3, 64, 1023, 4095, 4096, 4097, 65536, LEN_MAX };

	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		if (lens[i] <= dev->info.dma_size && !round_trip(dev, 0, lens[i], 0, why))
			return false;
	return true;
}

static bool any_alignment(struct device *dev, char *why)
{
	static const unsigned int skews[] = { 1, 2, 7 };

	for (size_t i = 0; i < sizeof(skews) / sizeof(skews[0]); i++)
		if (!round_trip(dev, skews[i], 2048 + skews[i], 3 * skews[i], why))
			return false;
	return true;
}

static bool end_of_memory(struct device *dev, char *why)
{
	return round_trip(dev, dev->info.dma_size - 100, 100, 0, why);
}

static bool neighbours_unchanged(struct device *dev, char *why)
{
	uint8_t whole[256 + 2 * MARGIN], part[256], got[sizeof(whole)];

	fill_random(whole, 0, sizeof(whole));
	if (!moves(dev, EMUCARD_DMA_TO_CARD, whole, 0, sizeof(whole), why))
		return false;
	fill_random(part, MARGIN, sizeof(part));
	memcpy(whole + MARGIN, part, sizeof(part));
	fill_inverted(got, whole, sizeof(got));
	return moves(dev, EMUCARD_DMA_TO_CARD, part, MARGIN, sizeof(part), why) &&
	       moves(dev, EMUCARD_DMA_FROM_CARD, got, 0, sizeof(got), why) &&
	       is_same(whole, got, 0, sizeof(got), why);
}

static bool host_neighbours_unchanged(struct device *dev, char *why)
{
	uint8_t sent[256], expected[256 + 2 * MARGIN], got[sizeof(expected)];

	fill_random(sent, 0, sizeof(sent));
	memset(expected, 0x5a, sizeof(expected));
	memcpy(got, expected, sizeof(got));
	memcpy(expected + MARGIN, sent, sizeof(sent));
	return moves(dev, EMUCARD_DMA_TO_CARD, sent, 0, sizeof(sent), why) &&
	       moves(dev, EMUCARD_DMA_FROM_CARD, got + MARGIN, 0, sizeof(sent), why) &&
	       is_same(expected, got, 0, sizeof(got), why);
}

static bool refused(struct device *dev, uint64_t offset, uint64_t len, int error, char *why)
{
	uint8_t byte = 0;
	int ret = device_dma(dev, EMUCARD_DMA_TO_CARD, &byte, offset, len, 0, NULL);

	if (ret == -error)
		return true;
	return check_failed(why, "%" PRIu64 " bytes at offset %#" PRIx64 ": expected %s, got %s",
			    len, offset, strerror(error), ret ? strerror(-ret) : "success");
}

static bool bad_ranges_refused(struct device *dev, char *why)
{
	return refused(dev, dev->info.dma_size, 1, ERANGE, why) &&
	       refused(dev, dev->info.dma_size - 1, 2, ERANGE, why) &&
	       refused(dev, UINT64_MAX, 1, ERANGE, why) &&
	       refused(dev, 0, 0, EINVAL, why);
}

static bool bad_pointer_refused(struct device *dev, char *why)
{
	int ret = device_dma(dev, EMUCARD_DMA_TO_CARD, NULL, 0, 64, 0, NULL);

	if (ret == -EFAULT)
		return true;
	return check_failed(why, "expected EFAULT, got %s", ret ? strerror(-ret) : "success");
}

static bool read_and_write(struct device *dev, char *why)
{
	uint8_t sent[512], got[sizeof(sent)];
	ssize_t n;

	fill_random(sent, 32, sizeof(sent));
	fill_inverted(got, sent, sizeof(got));
	n = pwrite(dev->fd, sent, sizeof(sent), 32);
	if (n != (ssize_t)sizeof(sent))
		return check_failed(why, "pwrite() of %zu bytes: %zd (%s)", sizeof(sent), n,
				    n < 0 ? strerror(errno) : "short");
	if (!moves(dev, EMUCARD_DMA_FROM_CARD, got, 32, sizeof(got), why) ||
	    !is_same(sent, got, 32, sizeof(got), why))
		return false;
	fill_inverted(got, sent, sizeof(got));
	n = pread(dev->fd, got, sizeof(got), 32);
	if (n != (ssize_t)sizeof(got))
		return check_failed(why, "pread() of %zu bytes: %zd (%s)", sizeof(got), n,
				    n < 0 ? strerror(errno) : "short");
	return is_same(sent, got, 32, sizeof(got), why);
}

static bool mapping_shows_memory(struct device *dev, char *why)
{
	size_t len = 4096;
	uint8_t *sent, *copy, *map;
	bool ok;

	map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, dev->fd, 0);
	if (map == MAP_FAILED)
		return check_failed(why, "mmap() of %zu bytes: %s", len, strerror(errno));
	sent = xcalloc(1, len);
	copy = xcalloc(1, len);

	fill_random(sent, 0, len);
	ok = moves(dev, EMUCARD_DMA_TO_CARD, sent, 0, len, why);
	if (ok) {
		memcpy(copy, map, len);
		ok = is_same(sent, copy, 0, len, why);
	}
	if (ok) {
		fill_random(sent, 0, len);
		memcpy(map, sent, len);
		fill_inverted(copy, sent, len);
		ok = moves(dev, EMUCARD_DMA_FROM_CARD, copy, 0, len, why) &&
		     is_same(sent, copy, 0, len, why);
	}
	munmap(map, len);
	free(copy);
	free(sent);
	return ok;
}

const struct check dma_checks[] = {
	{ "DMA moves data of any length there and back", EMUCARD_CAP_DMA, 0, any_length },
	{ "DMA takes any alignment on either side", EMUCARD_CAP_DMA, 0, any_alignment },
	{ "DMA reaches the last byte of card memory", EMUCARD_CAP_DMA, 0, end_of_memory },
	{ "DMA to the card changes nothing beside it", EMUCARD_CAP_DMA, 0, neighbours_unchanged },
	{ "DMA from the card changes nothing beside it", EMUCARD_CAP_DMA, 0,
	  host_neighbours_unchanged },
	{ "DMA outside card memory is refused", EMUCARD_CAP_DMA, 0, bad_ranges_refused },
	{ "DMA with a bad pointer is refused", EMUCARD_CAP_DMA, 0, bad_pointer_refused },
	{ "pread() and pwrite() move data by DMA", EMUCARD_CAP_DMA, 0, read_and_write },
	{ "a mapping shows card memory", EMUCARD_CAP_DMA | EMUCARD_CAP_MMAP, 0,
	  mapping_shows_memory },
	{ 0 }
};
