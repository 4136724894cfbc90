// SPDX-License-Identifier: GPL-2.0-only
/* What the fpga card alone has: mappings, reset, the register file */
#include <setjmp.h>
#include <signal.h>

#define WITHOUT_EDU
#include "fixture.h"
#include "fpga_regs.h"
#include "worker.h"

TEST_F(card, the_register_file_keeps_bytes)
{
	uint64_t value;

	ASSERT_EQ(0, card_reg_write(self->fd, FPGA_REGFILE, 4, 0x11223344));
	ASSERT_EQ(0, card_reg_write(self->fd, FPGA_REGFILE + 1, 1, 0xaa));
	ASSERT_EQ(0, card_reg_write(self->fd, FPGA_REGFILE + 2, 2, 0xbbcc));
	ASSERT_EQ(0, card_reg_read(self->fd, FPGA_REGFILE, 4, &value));
	EXPECT_EQ(0xbbccaa44, value);
	EXPECT_EQ(0, card_reg_write(self->fd, FPGA_REGFILE + FPGA_REGFILE_SIZE - 1, 1, 1));
}

/* The tests of mappings skip then; x86's firmware always has room for the card's memory. */
TEST_F(card, memory_without_an_address_cannot_be_mapped)
{
	if (self->info.caps & EMUCARD_CAP_MMAP)
		return;
	EXPECT_EQ(MAP_FAILED, mmap(NULL, page_size(), PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EOPNOTSUPP, errno);
#ifdef __x86_64__
	EXPECT_TRUE(false) TH_LOG("the card's memory cannot be mapped");
#endif
}

TEST_F(card, a_mapping_is_the_memory_that_dma_sees)
{
	unsigned char *map, buf[5000];

	SKIP_UNLESS_MAPPABLE();
	map = mmap(NULL, self->info.mmap_size, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	fill_pattern(buf, sizeof(buf), 7);
	ASSERT_EQ(0, card_to(self->fd, buf, 12345, sizeof(buf)));
	EXPECT_EQ(sizeof(buf), first_difference(buf, map + 12345, sizeof(buf)));

	map[self->info.mmap_size - 1] = 0x77;
	ASSERT_EQ(0, card_from(self->fd, buf, self->info.mmap_size - 1, 1));
	EXPECT_EQ(0x77, buf[0]);
}

TEST_F(card, a_mapping_may_begin_anywhere)
{
	size_t page = page_size();
	unsigned char *all, *part;

	SKIP_UNLESS_MAPPABLE();
	all = mmap(NULL, self->info.mmap_size, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	part = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 3 * page);
	ASSERT_NE(MAP_FAILED, all);
	ASSERT_NE(MAP_FAILED, part);
	part[page + 1] = 0x5c;
	EXPECT_EQ(0x5c, ((volatile unsigned char *)all)[4 * page + 1]);
}

/* As a debugger reads and writes another process */
TEST_F(card, a_mapping_can_be_looked_at_by_a_debugger)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	unsigned char buf[100];
	unsigned char *map;
	ssize_t n;

	SKIP_UNLESS_MAPPABLE();
	map = mmap(NULL, 2 * page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_GE(mem, 0);
	memset(map, 0x33, 2 * page_size());
	/* Across pages, at odd places */
	n = pread(mem, buf, sizeof(buf), (uintptr_t)map + page_size() - 33);
#ifdef __riscv
	/* CONFIG_HAVE_IOREMAP_PROT came there after 6.12. */
	if (n < 0 && errno == EIO)
		SKIP(return, "this kernel shows debuggers no memory of a device");
#endif
	ASSERT_EQ(sizeof(buf), n);
	EXPECT_EQ(0x33, buf[0]);
	EXPECT_EQ(0x33, buf[99]);
	buf[0] = 0x44;
	ASSERT_EQ(1, pwrite(mem, buf, 1, (uintptr_t)map + page_size() + 5));
	EXPECT_EQ(0x44, ((volatile unsigned char *)map)[page_size() + 5]);
	close(mem);
}

TEST_F(card, a_mapping_is_bounded_and_shared)
{
	size_t page = page_size();
	size_t size = self->info.mmap_size;

	SKIP_UNLESS_MAPPABLE();
	EXPECT_EQ(MAP_FAILED, mmap(NULL, size + page, PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, page, PROT_READ, MAP_SHARED, self->fd, size));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, page, PROT_READ, MAP_PRIVATE, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(card, a_mapping_to_read_needs_a_file_open_for_reading)
{
	size_t page = page_size();
	int fd = open(card_node(variant->kind), O_RDONLY);
	unsigned char *map, buf[5000];

	SKIP_UNLESS_MAPPABLE();
	ASSERT_GE(fd, 0);
	fill_pattern(buf, sizeof(buf), 8);
	ASSERT_EQ(0, card_to(self->fd, buf, 12345, sizeof(buf)));
	map = mmap(NULL, 5 * page, PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(sizeof(buf), first_difference(buf, map + 12345, sizeof(buf)));
	EXPECT_EQ(-1, mprotect(map, page, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);

	EXPECT_EQ(MAP_FAILED, mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, page, PROT_READ, MAP_PRIVATE, fd, 0));
	EXPECT_EQ(EINVAL, errno);
	close(fd);
}

static sigjmp_buf bus_error;

static void on_sigbus(int sig)
{
	siglongjmp(bus_error, 1);
}

TEST_F(card, a_mapping_of_a_card_that_went_gives_sigbus)
{
	size_t page = page_size();
	struct sigaction action = { .sa_handler = on_sigbus };
	volatile unsigned char *map;

	SKIP_UNLESS_MAPPABLE();
	SKIP_UNLESS_ROOT();
	map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	map[0] = 1;
	ASSERT_EQ(0, sigaction(SIGBUS, &action, NULL));
	ASSERT_EQ(0, card_bind(&self->info, "unbind"));
	if (!sigsetjmp(bus_error, 1)) {
		map[0] = 2;
		EXPECT_TRUE(false) TH_LOG("a page that was touched before is still there");
	}
	if (!sigsetjmp(bus_error, 1)) {
		map[page] = 2;
		EXPECT_TRUE(false) TH_LOG("a page that was not touched before is there");
	}
	ASSERT_EQ(0, card_bind(&self->info, "bind"));
	close(card_reopen(variant->kind));
}

TEST_F(card, reset_clears_registers_and_keeps_memory)
{
	unsigned char out[300], in[300] = { 0 };
	uint64_t value, count = 0;

	fill_pattern(out, sizeof(out), 9);
	ASSERT_EQ(0, card_to(self->fd, out, 0, sizeof(out)));
	ASSERT_EQ(0, card_reg_write(self->fd, FPGA_SCRATCH, 4, 1));
	ASSERT_EQ(0, card_reg_write(self->fd, FPGA_REGFILE, 4, 1));
	ASSERT_EQ(0, card_reset(self->fd));

	ASSERT_EQ(0, card_reg_read(self->fd, FPGA_SCRATCH, 4, &value));
	EXPECT_EQ(FPGA_SCRATCH_RESET, value);
	ASSERT_EQ(0, card_reg_read(self->fd, FPGA_REGFILE, 4, &value));
	EXPECT_EQ(0, value);
	ASSERT_EQ(0, card_from(self->fd, in, 0, sizeof(in)));
	EXPECT_EQ(sizeof(in), first_difference(out, in, sizeof(in)));

	/* and interrupts still arrive */
	card_wait(self->fd, EMUCARD_IRQ_NOWAIT, &count, 0, NULL);
	ASSERT_EQ(0, card_raise(self->fd, 1));
	EXPECT_EQ(0, card_wait(self->fd, 0, &count, PATIENCE_MS, NULL));
}

TEST_F(card, a_reset_under_load_costs_at_most_eio)
{
	struct worker workers[4];
	size_t i;
	int round;

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
	EXPECT_TRUE(card_works(self->fd));
}

TEST_HARNESS_MAIN
