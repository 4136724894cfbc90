// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel resets the function (FLR, or the bus that it is alone on), as sysfs, VFIO
 * and virtual machines ask for it, with requests under way
 */
#include "fixture.h"
#include "worker.h"

static int reset_function(const struct emucard_info *info)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/reset", info->slot);
	return write_to(path, "1");
}

/* ENOTTY: the one way is a reset of the bus, which another function is on as well. */
#define SKIP_UNLESS_RESET(info)							\
	do {									\
		int __reset;							\
										\
		SKIP_UNLESS_ROOT();						\
		__reset = reset_function(info);					\
		if (__reset == -ENOENT || __reset == -ENOTTY)			\
			SKIP(return, "the kernel knows no way to reset %s", (info)->slot); \
	} while (0)

TEST_F(card, a_function_reset_keeps_what_is_in_memory_and_on_registers)
{
	unsigned char out[512], in[512] = { 0 };
	uint64_t count = 0;

	SKIP_UNLESS_RESET(&self->info);
	fill_pattern(out, sizeof(out), 1);
	ASSERT_EQ(0, card_to(self->fd, out, 0, sizeof(out)));
	ASSERT_EQ(0, reset_function(&self->info));
	ASSERT_EQ(0, card_from(self->fd, in, 0, sizeof(in)));
	EXPECT_EQ(sizeof(in), first_difference(out, in, sizeof(in)));

	/* Interrupts arrive as before. */
	card_wait(self->fd, EMUCARD_IRQ_NOWAIT, &count, 0, NULL);
	ASSERT_EQ(0, card_raise(self->fd, 0x21));
	EXPECT_EQ(0, card_wait(self->fd, 0, &count, PATIENCE_MS, NULL));
}

struct reader {
	pthread_t thread;
	int fd;
	uint64_t id;
	atomic_bool stop;
	int error;
};

/* A thread that reads a register meanwhile waits, and never sees the all-ones of a reset. */
static void *read_id(void *data)
{
	struct reader *r = data;
	uint64_t id;

	while (!atomic_load(&r->stop) && !r->error) {
		r->error = card_reg_read(r->fd, 0, 4, &id);
		if (!r->error && id != r->id)
			r->error = 1;
	}
	return NULL;
}

TEST_F(card, function_resets_under_load_cost_at_most_eio)
{
	struct reader reader = { .fd = self->fd };
	struct worker workers[WORKERS];
	int round, i;

	SKIP_UNLESS_RESET(&self->info);
	ASSERT_EQ(0, card_reg_read(self->fd, 0, 4, &reader.id));
	ASSERT_EQ(0, pthread_create(&reader.thread, NULL, read_id, &reader));
	ASSERT_EQ(0, start_workers(workers, self->fd, -EIO));
	for (round = 0; round < 3; round++) {
		usleep(50000 * round);
		EXPECT_EQ(0, reset_function(&self->info));
	}
	stop_workers(workers);
	atomic_store(&reader.stop, true);
	pthread_join(reader.thread, NULL);
	for (i = 0; i < WORKERS; i++) {
		EXPECT_EQ(0, workers[i].error) TH_LOG("worker %d", i);
	}
	EXPECT_EQ(0, reader.error);
	EXPECT_TRUE(card_works(self->fd));
}

struct toucher {
	pthread_t thread;
	volatile unsigned char *map;
	atomic_bool stop;
	atomic_ulong rounds;
	int wrong;
};

/* A card in reset answers all-ones, which a mapping must not show. */
static void *touch(void *data)
{
	struct toucher *t = data;
	unsigned char seen;

	while (!atomic_load(&t->stop)) {
		seen = *t->map;
		if (seen != 0x5a && !t->wrong)
			t->wrong = seen;
		atomic_fetch_add(&t->rounds, 1);
	}
	return NULL;
}

/* Until the other thread has gone round: it is not stuck. 0, or -ETIME */
static int wait_for_round(struct toucher *t)
{
	unsigned long before = atomic_load(&t->rounds);
	int tries;

	for (tries = 0; tries < PATIENCE_MS; tries++) {
		if (atomic_load(&t->rounds) != before)
			return 0;
		usleep(1000);
	}
	return -ETIME;
}

TEST_F(card, a_mapping_does_not_show_a_card_in_reset)
{
	struct toucher toucher = { 0 };
	unsigned char *map;
	int round;

	SKIP_UNLESS_MAPPABLE();
	SKIP_UNLESS_RESET(&self->info);
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	*map = 0x5a;
	toucher.map = map;
	ASSERT_EQ(0, pthread_create(&toucher.thread, NULL, touch, &toucher));
	for (round = 0; round < 5; round++) {
		ASSERT_EQ(0, wait_for_round(&toucher));
		EXPECT_EQ(0, reset_function(&self->info));
	}
	EXPECT_EQ(0, wait_for_round(&toucher));
	atomic_store(&toucher.stop, true);
	pthread_join(toucher.thread, NULL);
	EXPECT_EQ(0, toucher.wrong);
}

/*
 * All cards behind a bridge are reset at once: the kernel prepares each of them before it
 * resets the bus. With two of these cards there, a lock that one of them holds until the
 * reset is done would be taken twice.
 */
TEST_F(card, a_reset_of_the_bus_costs_at_most_eio)
{
	struct worker workers[WORKERS];
	char path[160];
	int round, i;

	SKIP_UNLESS_ROOT();
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/../reset_subordinate",
		 self->info.slot);
	if (access(path, W_OK))
		SKIP(return, "no bridge above the card that this kernel can reset: %s",
		     strerror(errno));
	ASSERT_EQ(0, start_workers(workers, self->fd, -EIO));
	for (round = 0; round < 3; round++) {
		usleep(50000 * round);
		EXPECT_EQ(0, write_to(path, "1"));
	}
	stop_workers(workers);
	for (i = 0; i < WORKERS; i++) {
		EXPECT_EQ(0, workers[i].error) TH_LOG("worker %d", i);
	}
	EXPECT_TRUE(card_works(self->fd));
}

TEST_HARNESS_MAIN
