// SPDX-License-Identifier: GPL-2.0-only
/*
 * An engine that neither its own register nor a reset of the card stops. The card needs the
 * faults fault-unstoppable=on and fault-delay-ms=6000, which only its machine can set; so this
 * is not run by itself.
 */
#define WITHOUT_EDU
#include "fixture.h"
#include "fpga_regs.h"

#define DELAY_MS	6000

static bool running(int fd)
{
	uint64_t status = 0;

	card_reg_read(fd, FPGA_DMA_STATUS, 4, &status);
	return status & FPGA_DMA_STATUS_RUNNING;
}

static int bus_master(const struct emucard_info *info)
{
	uint16_t command = 0;
	char path[64];
	int fd, ret;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", info->slot);
	fd = open(path, O_RDONLY);
	ret = pread(fd, &command, 2, 4) == 2 ? !!(command & 4) : -errno;
	close(fd);
	return ret;
}

TEST_F(card, an_engine_that_does_not_stop_never_reaches_memory_again)
{
	size_t size = 4096, i;
	unsigned char *map;
	int tries;

	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	memset(map, 0x5a, size);
	EXPECT_EQ(-EIO, card_dma(self->fd, EMUCARD_DMA_FROM_CARD, map, 0, size, 100, NULL));
	ASSERT_TRUE(running(self->fd)) TH_LOG("the card does not have this fault");
	EXPECT_EQ(0, bus_master(&self->info));

	/* Nothing that a user may ask for makes it a bus master as long as it runs. */
	EXPECT_EQ(-EIO, card_reset(self->fd));
	EXPECT_EQ(0, bus_master(&self->info));
	EXPECT_EQ(-EIO, card_to(self->fd, map, 0, 1));
	EXPECT_TRUE(running(self->fd));

	/* It halts when it finds out that it cannot reach memory. */
	for (tries = 0; tries < PATIENCE_MS / 100 && running(self->fd); tries++)
		usleep(100000);
	EXPECT_LE(DELAY_MS / 100 / 3, tries);
	EXPECT_FALSE(running(self->fd));
	for (i = 0; i < size && map[i] == 0x5a; i++)
		;
	EXPECT_EQ(size, i);
	/* Then a reset is one. */
	EXPECT_EQ(0, card_reset(self->fd));
	EXPECT_EQ(1, bus_master(&self->info));
}

TEST_HARNESS_MAIN
