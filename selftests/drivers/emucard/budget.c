// SPDX-License-Identifier: GPL-2.0-only
/*
 * What requests may hold: a member of the group that queues as much as possible pins a bounded
 * amount of memory, gets exact errors, and leaves the card to others afterwards
 */
#include <poll.h>
#include <pthread.h>
#include <sys/uio.h>

#define WITHOUT_EDU
#include "fixture.h"
#include "ports.h"
#include "uring.h"

/* Twice the driver's default, which is an eighth of the memory and 128 MiB at most [bytes] */
#define TOO_MUCH	(256 * MIB)
#define MAPPED		(8 * MIB)
#define HOGS		(TOO_MUCH / MAPPED)

/* Pages that are pinned in the machine now; -1: this kernel does not say */
static long pinned_pages(void)
{
	FILE *file = fopen("/proc/vmstat", "r");
	long acquired = -1, released = -1;
	char line[128];

	while (file && fgets(line, sizeof(line), file)) {
		sscanf(line, "nr_foll_pin_acquired %ld", &acquired);
		sscanf(line, "nr_foll_pin_released %ld", &released);
	}
	if (file)
		fclose(file);
	return acquired < 0 || released < 0 ? -1 : acquired - released;
}

/* As the driver counts, without what it adds for each transfer [bytes] */
static long bound(void)
{
	long memory = sysconf(_SC_PHYS_PAGES) * page_size() / 8;

	return memory < 128 * (long)MIB ? memory : 128 * MIB;
}

FIXTURE(stuck) {
	int fd;
	int port;
	uint64_t base;
	unsigned char *map;
};

FIXTURE_SETUP(stuck)
{
	struct emucard_info info;

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
	self->map = mmap(NULL, MAPPED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->map);
	memset(self->map, 1, MAPPED);
}

FIXTURE_TEARDOWN(stuck)
{
	card_reset(self->fd);
	close(self->port);
	close(self->fd);
}

struct hog {
	pthread_t thread;
	int fd;
	unsigned char *map;
	int error;
};

static void *hog(void *data)
{
	struct hog *h = data;

	/* The shortest time, so that all of it is over soon */
	h->error = card_dma(h->fd, EMUCARD_DMA_TO_CARD, h->map, 0, MAPPED, 1500, NULL);
	return NULL;
}

static int start_hogs(struct hog *hogs, int fd, unsigned char *map)
{
	int ret = 0, i;

	for (i = 0; i < HOGS && !ret; i++) {
		hogs[i] = (struct hog) { .fd = fd, .map = map };
		ret = pthread_create(&hogs[i].thread, NULL, hog, &hogs[i]);
	}
	return ret;
}

TEST_F(stuck, what_is_pinned_is_bounded)
{
	struct hog hogs[HOGS];
	long before = pinned_pages(), most = 0, now;
	int late = 0;
	size_t i;

	if (before < 0)
		SKIP(return, "this kernel does not count pinned pages");
	stick(self->port, self->base);
	ASSERT_EQ(0, start_hogs(hogs, self->fd, self->map));
	for (i = 0; i < 20; i++) {
		usleep(50000);
		now = pinned_pages() - before;
		if (now > most)
			most = now;
	}
	for (i = 0; i < ARRAY_SIZE(hogs); i++) {
		pthread_join(hogs[i].thread, NULL);
		/* The first to run out of time frees the engine for the others. */
		EXPECT_TRUE(hogs[i].error == -ETIMEDOUT || !hogs[i].error)
			TH_LOG("%d", hogs[i].error);
		late += !!hogs[i].error;
	}
	EXPECT_LT(0, late);
	EXPECT_LT(0, most);
	EXPECT_GE(bound() / page_size(), most);
	EXPECT_TRUE(card_works(self->fd));
}

/* Where poll() says that others hold all there is, a call that must not wait finds so. */
TEST_F(stuck, a_call_that_must_not_wait_for_others_is_refused)
{
	struct pollfd poller = { self->fd, POLLIN | POLLOUT, 0 };
	struct iovec vec = { self->map, 1 };
	struct hog hogs[HOGS];
	bool refused = false;
	int i;

	stick(self->port, self->base);
	ASSERT_EQ(0, start_hogs(hogs, self->fd, self->map));
	/* Between the two calls the time of a transfer may run out. */
	for (i = 0; i < PATIENCE_MS / 20 && !refused; i++) {
		usleep(20000);
		refused = !poll(&poller, 1, 0) &&
			  preadv2(self->fd, &vec, 1, 0, RWF_NOWAIT) == -1 && errno == EAGAIN;
	}
	EXPECT_TRUE(refused);
	for (i = 0; i < HOGS; i++)
		pthread_join(hogs[i].thread, NULL);
	EXPECT_EQ(1, poll(&poller, 1, 0));
	EXPECT_TRUE(card_works(self->fd));
	EXPECT_EQ(1, preadv2(self->fd, &vec, 1, 0, RWF_NOWAIT));
}

/* A call that must not wait gets EAGAIN, and poll() says when it is time to try again. */
TEST_F(stuck, a_call_that_must_not_wait_is_tried_again)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_WRITE, .fd = self->fd, .addr = (uintptr_t)self->map,
		.len = MAPPED,
	};
	int nr = TOO_MUCH / MAPPED, ended = 0, i;
	struct io_uring_cqe cqe;
	struct uring u;
	long before = pinned_pages();

	i = uring_open(&u);
	if (i)
		SKIP(return, "io_uring: %s", strerror(-i));
	stick(self->port, self->base);
	for (i = 0; i < nr; i++) {
		ASSERT_EQ(0, uring_submit(&u, &sqe));
	}
	if (before >= 0)
		EXPECT_GE(bound() / page_size(), pinned_pages() - before);
	/* All of it ends, some of it by running out of time, the rest once there is room. */
	while (ended < nr && !uring_wait(&u, PATIENCE_MS, &cqe)) {
		EXPECT_TRUE(cqe.res == -ETIMEDOUT || cqe.res == MAPPED) TH_LOG("%d", cqe.res);
		ended++;
	}
	EXPECT_EQ(nr, ended);
	EXPECT_TRUE(card_works(self->fd));
}

TEST_HARNESS_MAIN
