// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspend and resume, with files open and requests under way: all phases of the
 * devices, by the kernel's own test of them (/sys/power/pm_test), without the sleep
 */
#include "fixture.h"
#include "worker.h"

#define PM_TEST		"/sys/power/pm_test"
#define PM_TEST_DELAY	"/sys/module/suspend/parameters/pm_test_delay"

#define SKIP_UNLESS_PM_TEST()							\
	do {									\
		SKIP_UNLESS_ROOT();						\
		if (access(PM_TEST, W_OK))					\
			SKIP(return, "%s: %s", PM_TEST, strerror(errno));	\
	} while (0)

/* How far: "freezer" is processes only, "platform" also devices: 0 or -errno */
static int suspend_and_resume(const char *how_far)
{
	int ret;

	ret = write_to(PM_TEST, how_far);
	if (ret)
		return ret;
	/* It would wait for five seconds before it resumes. */
	write_to(PM_TEST_DELAY, "0");
	ret = write_to("/sys/power/state", "mem");
	write_to(PM_TEST, "none");
	return ret;
}

TEST_F(card, transfers_go_on_after_a_suspend)
{
	unsigned char out[512], in[512] = { 0 };
	uint64_t size = self->info.dma_size, count = 0;
	struct worker workers[WORKERS];
	int round, i;

	SKIP_UNLESS_PM_TEST();
	fill_pattern(out, sizeof(out), 1);
	ASSERT_EQ(0, card_to(self->fd, out, size - sizeof(out), sizeof(out)));
	ASSERT_EQ(0, start_workers(workers, self->fd, 0));
	for (round = 0; round < 2; round++) {
		EXPECT_EQ(0, suspend_and_resume("platform"));
	}
	stop_workers(workers);
	for (i = 0; i < WORKERS; i++) {
		EXPECT_EQ(0, workers[i].error) TH_LOG("worker %d", i);
		EXPECT_NE(0, workers[i].passes) TH_LOG("worker %d", i);
	}

	ASSERT_EQ(0, card_from(self->fd, in, size - sizeof(in), sizeof(in)));
	EXPECT_EQ(sizeof(in), first_difference(out, in, sizeof(in)));
	card_wait(self->fd, EMUCARD_IRQ_NOWAIT, &count, 0, NULL);
	ASSERT_EQ(0, card_raise(self->fd, 0x21));
	EXPECT_EQ(0, card_wait(self->fd, 0, &count, PATIENCE_MS, NULL));
}

/* On one processor there is always somebody who is not asleep when all are frozen. */
TEST_F(card, being_frozen_is_not_an_error)
{
	struct worker workers[WORKERS];
	int round, i;

	SKIP_UNLESS_PM_TEST();
	ASSERT_EQ(0, share_one_processor());
	ASSERT_EQ(0, start_workers(workers, self->fd, 0));
	for (round = 0; round < 20; round++) {
		EXPECT_EQ(0, suspend_and_resume("freezer"));
	}
	stop_workers(workers);
	for (i = 0; i < WORKERS; i++) {
		EXPECT_EQ(0, workers[i].error) TH_LOG("worker %d", i);
	}
}

TEST_HARNESS_MAIN
