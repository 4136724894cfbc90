// SPDX-License-Identifier: GPL-2.0-only
/* What is particular to edu: factorials, and transfers that take 100 ms, always */
#include <signal.h>
#include <sys/time.h>

#define WITHOUT_FPGA
#include "fixture.h"

TEST_F(card, no_mapping_where_there_is_none)
{
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EOPNOTSUPP, errno);
}

TEST_F(card, factorials_are_right_modulo_2_to_the_32)
{
	uint32_t n, want = 1, got;

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

TEST_F(card, a_transfer_that_takes_too_long_times_out)
{
	unsigned char buf[64] = { 0 };
	uint64_t done;

	/* edu takes 100 ms, always */
	EXPECT_EQ(-ETIMEDOUT, card_dma(self->fd, EMUCARD_DMA_TO_CARD, buf, 0, sizeof(buf), 1,
				       &done));
	EXPECT_EQ(0, done);
	EXPECT_TRUE(card_works(self->fd));
}

static void nothing(int sig)
{
}

TEST_F(card, a_signal_ends_a_transfer)
{
	struct itimerval often = { .it_interval.tv_usec = 10000, .it_value.tv_usec = 10000 };
	struct itimerval never = { 0 };
	struct sigaction action = { .sa_handler = nothing };
	unsigned char buf[64] = { 0 };

	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &often, NULL));
	EXPECT_EQ(-EINTR, card_to(self->fd, buf, 0, sizeof(buf)));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &never, NULL));
	EXPECT_TRUE(card_works(self->fd));
}

TEST_HARNESS_MAIN
