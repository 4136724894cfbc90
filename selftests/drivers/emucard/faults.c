// SPDX-License-Identifier: GPL-2.0-only
/*
 * An engine that is stuck or halts, an interrupt that is lost: the fpga card's own
 * registers are written behind the driver's back, through /dev/port.
 */
#include <linux/aio_abi.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/syscall.h>

#include "harness.h"
#include "card.h"
#include "ports.h"

FIXTURE(faults) {
	int fd;
	int port;
	uint64_t base;
};

FIXTURE_SETUP(faults)
{
	struct emucard_info info;

	self->port = -1;
	self->fd = open(card_node(EMUCARD_KIND_FPGA), O_RDWR | O_CLOEXEC);
	if (self->fd < 0)
		SKIP_TEST("%s: %s", card_node(EMUCARD_KIND_FPGA), strerror(errno));
	self->port = open_ports();
	if (self->port < 0)
		SKIP_TEST("/dev/port: %s", strerror(errno));
	ASSERT_EQ(0, card_info(self->fd, &info));
	self->base = info.regs_base;
	if (!can_poke(self->base))
		SKIP_TEST("the card's ports are out of reach of /dev/port");
}

FIXTURE_TEARDOWN(faults)
{
	if (self->port >= 0)
		card_reset(self->fd);
	if (self->fd >= 0)
		close(self->fd);
}

/* With a table of segments */
static bool works(int fd)
{
	unsigned char out[70000], in[70000] = { 0 };

	fill_pattern(out, sizeof(out), getpid());
	return !card_to(fd, out, 0, sizeof(out)) && !card_from(fd, in, 0, sizeof(in)) &&
	       !memcmp(out, in, sizeof(out));
}

TEST_F(faults, a_stuck_engine_times_out_and_works_again)
{
	unsigned char buf[4096] = { 0 };
	uint64_t done;
	int round;

	for (round = 0; round < 3; round++) {
		stick(self->port, self->base);
		EXPECT_EQ(-ETIMEDOUT, card_dma(self->fd, EMUCARD_DMA_TO_CARD, buf, 0,
					       sizeof(buf), 20, &done));
		EXPECT_EQ(0, done);
		EXPECT_TRUE(works(self->fd));
	}
}

TEST_F(faults, a_stuck_read_times_out_too)
{
	unsigned char byte;

	stick(self->port, self->base);
	EXPECT_EQ(-1, pread(self->fd, &byte, 1, 0));
	EXPECT_EQ(ETIMEDOUT, errno);
	EXPECT_TRUE(works(self->fd));
}

struct patient {
	pthread_t thread;
	int fd;
	uint64_t offset;
	int error;
	unsigned char buf[300000];
};

static void *be_patient(void *data)
{
	struct patient *p = data;

	p->error = card_dma(p->fd, EMUCARD_DMA_FROM_CARD, p->buf, p->offset, sizeof(p->buf),
			    PATIENCE_MS, NULL);
	return NULL;
}

TEST_F(faults, who_has_time_survives_the_timeout_of_another)
{
	static struct patient patients[3];
	static unsigned char want[3 * sizeof(patients[0].buf)];
	unsigned char byte = 0;
	size_t i;

	fill_pattern(want, sizeof(want), 5);
	ASSERT_EQ(0, card_to(self->fd, want, 0, sizeof(want)));

	stick(self->port, self->base);
	for (i = 0; i < ARRAY_SIZE(patients); i++) {
		patients[i].fd = self->fd;
		patients[i].offset = i * sizeof(patients[0].buf);
		ASSERT_EQ(0, pthread_create(&patients[i].thread, NULL, be_patient, &patients[i]));
	}
	/* Ends when all three are in the ring or not: in either case none may fail. */
	EXPECT_EQ(-ETIMEDOUT, card_dma(self->fd, EMUCARD_DMA_TO_CARD, &byte, sizeof(want), 1,
				       200, NULL));
	for (i = 0; i < ARRAY_SIZE(patients); i++) {
		pthread_join(patients[i].thread, NULL);
		EXPECT_EQ(0, patients[i].error);
		EXPECT_EQ(sizeof(patients[i].buf),
			  first_difference(want + patients[i].offset, patients[i].buf,
					   sizeof(patients[i].buf)));
	}
}

TEST_F(faults, a_killed_process_leaves_a_card_that_works)
{
	static unsigned char buf[100000];
	int status;
	pid_t pid;

	stick(self->port, self->base);
	pid = fork();
	if (!pid)
		_exit(card_to(self->fd, buf, 0, sizeof(buf)));
	ASSERT_EQ(0, wait_until_asleep(pid));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_TRUE(works(self->fd));
}

TEST_F(faults, asynchronous_requests_time_out_by_themselves)
{
	struct timespec patience = { .tv_sec = PATIENCE_MS / 1000 };
	struct iocb cbs[3], *list[3];
	struct io_event events[3];
	static unsigned char buf[5000];
	aio_context_t ctx = 0;
	int i;

	if (syscall(SYS_io_setup, 3, &ctx))
		SKIP(return, "io_setup: %s", strerror(errno));
	stick(self->port, self->base);
	for (i = 0; i < 3; i++) {
		cbs[i] = (struct iocb) {
			.aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = self->fd,
			.aio_buf = (uintptr_t)buf, .aio_nbytes = sizeof(buf),
		};
		list[i] = &cbs[i];
	}
	ASSERT_EQ(3, syscall(SYS_io_submit, ctx, 3, list));
	ASSERT_EQ(3, syscall(SYS_io_getevents, ctx, 3, 3, events, &patience));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(-ETIMEDOUT, events[i].res);
	}
	EXPECT_TRUE(works(self->fd));
	syscall(SYS_io_destroy, ctx);
}

TEST_F(faults, an_engine_that_halts_fails_requests_and_works_again)
{
	unsigned char byte = 0;

	/* The ring's address: where no memory answers. Bytes 63:56 are out of any reach. */
	stick(self->port, self->base);
	poke(self->port, self->base, FPGA_DMA_RING_HI + 3, 0x7f);
	poke(self->port, self->base, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
	EXPECT_EQ(-EIO, card_to(self->fd, &byte, 0, 1));
	EXPECT_TRUE(works(self->fd));
}

TEST_F(faults, a_lost_interrupt_costs_time_but_no_data)
{
	int round;

	poke(self->port, self->base, FPGA_INT_ENABLE, 0);
	for (round = 0; round < 5; round++) {
		EXPECT_TRUE(works(self->fd));
	}
}

/*
 * The transfer is so long that the card does not finish it while the doorbell is rung. It
 * may be over before the driver has begun to wait, and then the driver does not look for
 * an interrupt until the next one.
 */
TEST_F(faults, a_cause_whose_interrupt_was_lost_does_not_stay_pending)
{
	static unsigned char out[5 << 20], in[sizeof(out)];
	uint32_t pending = FPGA_INT_DMA_DONE;
	int round;

	fill_pattern(out, sizeof(out), 7);
	poke(self->port, self->base, FPGA_INT_ENABLE, 0);
	/*
	 * Which look at the card finds the end, the driver's poll or one after a doorbell, which
	 * has nothing to acknowledge, depends on how much is left for it.
	 */
	for (round = 0; round < 20 && pending & FPGA_INT_DMA_DONE; round++) {
		size_t len = sizeof(out) - round * (sizeof(out) / 40);

		ASSERT_EQ(0, card_to(self->fd, out, 0, len));
		ASSERT_EQ(0, card_from(self->fd, in, 0, len));
		ASSERT_EQ(len, first_difference(out, in, len));
		ASSERT_EQ(sizeof(pending), pread(self->port, &pending, sizeof(pending),
						 self->base + FPGA_INT_STATUS));
	}
	EXPECT_EQ(0, pending & FPGA_INT_DMA_DONE);
}

TEST_HARNESS_MAIN
