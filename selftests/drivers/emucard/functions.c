// SPDX-License-Identifier: GPL-2.0-only
/* What only one of the cards has: mmap, reset, factorials */
#include <signal.h>

#include "fixture.h"
#include "fpga_regs.h"

TEST_F(card, a_mapping_is_the_memory_that_dma_sees)
{
	unsigned char *map, buf[5000];

	SKIP_WITHOUT(MMAP);
	map = mmap(NULL, self->info.mmap_size, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	fill_pattern(buf, sizeof(buf), 7);
	ASSERT_EQ(0, card_to(self->fd, buf, 12345, sizeof(buf)));
	EXPECT_EQ(sizeof(buf), first_difference(buf, map + 12345, sizeof(buf)));

	map[self->info.mmap_size - 1] = 0x77;
	ASSERT_EQ(0, card_from(self->fd, buf, self->info.mmap_size - 1, 1));
	EXPECT_EQ(0x77, buf[0]);
}

TEST_F(card, a_mapping_may_begin_anywhere)
{
	unsigned char *all, *part;

	SKIP_WITHOUT(MMAP);
	all = mmap(NULL, self->info.mmap_size, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	part = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 3 * 4096);
	ASSERT_NE(MAP_FAILED, all);
	ASSERT_NE(MAP_FAILED, part);
	part[4097] = 0x5c;
	EXPECT_EQ(0x5c, ((volatile unsigned char *)all)[4 * 4096 + 1]);
}

TEST_F(card, a_mapping_is_bounded_and_shared)
{
	size_t size = self->info.mmap_size;

	SKIP_WITHOUT(MMAP);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, size + 4096, PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, self->fd, size));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(card, no_mapping_where_there_is_none)
{
	SKIP_WITH(MMAP);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EOPNOTSUPP, errno);
}

TEST_F(card, reset_clears_registers_and_keeps_memory)
{
	unsigned char out[300], in[300] = { 0 };
	uint64_t value, count = 0;

	SKIP_WITHOUT(RESET);
	fill_pattern(out, sizeof(out), 9);
	ASSERT_EQ(0, card_to(self->fd, out, 0, sizeof(out)));
	ASSERT_EQ(0, card_reg_write(self->fd, FPGA_SCRATCH, 4, 1));
	ASSERT_EQ(0, card_reg_write(self->fd, FPGA_REGFILE, 4, 1));
	ASSERT_EQ(0, card_reset(self->fd));

	ASSERT_EQ(0, card_reg_read(self->fd, FPGA_SCRATCH, 4, &value));
	EXPECT_EQ(FPGA_SCRATCH_RESET, value);
	ASSERT_EQ(0, card_reg_read(self->fd, FPGA_REGFILE, 4, &value));
	EXPECT_EQ(0, value);
	ASSERT_EQ(0, card_from(self->fd, in, 0, sizeof(in)));
	EXPECT_EQ(sizeof(in), first_difference(out, in, sizeof(in)));

	/* and interrupts still arrive */
	card_wait(self->fd, EMUCARD_IRQ_NOWAIT, &count, 0, NULL);
	ASSERT_EQ(0, card_raise(self->fd, 1));
	EXPECT_EQ(0, card_wait(self->fd, 0, &count, PATIENCE_MS, NULL));
}

TEST_F(card, factorials_are_right_modulo_2_to_the_32)
{
	uint32_t n, want = 1, got;

	SKIP_WITHOUT(FACT);
	for (n = 0; n <= 40; n++) {
		want *= n ? n : 1;
		ASSERT_EQ(0, card_fact(self->fd, n, PATIENCE_MS, &got));
		EXPECT_EQ(want, got) TH_LOG("n = %u", n);
	}
}

TEST_F(card, a_factorial_that_was_given_up_keeps_the_card_busy)
{
	int ret = -EBUSY, tries;
	uint32_t result;

	SKIP_WITHOUT(FACT);
	/* Two thousand million multiplications */
	EXPECT_EQ(-ETIMEDOUT, card_fact(self->fd, 2000000000, 1, &result));
	EXPECT_EQ(-EBUSY, card_fact(self->fd, 5, 1, &result));
	for (tries = 0; tries < 250 && ret == -EBUSY; tries++) {
		usleep(100000);
		ret = card_fact(self->fd, 5, PATIENCE_MS, &result);
	}
	EXPECT_EQ(0, ret);
	EXPECT_EQ(120, result);
}

TEST_HARNESS_MAIN
