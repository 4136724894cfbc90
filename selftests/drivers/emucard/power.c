// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspend and resume, with files open and requests under way: all phases of the
 * devices, by the kernel's own test of them (/sys/power/pm_test), without the sleep
 */
#include <assert.h>
#include <linux/aio_abi.h>
#include <sys/syscall.h>

#include "fixture.h"
#include "ports.h"
#include "worker.h"

#define PM_TEST		"/sys/power/pm_test"
#define PM_TEST_DELAY	"/sys/module/suspend/parameters/pm_test_delay"

#define SKIP_UNLESS_PM_TEST()							\
	do {									\
		SKIP_UNLESS_ROOT();						\
		if (access(PM_TEST, W_OK))					\
			SKIP(return, "%s: %s", PM_TEST, strerror(errno));	\
	} while (0)

/* Longer than anybody waits for a transfer [s] */
#define LONG_SUSPEND	"6"
static_assert(EMUCARD_TIMEOUT_DEFAULT_MS < 6000, "LONG_SUSPEND is too short");

/*
 * How far: "freezer" is processes only, "platform" also devices; it resumes after so
 * many seconds, for which processors are busy and clocks run: 0 or -errno
 */
static int suspend_and_resume(const char *how_far, const char *seconds)
{
	int ret;

	/* The test last, which is to be undone. */
	ret = write_to(PM_TEST_DELAY, seconds);
	if (!ret)
		ret = write_to(PM_TEST, how_far);
	if (ret)
		return ret;
	ret = write_to("/sys/power/state", "mem");
	write_to(PM_TEST, "none");
	return ret;
}

TEST_F(card, transfers_go_on_after_a_suspend)
{
	unsigned char out[512], in[512] = { 0 };
	uint64_t size = self->info.dma_size, count = 0;
	static const char * const seconds[] = { "0", LONG_SUSPEND };
	struct worker workers[WORKERS];
	int round, i;

	SKIP_UNLESS_PM_TEST();
	fill_pattern(out, sizeof(out), 1);
	ASSERT_EQ(0, card_to(self->fd, out, size - sizeof(out), sizeof(out)));
	ASSERT_EQ(0, start_workers(workers, self->fd, 0));
	for (round = 0; round < 2; round++) {
		EXPECT_EQ(0, suspend_and_resume("platform", seconds[round]));
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

/* No caller waits for these that could be told to ask again. */
TEST(asynchronous_requests_go_on_after_a_long_suspend)
{
	int fd = open(card_node(EMUCARD_KIND_FPGA), O_RDWR | O_CLOEXEC);
	int port = open_ports();
	struct timespec patience = { .tv_sec = PATIENCE_MS / 1000 };
	unsigned char out[5000], in[sizeof(out)] = { 0 };
	struct emucard_info info;
	struct io_event event;
	aio_context_t ctx = 0;
	struct iocb cb = {
		.aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = fd,
		.aio_buf = (uintptr_t)out, .aio_nbytes = sizeof(out),
	}, *list = &cb;

	SKIP_UNLESS_PM_TEST();
	if (fd < 0 || port < 0)
		SKIP(return, "an fpga card and /dev/port are needed: %s", strerror(errno));
	ASSERT_EQ(0, card_info(fd, &info));
	if (!can_poke(info.regs_base))
		SKIP(return, "the card's ports are out of reach of /dev/port");
	ASSERT_EQ(0, syscall(SYS_io_setup, 1, &ctx));
	fill_pattern(out, sizeof(out), 3);

	/* Or the request would be over before the suspend begins. */
	stick(port, info.regs_base);
	ASSERT_EQ(1, syscall(SYS_io_submit, ctx, 1, &list));
	EXPECT_EQ(0, suspend_and_resume("platform", LONG_SUSPEND));
	ASSERT_EQ(1, syscall(SYS_io_getevents, ctx, 1, 1, &event, &patience));
	EXPECT_EQ(sizeof(out), event.res);
	ASSERT_EQ(0, card_from(fd, in, 0, sizeof(in)));
	EXPECT_EQ(sizeof(in), first_difference(out, in, sizeof(in)));
	syscall(SYS_io_destroy, ctx);
	close(port);
	close(fd);
}

/* From a pipe to the card: who waits for the card holds the pipe. */
struct plumber {
	pthread_t thread;
	int fd;
	int *pipe;
	atomic_bool *stop;
	int error;
};

static void *plumb(void *data)
{
	struct plumber *p = data;
	unsigned char out[300] = { 0 };
	loff_t offset = 0;

	while (!atomic_load(p->stop) && !p->error) {
		/* Each puts in what one of them takes out: it is never full, nor empty. */
		if (write(p->pipe[1], out, sizeof(out)) != sizeof(out) ||
		    splice(p->pipe[0], NULL, p->fd, &offset, sizeof(out), 0) <= 0)
			p->error = errno;
		offset = 0;
	}
	return NULL;
}

static void freeze_often(struct __test_metadata *_metadata)
{
	int round;

	for (round = 0; round < 20; round++) {
		EXPECT_EQ(0, suspend_and_resume("freezer", "0"));
	}
}

/* On one processor at least one worker is not asleep when all are frozen. */
TEST_F(card, being_frozen_is_not_an_error)
{
	struct worker workers[WORKERS];
	int i;

	SKIP_UNLESS_PM_TEST();
	ASSERT_EQ(0, share_one_processor());
	ASSERT_EQ(0, start_workers(workers, self->fd, 0));
	freeze_often(_metadata);
	stop_workers(workers);
	for (i = 0; i < WORKERS; i++) {
		EXPECT_EQ(0, workers[i].error) TH_LOG("worker %d", i);
	}
}

/* A thread that was frozen with the pipe would keep the other from being frozen. */
TEST_F(card, who_splices_can_be_frozen)
{
	struct plumber plumbers[2];
	atomic_bool stop = false;
	int pipes[2], i;

	SKIP_UNLESS_PM_TEST();
	ASSERT_EQ(0, pipe(pipes));
	for (i = 0; i < 2; i++) {
		plumbers[i] = (struct plumber) { .fd = self->fd, .pipe = pipes, .stop = &stop };
		ASSERT_EQ(0, pthread_create(&plumbers[i].thread, NULL, plumb, &plumbers[i]));
	}
	freeze_often(_metadata);
	atomic_store(&stop, true);
	for (i = 0; i < 2; i++) {
		pthread_join(plumbers[i].thread, NULL);
		EXPECT_EQ(0, plumbers[i].error) TH_LOG("plumber %d", i);
	}
}

TEST_HARNESS_MAIN
