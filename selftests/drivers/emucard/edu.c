// SPDX-License-Identifier: GPL-2.0-only
/* What is particular to edu: factorials, and transfers that take 100 ms, always */
#include <linux/pci_regs.h>
#include <signal.h>
#include <sys/time.h>

#define WITHOUT_FPGA
#include "fixture.h"
#include "worker.h"

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

TEST_F(card, a_factorial_that_was_given_up_is_waited_for)
{
	uint32_t result;

	/* Two thousand million multiplications */
	EXPECT_EQ(-ETIMEDOUT, card_fact(self->fd, 2000000000, 1, &result));
	EXPECT_EQ(-ETIMEDOUT, card_fact(self->fd, 5, 1, &result));
	EXPECT_EQ(0, card_fact(self->fd, 5, EMUCARD_TIMEOUT_MAX_MS, &result));
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

/* On one processor, where who releases the engine could always be the first to want it */
TEST_F(card, callers_take_turns)
{
	struct worker endless = {
		.fd = self->fd, .len = 300, .rounds = INT_MAX,
	}, others[3];
	size_t i;

	ASSERT_EQ(0, share_one_processor());
	ASSERT_EQ(0, pthread_create(&endless.thread, NULL, work, &endless));
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		others[i] = (struct worker) {
			.fd = self->fd, .offset = 1024 * (i + 1), .len = 300, .rounds = 4,
		};
		ASSERT_EQ(0, pthread_create(&others[i].thread, NULL, work, &others[i]));
	}
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		pthread_join(others[i].thread, NULL);
		EXPECT_EQ(0, others[i].error) TH_LOG("thread %zu", i);
	}
	atomic_store(&endless.stop, true);
	pthread_join(endless.thread, NULL);
	EXPECT_EQ(0, endless.error);
	/* As often as the others, and before they all began, and after they had ended */
	EXPECT_LE(4, endless.passes);
	EXPECT_GE(20, endless.passes);
}

/* Behind the driver's back: 0 or -errno */
static int enable_msi(const char *slot, bool on)
{
	uint8_t cap[2], pos = 0;
	uint16_t flags;
	char path[64];
	int fd, ret = 0;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", slot);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (pread(fd, &pos, 1, PCI_CAPABILITY_LIST) != 1)
		ret = -EIO;
	while (!ret && pread(fd, cap, 2, pos) == 2 && cap[0] != PCI_CAP_ID_MSI) {
		pos = cap[1];
		ret = pos ? 0 : -ENODEV;
	}
	if (!ret && pread(fd, &flags, 2, pos + PCI_MSI_FLAGS) == 2) {
		flags = on ? flags | PCI_MSI_FLAGS_ENABLE : flags & ~PCI_MSI_FLAGS_ENABLE;
		if (pwrite(fd, &flags, 2, pos + PCI_MSI_FLAGS) != 2)
			ret = -errno;
	}
	close(fd);
	return ret;
}

/* Nor does it cost those who wait for their turn the time that they have. */
TEST_F(card, a_lost_interrupt_costs_time_but_no_data)
{
	struct worker workers[3];
	size_t i;

	SKIP_UNLESS_ROOT();
	if (self->info.irq_mode != EMUCARD_IRQ_MSI)
		SKIP(return, "no MSI that could be turned off");
	ASSERT_EQ(0, enable_msi(self->info.slot, false));
	for (i = 0; i < ARRAY_SIZE(workers); i++) {
		workers[i] = (struct worker) {
			.fd = self->fd, .offset = 1024 * i, .len = 300, .rounds = 1,
		};
		EXPECT_EQ(0, pthread_create(&workers[i].thread, NULL, work, &workers[i]));
	}
	for (i = 0; i < ARRAY_SIZE(workers); i++) {
		pthread_join(workers[i].thread, NULL);
		EXPECT_EQ(0, workers[i].error) TH_LOG("thread %zu", i);
	}
	EXPECT_EQ(0, enable_msi(self->info.slot, true));
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
	int tries, ret = 0;

	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &often, NULL));
	/* A machine that is stopped for as long as a transfer takes sees its end first. */
	for (tries = 0; tries < 50 && !ret; tries++)
		ret = card_to(self->fd, buf, 0, sizeof(buf));
	EXPECT_EQ(-EINTR, ret);
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &never, NULL));
	EXPECT_TRUE(card_works(self->fd));
}

TEST_F(card, a_stop_does_not_end_a_transfer)
{
	struct worker w = { .fd = self->fd, .len = 300, .rounds = 3 };
	int status, tries;
	pid_t pid = fork();

	if (!pid) {
		work(&w);
		_exit(abs(w.error));
	}
	for (tries = 0; tries < 5; tries++) {
		usleep(30000);
		ASSERT_EQ(0, stop_and_continue(pid));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
