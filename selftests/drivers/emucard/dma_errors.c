// SPDX-License-Identifier: GPL-2.0-only
/* What EMUCARD_DMA refuses, how it ends early, and that the card works afterwards */
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

#include "fixture.h"

static bool works(int fd)
{
	unsigned char out[512], in[512] = { 0 };

	fill_pattern(out, sizeof(out), getpid());
	return !card_to(fd, out, 0, sizeof(out)) && !card_from(fd, in, 0, sizeof(in)) &&
	       !memcmp(out, in, sizeof(out));
}

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
	EXPECT_TRUE(works(self->fd));
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

TEST_F(card, a_transfer_that_takes_too_long_times_out)
{
	unsigned char buf[64] = { 0 };
	uint64_t done;

	if (variant->kind != EMUCARD_KIND_EDU)
		SKIP(return, "this card finishes at once");
	/* edu takes 100 ms, always */
	EXPECT_EQ(-ETIMEDOUT, card_dma(self->fd, EMUCARD_DMA_TO_CARD, buf, 0, sizeof(buf), 1,
				       &done));
	EXPECT_EQ(0, done);
	EXPECT_TRUE(works(self->fd));
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

	if (variant->kind != EMUCARD_KIND_EDU)
		SKIP(return, "this card finishes at once");
	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &often, NULL));
	EXPECT_EQ(-EINTR, card_to(self->fd, buf, 0, sizeof(buf)));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &never, NULL));
	EXPECT_TRUE(works(self->fd));
}

struct worker {
	pthread_t thread;
	int fd;
	uint64_t offset;
	size_t len;
	int rounds;
	int error;	/* -errno; 1: data differ */
};

static void *work(void *data)
{
	struct worker *w = data;
	unsigned char *out = malloc(w->len), *in = malloc(w->len);
	int i;

	for (i = 0; i < w->rounds && !w->error; i++) {
		fill_pattern(out, w->len, w->offset + i);
		w->error = card_to(w->fd, out, w->offset, w->len);
		if (!w->error)
			w->error = card_from(w->fd, in, w->offset, w->len);
		if (!w->error && memcmp(out, in, w->len))
			w->error = 1;
	}
	free(out);
	free(in);
	return NULL;
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

TEST_F(card, a_reset_under_load_costs_at_most_eio)
{
	struct worker workers[4];
	size_t i;
	int round;

	SKIP_WITHOUT(RESET);
	for (i = 0; i < ARRAY_SIZE(workers); i++) {
		workers[i] = (struct worker) {
			.fd = self->fd, .offset = i * MIB, .len = MIB, .rounds = 20,
		};
		ASSERT_EQ(0, pthread_create(&workers[i].thread, NULL, work, &workers[i]));
	}
	for (round = 0; round < 20; round++) {
		EXPECT_EQ(0, card_reset(self->fd));
	}
	for (i = 0; i < ARRAY_SIZE(workers); i++) {
		pthread_join(workers[i].thread, NULL);
		EXPECT_TRUE(workers[i].error == 0 || workers[i].error == -EIO)
			TH_LOG("thread %zu: %d", i, workers[i].error);
	}
	EXPECT_TRUE(works(self->fd));
}

TEST_HARNESS_MAIN
