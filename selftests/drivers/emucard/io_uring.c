// SPDX-License-Identifier: GPL-2.0-only
/* The card's memory by io_uring: sizes, vectors, registered buffers, cancelling, closing */
#include <sys/uio.h>

#include "fixture.h"
#include "uring.h"

static struct io_uring_sqe rw_sqe(int fd, int opcode, const void *addr, uint32_t len,
				  uint64_t offset)
{
	return (struct io_uring_sqe) {
		.opcode = opcode, .fd = fd, .addr = (uintptr_t)addr, .len = len, .off = offset,
	};
}

#define SKIP_UNLESS_URING(u)							\
	do {									\
		int __ret = uring_open(u);					\
										\
		if (__ret)							\
			SKIP(return, "io_uring: %s", strerror(-__ret));		\
	} while (0)

TEST_F(card, a_read_and_a_write_complete)
{
	static const size_t lens[] = { 1, 512, 4000 };
	unsigned char out[4000], in[4000];
	struct io_uring_sqe sqe;
	struct uring u;
	size_t i;

	SKIP_UNLESS_URING(&u);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		fill_pattern(out, lens[i], i);
		memset(in, 0, sizeof(in));
		sqe = rw_sqe(self->fd, IORING_OP_WRITE, out, lens[i], 7);
		ASSERT_EQ(lens[i], uring_run(&u, &sqe, PATIENCE_MS));
		sqe = rw_sqe(self->fd, IORING_OP_READ, in, lens[i], 7);
		ASSERT_EQ(lens[i], uring_run(&u, &sqe, PATIENCE_MS));
		EXPECT_EQ(lens[i], first_difference(out, in, lens[i]));
	}
}

/*
 * Each piece by itself in memory, so that none can be joined with the next. Seven begin in a cache
 * line: of more at a time the debugging of the DMA API loses count.
 */
#define PIECE	3
#define STRIDE	10

static void split(struct iovec *vec, size_t nr, unsigned char *buf)
{
	size_t i;

	for (i = 0; i < nr; i++)
		vec[i] = (struct iovec) { buf + i * STRIDE, PIECE };
}

TEST_F(card, vectors_of_any_number_complete)
{
	static const size_t numbers[] = { 1, 64, 65, 1024 };
	size_t size = 1024 * STRIDE, i, j;
	unsigned char *out = calloc(1, size), *in = malloc(size);
	struct iovec vec[1024];
	struct io_uring_sqe sqe;
	struct uring u;

	SKIP_UNLESS_URING(&u);
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		size_t nr = numbers[i];

		for (j = 0; j < nr; j++)
			fill_pattern(out + j * STRIDE, PIECE, i * 1024 + j);
		memset(in, 0, size);
		split(vec, nr, out);
		sqe = rw_sqe(self->fd, IORING_OP_WRITEV, vec, nr, 5);
		ASSERT_EQ(nr * PIECE, uring_run(&u, &sqe, PATIENCE_MS)) TH_LOG("%zu vectors", nr);
		split(vec, nr, in);
		sqe = rw_sqe(self->fd, IORING_OP_READV, vec, nr, 5);
		ASSERT_EQ(nr * PIECE, uring_run(&u, &sqe, PATIENCE_MS)) TH_LOG("%zu vectors", nr);
		EXPECT_EQ(nr * STRIDE, first_difference(out, in, nr * STRIDE));
	}
}

/* More than the card takes at once, where that is possible */
TEST_F(card, a_long_read_completes)
{
	size_t len = variant->kind == EMUCARD_KIND_FPGA ? 9 * MIB + 5 : 4096;
	unsigned char *out = malloc(len), *in = calloc(1, len);
	struct io_uring_sqe sqe;
	struct uring u;

	SKIP_UNLESS_URING(&u);
	fill_pattern(out, len, 4);
	ASSERT_EQ(0, card_to(self->fd, out, 0, len));
	sqe = rw_sqe(self->fd, IORING_OP_READ, in, len, 0);
	ASSERT_EQ(len, uring_run(&u, &sqe, PATIENCE_MS));
	EXPECT_EQ(len, first_difference(out, in, len));
}

/* Memory of both kinds, whole and in parts that begin and end anywhere */
TEST_F(card, registered_buffers_complete)
{
	bool quick = variant->kind == EMUCARD_KIND_FPGA;
	size_t len = quick ? 4 * MIB : 4096, part, at;
	static const size_t places[] = { 0, 1, 4095, 4096, 10000 };
	unsigned char *buf[2], *want = malloc(len);
	struct iovec vec[2];
	struct io_uring_sqe sqe;
	struct uring u;
	size_t i, j;

	SKIP_UNLESS_URING(&u);
	for (i = 0; i < 2; i++) {
		buf[i] = mmap(NULL, 2 * len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0);
		ASSERT_NE(MAP_FAILED, buf[i]);
		madvise(buf[i], 2 * len, i ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
		memset(buf[i], 1, 2 * len);
		vec[i] = (struct iovec) { buf[i], len };
	}
	if (uring_register(&u, IORING_REGISTER_BUFFERS, vec, 2))
		SKIP(return, "buffers cannot be registered: RLIMIT_MEMLOCK?");
	fill_pattern(want, len, 6);
	for (i = 0; i < 2; i++) {
		for (j = 0; j < ARRAY_SIZE(places) && places[j] + j < len; j++) {
			at = places[j];
			part = len - at - j;
			memcpy(buf[i], want, len);
			sqe = rw_sqe(self->fd, IORING_OP_WRITE_FIXED, buf[i] + at, part, j);
			sqe.buf_index = i;
			ASSERT_EQ(part, uring_run(&u, &sqe, PATIENCE_MS));
			memset(buf[i], 0, len);
			sqe = rw_sqe(self->fd, IORING_OP_READ_FIXED, buf[i] + at, part, j);
			sqe.buf_index = i;
			ASSERT_EQ(part, uring_run(&u, &sqe, PATIENCE_MS));
			EXPECT_EQ(part, first_difference(want + at, buf[i] + at, part));
			EXPECT_TRUE(!at || !buf[i][at - 1]);
			EXPECT_EQ(at + part < len ? 0 : 1, buf[i][at + part]);
		}
	}
}

/* Many at a time, more than would be served without waiting */
TEST_F(card, many_at_a_time_all_complete)
{
	bool quick = variant->kind == EMUCARD_KIND_FPGA;
	int nr = quick ? URING_ENTRIES : 3, i;
	size_t len = quick ? 200001 : 300;
	unsigned char *out = malloc(nr * len), *in = calloc(nr, len);
	struct io_uring_sqe sqe;
	struct io_uring_cqe cqe;
	struct uring u;

	SKIP_UNLESS_URING(&u);
	fill_pattern(out, nr * len, 8);
	ASSERT_EQ(0, card_to(self->fd, out, 0, nr * len));
	for (i = 0; i < nr; i++) {
		sqe = rw_sqe(self->fd, IORING_OP_READ, in + i * len, len, i * len);
		ASSERT_EQ(0, uring_submit(&u, &sqe));
	}
	for (i = 0; i < nr; i++) {
		ASSERT_EQ(0, uring_wait(&u, PATIENCE_MS, &cqe));
		EXPECT_EQ(len, cqe.res);
	}
	EXPECT_EQ(nr * len, first_difference(out, in, nr * len));
}

/* It may have ended already; but it ends, once, and the request to cancel it does as well. */
TEST_F(card, a_request_that_is_cancelled_ends)
{
	static unsigned char buf[64];
	struct io_uring_sqe sqe, cancel = {
		.opcode = IORING_OP_ASYNC_CANCEL, .fd = -1, .addr = 1, .user_data = 2,
	};
	struct io_uring_cqe cqe;
	struct uring u;
	int round, i, seen;

	SKIP_UNLESS_URING(&u);
	for (round = 0; round < 5; round++) {
		sqe = rw_sqe(self->fd, IORING_OP_READ, buf, sizeof(buf), 0);
		sqe.user_data = 1;
		ASSERT_EQ(0, uring_submit(&u, &sqe));
		usleep(20000 * round);
		ASSERT_EQ(0, uring_submit(&u, &cancel));
		for (i = 0, seen = 0; i < 2; i++) {
			ASSERT_EQ(0, uring_wait(&u, PATIENCE_MS, &cqe));
			seen |= cqe.user_data;
			if (cqe.user_data == 1)
				EXPECT_TRUE(cqe.res == sizeof(buf) || cqe.res == -ECANCELED ||
					    cqe.res == -EINTR) TH_LOG("%d", cqe.res);
		}
		EXPECT_EQ(3, seen);
	}
	EXPECT_TRUE(card_works(self->fd));
}

TEST_F(card, closing_the_file_and_the_ring_under_way_does_no_harm)
{
	static unsigned char buf[16][5000];
	struct io_uring_sqe sqe;
	struct uring u;
	int round, i, fd;

	SKIP_UNLESS_URING(&u);
	uring_close(&u);
	for (round = 0; round < 3; round++) {
		ASSERT_EQ(0, uring_open(&u));
		fd = open(card_node(variant->kind), O_RDWR | O_CLOEXEC);
		ASSERT_GE(fd, 0);
		for (i = 0; i < 16; i++) {
			sqe = rw_sqe(fd, i % 2 ? IORING_OP_READ : IORING_OP_WRITE, buf[i],
				     variant->kind == EMUCARD_KIND_FPGA ? sizeof(buf[i]) : 100, 0);
			ASSERT_EQ(0, uring_submit(&u, &sqe));
		}
		close(fd);
		uring_close(&u);
	}
	EXPECT_TRUE(card_works(self->fd));
}

/* What is under way ends with the card, in whatever form. */
TEST_F(card, requests_end_when_the_card_goes)
{
	static unsigned char buf[16][5000];
	struct io_uring_cqe cqe;
	struct io_uring_sqe sqe;
	struct uring u;
	int i;

	SKIP_UNLESS_ROOT();
	SKIP_UNLESS_URING(&u);
	for (i = 0; i < 16; i++) {
		sqe = rw_sqe(self->fd, IORING_OP_READ, buf[i], 4000, 0);
		ASSERT_EQ(0, uring_submit(&u, &sqe));
	}
	ASSERT_EQ(0, card_bind(&self->info, "unbind"));
	for (i = 0; i < 16; i++) {
		ASSERT_EQ(0, uring_wait(&u, PATIENCE_MS, &cqe));
		EXPECT_TRUE(cqe.res == 4000 || cqe.res == -ENODEV) TH_LOG("%d", cqe.res);
	}
	ASSERT_EQ(0, card_bind(&self->info, "bind"));
	close(card_reopen(variant->kind));
}

TEST_HARNESS_MAIN
