// SPDX-License-Identifier: GPL-2.0-only
/* The card's memory as a file: positions, ends, vectors, asynchronous requests */
#include <linux/aio_abi.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "fixture.h"

TEST_F(card, seek_knows_the_size)
{
	EXPECT_EQ(self->info.dma_size, lseek(self->fd, 0, SEEK_END));
	EXPECT_EQ(16, lseek(self->fd, 16, SEEK_SET));
	EXPECT_EQ(-1, lseek(self->fd, -1, SEEK_SET));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, lseek(self->fd, self->info.dma_size + 1, SEEK_SET));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(card, read_and_write_move_the_position)
{
	unsigned char out[48], in[48] = { 0 };

	fill_pattern(out, sizeof(out), 1);
	ASSERT_EQ(100, lseek(self->fd, 100, SEEK_SET));
	ASSERT_EQ(sizeof(out), write(self->fd, out, sizeof(out)));
	EXPECT_EQ(100 + sizeof(out), lseek(self->fd, 0, SEEK_CUR));
	ASSERT_EQ(100, lseek(self->fd, 100, SEEK_SET));
	ASSERT_EQ(sizeof(in), read(self->fd, in, sizeof(in)));
	EXPECT_EQ(0, memcmp(out, in, sizeof(in)));
}

TEST_F(card, the_end_is_an_end)
{
	unsigned char buf[64] = { 0 };
	off_t size = self->info.dma_size;

	EXPECT_EQ(0, pread(self->fd, buf, sizeof(buf), size));
	EXPECT_EQ(16, pread(self->fd, buf, sizeof(buf), size - 16));
	EXPECT_EQ(16, pwrite(self->fd, buf, sizeof(buf), size - 16));
	EXPECT_EQ(-1, pwrite(self->fd, buf, sizeof(buf), size));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(0, pread(self->fd, buf, 0, 0));
}

TEST_F(card, vectors_are_joined)
{
	unsigned char out[1000], in[1000] = { 0 };
	struct iovec vec[] = {
		{ out, 1 }, { out + 1, 0 }, { out + 1, 600 }, { out + 601, 399 }, { out, 0 },
	};

	fill_pattern(out, sizeof(out), 2);
	ASSERT_EQ(sizeof(out), pwritev(self->fd, vec, ARRAY_SIZE(vec), 5));
	ASSERT_EQ(sizeof(in), pread(self->fd, in, sizeof(in), 5));
	EXPECT_EQ(sizeof(in), first_difference(out, in, sizeof(in)));

	memset(out, 0, sizeof(out));
	ASSERT_EQ(sizeof(out), preadv(self->fd, vec, ARRAY_SIZE(vec), 5));
	EXPECT_EQ(sizeof(in), first_difference(out, in, sizeof(in)));
}

TEST_F(card, a_bad_buffer_is_a_fault)
{
	unsigned char *end = map_before_hole(16);

	ASSERT_NE(NULL, end);
	EXPECT_EQ(-1, pread(self->fd, end + 16, 64, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, pwrite(self->fd, end + 16, 64, 0));
	EXPECT_EQ(EFAULT, errno);
}

/* The card itself is waited for all the same; budget.c has what others hold. */
TEST_F(card, a_call_that_must_not_wait_for_others)
{
	unsigned char out[5000], in[5000] = { 0 };
	struct iovec to = { out, sizeof(out) }, from = { in, sizeof(in) };

	if (variant->kind == EMUCARD_KIND_EDU) {
		/* edu cannot but wait, and says so from the start. */
		EXPECT_EQ(-1, preadv2(self->fd, &from, 1, 0, RWF_NOWAIT));
		EXPECT_EQ(EOPNOTSUPP, errno);
		return;
	}
	fill_pattern(out, sizeof(out), 8);
	EXPECT_EQ(sizeof(out), pwritev2(self->fd, &to, 1, 99, RWF_NOWAIT));
	EXPECT_EQ(sizeof(in), preadv2(self->fd, &from, 1, 99, RWF_NOWAIT));
	EXPECT_EQ(sizeof(in), first_difference(in, out, sizeof(in)));
}

TEST_F(card, direct_io_may_be_asked_for)
{
	int fd = open(card_node(variant->kind), O_RDWR | O_DIRECT);
	unsigned char byte;

	ASSERT_GE(fd, 0);
	EXPECT_EQ(1, pread(fd, &byte, 1, 3));
	close(fd);
}

#define AIO_NR	64

TEST_F(card, asynchronous_requests_all_complete)
{
	bool quick = variant->kind == EMUCARD_KIND_FPGA;
	int nr = quick ? AIO_NR : 2, done = 0, got, i;
	size_t len = quick ? 20011 : 700;
	struct iocb cbs[AIO_NR], *list[AIO_NR];
	struct io_event events[AIO_NR];
	aio_context_t ctx = 0;
	unsigned char *out = malloc(nr * len), *in = calloc(nr, len);
	int pass;

	if (syscall(SYS_io_setup, AIO_NR, &ctx))
		SKIP(return, "io_setup: %s", strerror(errno));
	fill_pattern(out, nr * len, 3);

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < nr; i++) {
			cbs[i] = (struct iocb) {
				.aio_data = i,
				.aio_lio_opcode = pass ? IOCB_CMD_PREAD : IOCB_CMD_PWRITE,
				.aio_fildes = self->fd,
				.aio_buf = (uintptr_t)((pass ? in : out) + i * len),
				.aio_nbytes = len,
				.aio_offset = i * len,
			};
			list[i] = &cbs[i];
		}
		ASSERT_EQ(nr, syscall(SYS_io_submit, ctx, nr, list));
		for (done = 0; done < nr; done += got) {
			struct timespec patience = { .tv_sec = PATIENCE_MS / 1000 };

			got = syscall(SYS_io_getevents, ctx, 1, nr, events, &patience);
			ASSERT_GE(got, 1);
			for (i = 0; i < got; i++) {
				EXPECT_EQ(len, events[i].res);
			}
		}
	}
	EXPECT_EQ(nr * len, first_difference(out, in, nr * len));
	EXPECT_EQ(0, syscall(SYS_io_destroy, ctx));
}

/* Of the mapping that begins there: KiB of pages that are marked dirty, or -1 */
static long dirty_kib(const void *map)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	unsigned long begin, end, here = 0;
	long kib, sum = -1;
	char line[512];

	if (!smaps)
		return -1;
	while (fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "%lx-%lx ", &begin, &end) == 2)
			here = begin;
		else if (here == (uintptr_t)map &&
			 (sscanf(line, "Shared_Dirty: %ld kB", &kib) == 1 ||
			  sscanf(line, "Private_Dirty: %ld kB", &kib) == 1))
			sum = (sum < 0 ? 0 : sum) + kib;
	}
	fclose(smaps);
	return sum;
}

#define MAPS_LEN	(1000 * KIB)
#define PIECES		12

/* A file system that is told of changes that were not made may come to harm. */
TEST_F(card, memory_that_is_only_read_is_not_marked_dirty)
{
	/* On fpga much more than it moves while the doorbell is rung */
	size_t map_len = page_size() < 40960 ? 40960 / page_size() * page_size() : page_size();
	size_t maps = MAPS_LEN / map_len, i;
	size_t len = variant->kind == EMUCARD_KIND_FPGA ? maps * map_len : 300;
	struct timespec patience = { .tv_sec = PATIENCE_MS / 1000 };
	int exe = open("/proc/self/exe", O_RDONLY);
	unsigned char *map, *in = malloc(len);
	struct iovec pieces[PIECES];
	struct io_event event = { 0 };
	aio_context_t ctx = 0;
	struct iocb cb, *list = &cb;

	ASSERT_GE(exe, 0);
	if (lseek(exe, 0, SEEK_END) < map_len)
		SKIP(return, "/proc/self/exe has fewer than %zu bytes", map_len);
	map = mmap(NULL, maps * map_len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	for (i = 0; i < maps; i++) {
		ASSERT_NE(MAP_FAILED, mmap(map + i * map_len, map_len, PROT_READ,
					   MAP_SHARED | MAP_FIXED | MAP_POPULATE, exe, 0));
	}
	for (i = 0; i < PIECES; i++)
		pieces[i] = (struct iovec) { map, len };
	if (syscall(SYS_io_setup, 1, &ctx))
		SKIP(return, "io_setup: %s", strerror(errno));
	if (dirty_kib(map))
		SKIP(return, "/proc/self/exe is dirty already, or there is no smaps");

	cb = (struct iocb) {
		.aio_lio_opcode = IOCB_CMD_PWRITEV, .aio_fildes = self->fd,
		.aio_buf = (uintptr_t)pieces, .aio_nbytes = PIECES,
	};
	ASSERT_EQ(1, syscall(SYS_io_submit, ctx, 1, &list));
	ASSERT_EQ(1, syscall(SYS_io_getevents, ctx, 1, 1, &event, &patience));
	EXPECT_EQ(PIECES * len, event.res);
	EXPECT_EQ(0, dirty_kib(map));
	ASSERT_EQ(len, pread(self->fd, in, len, (PIECES - 1) * len));
	EXPECT_EQ(len, first_difference(map, in, len));
	EXPECT_EQ(0, syscall(SYS_io_destroy, ctx));
}

TEST_HARNESS_MAIN
