// SPDX-License-Identifier: GPL-2.0-only
/* The card goes while files are open and requests under way */
#include <poll.h>
#include <pthread.h>

#include "fixture.h"

TEST_F(card, every_call_after_unbind_is_enodev)
{
	struct pollfd pfd = { .fd = self->fd, .events = POLLPRI };
	struct emucard_info info;
	unsigned char byte = 0;
	uint64_t value = 0;
	uint32_t result;
	int fd;

	SKIP_UNLESS_ROOT();
	ASSERT_EQ(0, card_bind(&self->info, "unbind"));
	EXPECT_EQ(-ENODEV, card_info(self->fd, &info));
	EXPECT_EQ(-ENODEV, card_reg_read(self->fd, 0, 4, &value));
	EXPECT_EQ(-ENODEV, card_to(self->fd, &byte, 0, 1));
	EXPECT_EQ(-ENODEV, card_raise(self->fd, 1));
	EXPECT_EQ(-ENODEV, card_wait(self->fd, 0, &value, PATIENCE_MS, NULL));
	EXPECT_EQ(-ENODEV, card_eventfd(self->fd, -1));
	EXPECT_EQ(-ENODEV, card_reset(self->fd));
	EXPECT_EQ(-ENODEV, card_fact(self->fd, 1, 0, &result));
	EXPECT_EQ(-1, pread(self->fd, &byte, 1, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-1, pwrite(self->fd, &byte, 1, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLERR | POLLHUP, pfd.revents);
	EXPECT_EQ(-1, open(card_node(variant->kind), O_RDWR));

	ASSERT_EQ(0, card_bind(&self->info, "bind"));
	fd = card_reopen(variant->kind);
	ASSERT_GE(fd, 0);
	EXPECT_EQ(0, card_to(fd, &byte, 0, 1));
	/* The old file stays what it is: of a card that has gone. */
	EXPECT_EQ(-ENODEV, card_info(self->fd, &info));
	close(fd);
}

struct caller {
	pthread_t thread;
	int fd;
	int (*call)(int fd);
	int error;
};

static int wait_long(int fd)
{
	uint64_t count = 0;

	card_wait(fd, EMUCARD_IRQ_NOWAIT, &count, 0, NULL);
	return card_wait(fd, 0, &count, EMUCARD_TIMEOUT_MAX_MS, NULL);
}

static int poll_long(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLPRI };

	return poll(&pfd, 1, -1) == 1 && pfd.revents == (POLLERR | POLLHUP) ? -ENODEV : -EIO;
}

/* Transfers without end; the first error is the result. */
static int dma_long(int fd)
{
	static __thread unsigned char buf[1 << 20];
	struct emucard_info info;
	uint64_t len = sizeof(buf);
	int ret = card_info(fd, &info);

	if (len > info.dma_size)
		len = info.dma_size;
	while (!ret)
		ret = card_dma(fd, EMUCARD_DMA_FROM_CARD, buf, 0, len, PATIENCE_MS, NULL);
	return ret;
}

static int read_long(int fd)
{
	static __thread unsigned char buf[4096];

	while (pread(fd, buf, sizeof(buf), 0) > 0)
		;
	return -errno;
}

static void *call(void *data)
{
	struct caller *c = data;

	c->error = c->call(c->fd);
	return NULL;
}

TEST_F(card, calls_under_way_end_with_enodev_when_the_card_goes)
{
	static int (* const calls[])(int fd) = {
		wait_long, poll_long, dma_long, dma_long, read_long, read_long,
	};
	struct caller callers[ARRAY_SIZE(calls)];
	int round, fd = self->fd;
	size_t i;

	SKIP_UNLESS_ROOT();
	for (round = 0; round < 5; round++) {
		for (i = 0; i < ARRAY_SIZE(calls); i++) {
			callers[i] = (struct caller) { .fd = fd, .call = calls[i] };
			ASSERT_EQ(0, pthread_create(&callers[i].thread, NULL, call, &callers[i]));
		}
		usleep(20000 * round);
		ASSERT_EQ(0, card_bind(&self->info, "unbind"));
		for (i = 0; i < ARRAY_SIZE(calls); i++) {
			pthread_join(callers[i].thread, NULL);
			EXPECT_EQ(-ENODEV, callers[i].error) TH_LOG("caller %zu", i);
		}
		ASSERT_EQ(0, card_bind(&self->info, "bind"));
		fd = card_reopen(variant->kind);
		ASSERT_GE(fd, 0);
	}
}

TEST_F(card, a_driver_may_be_bound_and_unbound_often)
{
	int round, fd;

	SKIP_UNLESS_ROOT();
	for (round = 0; round < 20; round++) {
		ASSERT_EQ(0, card_bind(&self->info, "unbind"));
		ASSERT_EQ(0, card_bind(&self->info, "bind"));
		fd = card_reopen(variant->kind);
		ASSERT_GE(fd, 0);
		close(fd);
	}
}

TEST_HARNESS_MAIN
