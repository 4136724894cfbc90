// SPDX-License-Identifier: GPL-2.0-only
/* What EMUCARD_DMA refuses, how it ends early, and that the card works afterwards */
#include "fixture.h"
#include "worker.h"

TEST_F(card, a_range_outside_card_memory_is_erange)
{
	uint64_t size = self->info.dma_size;
	unsigned char buf[64] = { 0 };

	EXPECT_EQ(-ERANGE, card_to(self->fd, buf, size, 1));
	EXPECT_EQ(-ERANGE, card_to(self->fd, buf, size - 1, 2));
	EXPECT_EQ(-ERANGE, card_to(self->fd, buf, ~0ULL, 1));
	EXPECT_EQ(-ERANGE, card_to(self->fd, buf, ~0ULL - 7, 64));
	EXPECT_EQ(-ERANGE, card_from(self->fd, buf, size - 1, 2));
	EXPECT_EQ(0, card_to(self->fd, buf, size - 1, 1));
}

TEST_F(card, flags_and_length_must_make_sense)
{
	unsigned char byte = 0;

	EXPECT_EQ(-EINVAL, card_dma(self->fd, 0, &byte, 0, 1, 0, NULL));
	EXPECT_EQ(-EINVAL, card_dma(self->fd, EMUCARD_DMA_TO_CARD | EMUCARD_DMA_FROM_CARD,
				    &byte, 0, 1, 0, NULL));
	EXPECT_EQ(-EINVAL, card_to(self->fd, &byte, 0, 0));
	EXPECT_EQ(-EINVAL, card_to(self->fd, &byte, 0, EMUCARD_DMA_LEN_MAX + 1));
}

TEST_F(card, memory_that_is_not_there_is_a_fault)
{
	unsigned char *end = map_before_hole(16);

	ASSERT_NE(NULL, end);
	EXPECT_EQ(-EFAULT, card_to(self->fd, NULL, 0, 64));
	EXPECT_EQ(-EFAULT, card_from(self->fd, NULL, 0, 64));
	EXPECT_EQ(-EFAULT, card_to(self->fd, end, 0, 64));
	EXPECT_EQ(-EFAULT, card_from(self->fd, end, 0, 64));
	EXPECT_EQ(-EFAULT, card_to(self->fd, (void *)~0xfUL, 0, 64));
	EXPECT_EQ(0, card_to(self->fd, end, 0, 16));
	EXPECT_TRUE(card_works(self->fd));
}

TEST_F(card, memory_that_is_read_only_cannot_be_a_target)
{
	unsigned char *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(-EFAULT, card_from(self->fd, map, 0, 64));
	EXPECT_EQ(0, card_to(self->fd, map, 0, 64));
}

TEST_F(card, fork_between_transfers_gives_each_its_own_memory)
{
	unsigned char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	ASSERT_NE(MAP_FAILED, map);
	memset(map, 1, 4096);
	ASSERT_EQ(0, card_to(self->fd, map, 0, 64));
	memset(map, 2, 4096);
	pid = fork();
	if (!pid)
		_exit(card_from(self->fd, map, 0, 64) || map[0] != 1);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(2, map[0]);
}

TEST_F(card, threads_do_not_disturb_each_other)
{
	struct worker workers[4];
	bool quick = variant->kind == EMUCARD_KIND_FPGA;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(workers); i++) {
		workers[i] = (struct worker) {
			.fd = self->fd,
			.offset = i * self->info.dma_size / ARRAY_SIZE(workers) + i,
			.len = quick ? 123457 : 700,
			.rounds = quick ? 200 : 2,
		};
		ASSERT_EQ(0, pthread_create(&workers[i].thread, NULL, work, &workers[i]));
	}
	for (i = 0; i < ARRAY_SIZE(workers); i++) {
		pthread_join(workers[i].thread, NULL);
		EXPECT_EQ(0, workers[i].error) TH_LOG("thread %zu", i);
	}
}

TEST_HARNESS_MAIN
