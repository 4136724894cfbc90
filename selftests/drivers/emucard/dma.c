// SPDX-License-Identifier: GPL-2.0-only
/* Data arrives, and nothing beside it is touched: each card, size and alignment */
#include <stdbool.h>

#include "harness.h"
#include "card.h"

#define GUARD	64

FIXTURE(dma) {
	int fd;
	unsigned char *ram;	/* the card's memory, or NULL where it cannot be mapped */
	uint64_t dma_size;
	unsigned char *buf;	/* len bytes between guards, aligned as the variant wants */
	unsigned char *want;
	uint64_t offset;
};

FIXTURE_VARIANT(dma) {
	uint32_t kind;
	size_t len;
	size_t align;	/* of the buffer in its page, and of the offset in card memory */
};

#define VARIANTS(card, CARD, size, bytes)					\
	FIXTURE_VARIANT_ADD(dma, card##_##size##_aligned) {			\
		.kind = EMUCARD_KIND_##CARD, .len = bytes, .align = 0 };	\
	FIXTURE_VARIANT_ADD(dma, card##_##size##_off_by_3) {			\
		.kind = EMUCARD_KIND_##CARD, .len = bytes, .align = 3 };	\
	FIXTURE_VARIANT_ADD(dma, card##_##size##_at_the_end_of_a_page) {	\
		.kind = EMUCARD_KIND_##CARD, .len = bytes, .align = 4095 }

VARIANTS(fpga, FPGA, 1, 1);
VARIANTS(fpga, FPGA, 3, 3);
VARIANTS(fpga, FPGA, 512, 512);
VARIANTS(fpga, FPGA, 4095, 4095);
VARIANTS(fpga, FPGA, 4096, 4096);
VARIANTS(fpga, FPGA, 4097, 4097);
VARIANTS(fpga, FPGA, 1MiB_and_1, 1 * MIB + 1);
VARIANTS(fpga, FPGA, 5MiB_less_5, 5 * MIB - 5);
VARIANTS(edu, EDU, 1, 1);
VARIANTS(edu, EDU, 3, 3);
VARIANTS(edu, EDU, 512, 512);
VARIANTS(edu, EDU, 4095, 4095);
VARIANTS(edu, EDU, 4096, 4096);

FIXTURE_SETUP(dma)
{
	struct emucard_info info;
	size_t whole = variant->len + variant->align + 2 * GUARD + 8192;

	self->fd = open(card_node(variant->kind), O_RDWR | O_CLOEXEC);
	if (self->fd < 0)
		SKIP_TEST("%s: %s", card_node(variant->kind), strerror(errno));
	ASSERT_EQ(0, card_info(self->fd, &info));

	/* As far into the card as there is room, at the same misalignment */
	ASSERT_LE(variant->len, info.dma_size);
	self->offset = variant->align;
	if (self->offset > info.dma_size - variant->len)
		self->offset = info.dma_size - variant->len;

	self->dma_size = info.dma_size;
	if (info.caps & EMUCARD_CAP_MMAP) {
		self->ram = mmap(NULL, info.mmap_size, PROT_READ | PROT_WRITE, MAP_SHARED,
				 self->fd, 0);
		ASSERT_NE(MAP_FAILED, self->ram);
	}
	self->buf = aligned_alloc(4096, (whole + 4095) & ~4095UL);
	self->want = malloc(variant->len);
	ASSERT_NE(NULL, self->buf);
	ASSERT_NE(NULL, self->want);
	memset(self->buf, 0xee, whole);
	self->buf += 4096 + variant->align;
	fill_pattern(self->want, variant->len, variant->len + variant->align);
}

FIXTURE_TEARDOWN(dma)
{
	if (self->fd >= 0)
		close(self->fd);
}

/* What the card has, by another way than the one under test where there is one */
static int ram_read(int fd, const unsigned char *ram, unsigned char *buf, uint64_t offset,
		    size_t len)
{
	if (!ram)
		return card_from(fd, buf, offset, len);
	memcpy(buf, ram + offset, len);
	return 0;
}

static int ram_write(int fd, unsigned char *ram, const unsigned char *buf, uint64_t offset,
		     size_t len)
{
	if (!ram)
		return card_to(fd, buf, offset, len);
	memcpy(ram + offset, buf, len);
	return 0;
}

TEST_F(dma, to_card)
{
	unsigned char *got = malloc(variant->len);
	uint64_t done;

	memcpy(self->buf, self->want, variant->len);
	ASSERT_EQ(0, card_dma(self->fd, EMUCARD_DMA_TO_CARD, self->buf, self->offset,
			      variant->len, PATIENCE_MS, &done));
	EXPECT_EQ(variant->len, done);
	ASSERT_EQ(0, ram_read(self->fd, self->ram, got, self->offset, variant->len));
	EXPECT_EQ(variant->len, first_difference(self->want, got, variant->len));
	free(got);
}

TEST_F(dma, to_card_leaves_its_neighbours_alone)
{
	unsigned char before = 0x11, after = 0x22, seen;
	uint64_t end = self->offset + variant->len;
	bool has_before = self->offset, has_after = end < self->dma_size;

	if (has_before) {
		ASSERT_EQ(0, ram_write(self->fd, self->ram, &before, self->offset - 1, 1));
	}
	if (has_after) {
		ASSERT_EQ(0, ram_write(self->fd, self->ram, &after, end, 1));
	}
	ASSERT_EQ(0, card_to(self->fd, self->want, self->offset, variant->len));
	if (has_before) {
		ASSERT_EQ(0, ram_read(self->fd, self->ram, &seen, self->offset - 1, 1));
		EXPECT_EQ(before, seen);
	}
	if (has_after) {
		ASSERT_EQ(0, ram_read(self->fd, self->ram, &seen, end, 1));
		EXPECT_EQ(after, seen);
	}
}

TEST_F(dma, from_card)
{
	uint64_t done;
	size_t i;

	ASSERT_EQ(0, ram_write(self->fd, self->ram, self->want, self->offset, variant->len));
	ASSERT_EQ(0, card_dma(self->fd, EMUCARD_DMA_FROM_CARD, self->buf, self->offset,
			      variant->len, PATIENCE_MS, &done));
	EXPECT_EQ(variant->len, done);
	EXPECT_EQ(variant->len, first_difference(self->want, self->buf, variant->len));
	for (i = 1; i <= GUARD; i++) {
		ASSERT_EQ(0xee, self->buf[-i]) TH_LOG("%zu before the buffer", i);
		ASSERT_EQ(0xee, self->buf[variant->len + i - 1]) TH_LOG("%zu after it", i);
	}
}

TEST_F(dma, read_and_write_do_the_same)
{
	memcpy(self->buf, self->want, variant->len);
	ASSERT_EQ(variant->len, pwrite(self->fd, self->buf, variant->len, self->offset));
	memset(self->buf, 0, variant->len);
	ASSERT_EQ(variant->len, pread(self->fd, self->buf, variant->len, self->offset));
	EXPECT_EQ(variant->len, first_difference(self->want, self->buf, variant->len));
}

TEST_HARNESS_MAIN
