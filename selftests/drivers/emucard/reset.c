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

#define SKIP_UNLESS_RESET(info)							\
	do {									\
		SKIP_UNLESS_ROOT();						\
		if (reset_function(info) == -ENOENT)				\
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

/* Whoever reads a register meanwhile waits, and never sees the all-ones of a reset. */
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

TEST_HARNESS_MAIN
