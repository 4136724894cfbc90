// SPDX-License-Identifier: GPL-2.0-only
/* Buffers that are registered once: pinned, mapped, counted, and named by transfers */
#include <pthread.h>
#include <sys/resource.h>

#include "fixture.h"
#include "worker.h"

static int buf_register(int fd, const void *addr, uint64_t len, uint32_t *buf)
{
	struct emucard_buf_register reg = {
		.argsz = sizeof(reg), .addr = (uintptr_t)addr, .len = len,
	};
	int ret = card_ioctl(fd, EMUCARD_BUF_REGISTER, &reg);

	*buf = reg.buf;
	return ret;
}

static int buf_unregister(int fd, uint32_t buf)
{
	struct emucard_buf_unregister unreg = { .argsz = sizeof(unreg), .buf = buf };

	return card_ioctl(fd, EMUCARD_BUF_UNREGISTER, &unreg);
}

static int buf_dma(int fd, uint32_t flags, uint32_t buf, uint64_t at, uint64_t offset, uint64_t len)
{
	struct emucard_dma dma = {
		.argsz = sizeof(dma), .flags = flags | EMUCARD_DMA_BUF, .buf = buf, .addr = at,
		.offset = offset, .len = len, .timeout_ms = PATIENCE_MS,
	};
	int ret = card_ioctl(fd, EMUCARD_DMA, &dma);

	return ret ? ret : dma.done == len ? 0 : -EBADE;
}

static unsigned char *map_memory(size_t len, int advice)
{
	unsigned char *map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				  -1, 0);

	if (map == MAP_FAILED)
		return NULL;
	madvise(map, len, advice);
	memset(map, 1, len);
	return map;
}

#define SKIP_UNLESS_BUF(info)							\
	do {									\
		if (!((info)->caps & EMUCARD_CAP_BUF))				\
			SKIP(return, "this card has no registered buffers");	\
	} while (0)

/* Pieces that begin and end anywhere, in memory of small pages and of large ones */
TEST_F(card, any_piece_of_a_buffer_is_moved)
{
	static const struct { size_t at, len; } pieces[] = {
		{ 0, 1 }, { 0, 4096 }, { 1, 4095 }, { 1, 4096 }, { 4095, 2 }, { 4096, 4096 },
		{ 0, 5 * MIB }, { 4096, 4 * MIB }, { 77, 3 * MIB + 5 }, { 5 * MIB - 1, 1 },
		{ 2 * MIB - 1, 2 },
	};
	static const int advice[] = { MADV_NOHUGEPAGE, MADV_HUGEPAGE };
	size_t len = 5 * MIB, shift, i, j;
	unsigned char *want = malloc(len), *map;
	uint32_t buf;

	SKIP_UNLESS_BUF(&self->info);
	fill_pattern(want, len, 3);
	for (i = 0; i < ARRAY_SIZE(advice) * 2; i++) {
		/* Also where the buffer itself begins within a page */
		shift = i < 2 ? 0 : 100;
		map = map_memory(len + 2 * page_size(), advice[i % 2]);
		ASSERT_NE(NULL, map);
		ASSERT_EQ(0, buf_register(self->fd, map + shift, len, &buf));
		for (j = 0; j < ARRAY_SIZE(pieces); j++) {
			size_t at = pieces[j].at, n = pieces[j].len;

			memcpy(map + shift, want, len);
			ASSERT_EQ(0, buf_dma(self->fd, EMUCARD_DMA_TO_CARD, buf, at, j, n));
			memset(map + shift, 0, len);
			ASSERT_EQ(0, buf_dma(self->fd, EMUCARD_DMA_FROM_CARD, buf, at, j, n));
			EXPECT_EQ(n, first_difference(want + at, map + shift + at, n))
				TH_LOG("%zu bytes at %zu", n, at);
			EXPECT_TRUE(!at || !map[shift + at - 1]);
			EXPECT_EQ(at + n == len, map[shift + at + n]);
		}
		ASSERT_EQ(0, buf_unregister(self->fd, buf));
		munmap(map, len + 2 * page_size());
	}
}

/* Where memory goes through bounce buffers, these hold what it was at the last transfer. */
TEST_F(card, what_is_written_after_a_transfer_stays)
{
	size_t len = 2 * MIB, i;
	unsigned char *map = map_memory(len, MADV_NORMAL);
	uint32_t buf;

	SKIP_UNLESS_BUF(&self->info);
	ASSERT_EQ(0, buf_register(self->fd, map, len, &buf));
	ASSERT_EQ(0, buf_dma(self->fd, EMUCARD_DMA_FROM_CARD, buf, 0, 0, len));
	memset(map, 0x5a, len);
	/* Of the rest nothing is moved. */
	ASSERT_EQ(0, buf_dma(self->fd, EMUCARD_DMA_TO_CARD, buf, 0, 0, 1));
	ASSERT_EQ(0, buf_unregister(self->fd, buf));
	for (i = 0; i < len && map[i] == 0x5a; i++)
		;
	EXPECT_EQ(len, i);
	munmap(map, len);
}

/* What a transfer that was given up has not moved is what it was before. */
TEST_F(card, a_transfer_that_ends_early_leaves_the_rest_as_it_was)
{
	enum { FORMER = 1, OF_CARD = 2, OF_USER = 3 };
	size_t len = 16 * MIB, i;
	unsigned char *map = map_memory(len, MADV_NORMAL), *other = map_memory(len, MADV_NORMAL);
	struct emucard_dma dma = {
		.argsz = sizeof(dma), .flags = EMUCARD_DMA_FROM_CARD | EMUCARD_DMA_BUF,
		.len = len, .timeout_ms = 1,
	};
	int tries, ret = 0;

	SKIP_UNLESS_BUF(&self->info);
	ASSERT_EQ(0, buf_register(self->fd, map, len, &dma.buf));
	memset(other, OF_CARD, len);
	for (tries = 0; tries < 50 && !ret; tries++) {
		memset(map, FORMER, len);
		ASSERT_EQ(0, buf_dma(self->fd, EMUCARD_DMA_TO_CARD, dma.buf, 0, 0, len));
		ASSERT_EQ(0, card_to(self->fd, other, 0, len));
		memset(map, OF_USER, len);
		ret = card_ioctl(self->fd, EMUCARD_DMA, &dma);
		for (i = 0; i < len && (map[i] == OF_CARD || map[i] == OF_USER); i++)
			;
		EXPECT_EQ(len, i);
	}
	ASSERT_EQ(0, buf_unregister(self->fd, dma.buf));
	munmap(map, len);
	munmap(other, len);
	if (!ret)
		SKIP(return, "the card is too fast to be given up");
	EXPECT_EQ(-ETIMEDOUT, ret);
}

TEST_F(card, a_buffer_is_bounded)
{
	unsigned char *map = map_memory(8192, MADV_NORMAL);
	uint32_t buf;

	SKIP_UNLESS_BUF(&self->info);
	ASSERT_EQ(0, buf_register(self->fd, map, 8192, &buf));
	EXPECT_EQ(-ERANGE, buf_dma(self->fd, EMUCARD_DMA_TO_CARD, buf, 8192, 0, 1));
	EXPECT_EQ(-ERANGE, buf_dma(self->fd, EMUCARD_DMA_TO_CARD, buf, 1, 0, 8192));
	EXPECT_EQ(-ERANGE, buf_dma(self->fd, EMUCARD_DMA_TO_CARD, buf, ~0ULL, 0, 2));
	EXPECT_EQ(-ERANGE, buf_dma(self->fd, EMUCARD_DMA_TO_CARD, buf, 0, self->info.dma_size, 1));
	EXPECT_EQ(-ENOENT, buf_dma(self->fd, EMUCARD_DMA_TO_CARD, buf + 1, 0, 0, 1));
	EXPECT_EQ(-ENOENT, buf_dma(self->fd, EMUCARD_DMA_TO_CARD, 0, 0, 0, 1));
	EXPECT_EQ(0, buf_unregister(self->fd, buf));
	EXPECT_EQ(-ENOENT, buf_unregister(self->fd, buf));
	EXPECT_EQ(-ENOENT, buf_dma(self->fd, EMUCARD_DMA_TO_CARD, buf, 0, 0, 1));
}

TEST_F(card, what_cannot_be_registered_is_refused)
{
	unsigned char *map = map_memory(4096, MADV_NORMAL), *end = map_before_hole(16);
	int other = open(card_node(variant->kind), O_RDWR);
	uint32_t buf, again;
	int i;

	SKIP_UNLESS_BUF(&self->info);
	EXPECT_EQ(-EFAULT, buf_register(self->fd, NULL, 64, &buf));
	EXPECT_EQ(-EFAULT, buf_register(self->fd, end, 17, &buf));
	EXPECT_EQ(-EINVAL, buf_register(self->fd, map, 0, &buf));
	EXPECT_EQ(-EINVAL, buf_register(self->fd, map, EMUCARD_DMA_LEN_MAX + 1, &buf));
	ASSERT_EQ(0, mprotect(map, 4096, PROT_READ));
	EXPECT_EQ(-EFAULT, buf_register(self->fd, map, 64, &buf));
	ASSERT_EQ(0, mprotect(map, 4096, PROT_READ | PROT_WRITE));

	/* Each in a cache line of its own, as the debugging of the DMA API counts no more than 7. */
	for (i = 0; i < EMUCARD_BUFS_MAX; i++) {
		ASSERT_EQ(0, buf_register(self->fd, map + i * 64, 64, &buf));
		EXPECT_TRUE(buf >= 1 && buf <= EMUCARD_BUFS_MAX);
	}
	EXPECT_EQ(-ENOSPC, buf_register(self->fd, map, 64, &again));
	/* They are this file's alone. */
	EXPECT_EQ(-ENOENT, buf_dma(other, EMUCARD_DMA_TO_CARD, buf, 0, 0, 1));
	EXPECT_EQ(0, buf_unregister(self->fd, 1));
	EXPECT_EQ(0, buf_register(self->fd, map, 64, &again));
	EXPECT_EQ(1, again);
	close(other);
}

/* KiB that this process has locked, or -1 */
static long locked_kib(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[128];
	long kib = -1;

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "VmLck: %ld", &kib);
	if (file)
		fclose(file);
	return kib;
}

/* The caller does not know the number, and so could not give the buffer back. */
TEST_F(card, a_buffer_whose_number_cannot_be_told_is_not_kept)
{
	unsigned char *map = map_memory(64 * KIB, MADV_NORMAL);
	struct emucard_buf_register *reg = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
						MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long before = locked_kib();
	uint32_t buf;
	int i;

	SKIP_UNLESS_BUF(&self->info);
	*reg = (struct emucard_buf_register) {
		.argsz = sizeof(*reg), .addr = (uintptr_t)map, .len = 64 * KIB,
	};
	ASSERT_EQ(0, mprotect(reg, page_size(), PROT_READ));
	/* More often than there are numbers */
	for (i = 0; i < 2 * EMUCARD_BUFS_MAX; i++) {
		EXPECT_EQ(-EFAULT, card_ioctl(self->fd, EMUCARD_BUF_REGISTER, reg));
	}
	EXPECT_EQ(before, locked_kib());
	EXPECT_EQ(0, buf_register(self->fd, map, 64 * KIB, &buf));
	EXPECT_EQ(0, buf_unregister(self->fd, buf));
}

TEST_F(card, what_is_pinned_counts_as_locked)
{
	struct rlimit limit = { 256 * KIB, 256 * KIB };
	unsigned char *map = map_memory(MIB, MADV_NORMAL);
	long before = locked_kib();
	int fd, status;
	uint32_t buf;
	pid_t pid;

	SKIP_UNLESS_BUF(&self->info);
	fd = open(card_node(variant->kind), O_RDWR);
	ASSERT_EQ(0, buf_register(fd, map, MIB, &buf));
	EXPECT_EQ(before + 1024, locked_kib());
	ASSERT_EQ(0, buf_unregister(fd, buf));
	EXPECT_EQ(before, locked_kib());
	ASSERT_EQ(0, buf_register(fd, map, MIB, &buf));
	close(fd);
	EXPECT_EQ(before, locked_kib());

	/* Root may lock as much as it likes. */
	SKIP_UNLESS_ROOT();
	pid = fork();
	if (!pid) {
		int ret = setrlimit(RLIMIT_MEMLOCK, &limit) || setresuid(65534, 65534, 65534) ? 1 :
			  buf_register(self->fd, map, MIB, &buf) != -ENOMEM ? 2 :
			  buf_register(self->fd, map, 128 * KIB, &buf) ? 3 : 0;

		_exit(ret);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

/* It is the memory that is registered, whatever becomes of the address. */
TEST_F(card, a_buffer_outlives_its_mapping)
{
	unsigned char *map = map_memory(MIB, MADV_NORMAL), *in = malloc(MIB);
	unsigned char *want = malloc(MIB);
	uint32_t buf;

	SKIP_UNLESS_BUF(&self->info);
	fill_pattern(want, MIB, 9);
	memcpy(map, want, MIB);
	ASSERT_EQ(0, buf_register(self->fd, map, MIB, &buf));
	ASSERT_EQ(0, munmap(map, MIB));
	ASSERT_EQ(0, buf_dma(self->fd, EMUCARD_DMA_TO_CARD, buf, 0, 0, MIB));
	ASSERT_EQ(0, card_from(self->fd, in, 0, MIB));
	EXPECT_EQ(MIB, first_difference(want, in, MIB));
}

TEST_F(card, a_buffer_of_a_card_that_went_is_enodev)
{
	unsigned char *map = map_memory(MIB, MADV_NORMAL);
	uint32_t buf, other;

	SKIP_UNLESS_ROOT();
	SKIP_UNLESS_BUF(&self->info);
	ASSERT_EQ(0, buf_register(self->fd, map, MIB, &buf));
	ASSERT_EQ(0, card_bind(&self->info, "unbind"));
	EXPECT_EQ(-ENODEV, buf_dma(self->fd, EMUCARD_DMA_TO_CARD, buf, 0, 0, MIB));
	EXPECT_EQ(-ENODEV, buf_register(self->fd, map, MIB, &other));
	ASSERT_EQ(0, card_bind(&self->info, "bind"));
	EXPECT_EQ(-ENODEV, buf_dma(self->fd, EMUCARD_DMA_TO_CARD, buf, 0, 0, MIB));
	close(card_reopen(variant->kind));
}

struct mover {
	pthread_t thread;
	int fd;
	uint32_t buf;
	atomic_bool stop;
	int error;
};

static void *move(void *data)
{
	struct mover *m = data;

	while (!atomic_load(&m->stop) && !m->error)
		m->error = buf_dma(m->fd, EMUCARD_DMA_FROM_CARD, m->buf, 0, 0, MIB);
	return NULL;
}

TEST_F(card, a_buffer_may_be_unregistered_while_it_is_used)
{
	unsigned char *map = map_memory(MIB, MADV_NOHUGEPAGE);
	struct mover movers[3];
	uint32_t buf;
	int round, i;

	SKIP_UNLESS_BUF(&self->info);
	for (round = 0; round < 10; round++) {
		ASSERT_EQ(0, buf_register(self->fd, map, MIB, &buf));
		for (i = 0; i < 3; i++) {
			movers[i] = (struct mover) { .fd = self->fd, .buf = buf };
			ASSERT_EQ(0, pthread_create(&movers[i].thread, NULL, move, &movers[i]));
		}
		usleep(1000 * round);
		EXPECT_EQ(0, buf_unregister(self->fd, buf));
		for (i = 0; i < 3; i++) {
			pthread_join(movers[i].thread, NULL);
			EXPECT_EQ(-ENOENT, movers[i].error);
		}
	}
	EXPECT_TRUE(card_works(self->fd));
}

TEST_HARNESS_MAIN
