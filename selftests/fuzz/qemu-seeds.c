// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes inputs of QEMU's generic fuzzer (tests/qtest/fuzz/generic_fuzz.c) that
 * set the card's DMA engine to work, into the directory that is named. By chance
 * alone a fuzzer does not find the way to it.
 */
#include <endian.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "fpga_regs.h"

/* Its operations; each ends where the word FUZZ stands. */
#define OP_OUT		1
#define OP_WRITE	3
#define OP_PCI_WRITE	5
#define OP_DMA_PATTERN	7
#define OP_CLOCK_STEP	9
#define SEPARATOR	"FUZZ"
#define SIZE_LONG	2

#define RING		0x100000
#define BUFFER		0x200000

/* q35's register for where configuration space is in memory, and where the seeds have it */
#define PCIEXBAR	0x60
#define PCIEXBAR_ENABLE	1
#define ECAM		0xd0000000
#define ECAM_FUNCTION(bus, device)	((bus) << 20 | (device) << 15)

/* The Express card behind a port in slot 4: its memory, and where its capabilities are */
#define PORT		ECAM_FUNCTION(0, 4)
#define BRIDGE_CONTROL	0x3c
#define SECONDARY_BUS_RESET	(1 << 22)
#define EXPRESS		ECAM_FUNCTION(1, 0)
#define EXPRESS_TABLE	0xe0000000
#define EXPRESS_RAM	0xe0100000
#define DEVICE_CONTROL	0x70
#define POWER_CONTROL	0xa8
#define MSIX_CONTROL	0xac

static const char *directory;
static FILE *seed;

static void begin(const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	seed = fopen(path, "wb");
	if (!seed)
		err(1, "%s", path);
}

static void end(void)
{
	if (fclose(seed))
		err(1, "%s", directory);
}

static void operation(uint8_t code, const void *data, size_t size)
{
	fputc(code, seed);
	fwrite(data, size, 1, seed);
	fwrite(SEPARATOR, strlen(SEPARATOR), 1, seed);
}

/*
 * A write of 32 bits at this offset in the first of what the operation reaches. That of
 * configuration space has one byte of offset, and none looks at the next.
 */
static void write_first(uint8_t code, uint16_t offset, uint32_t value)
{
	struct {
		uint8_t size;
		uint8_t which;
		uint16_t offset;
		uint32_t value;
	} a = { SIZE_LONG, 0, offset, value };

	operation(code, &a, sizeof(a));
}

/* To a port of BAR0 */
static void out(uint16_t offset, uint32_t value)
{
	write_first(OP_OUT, offset, value);
}

/* Into configuration space of the first of the machine's functions */
static void config_out(uint8_t offset, uint32_t value)
{
	write_first(OP_PCI_WRITE, offset, value);
}

/* A write of 32 bits to the memory region that is the @index-th by address */
static void memory_out(uint8_t index, uint32_t offset, uint32_t value)
{
	struct {
		uint8_t size;
		uint8_t index;
		uint16_t padding;	/* named, or it has what was on the stack */
		uint32_t offset;
		uint64_t value;
	} a = { SIZE_LONG, index, 0, offset, value };

	operation(OP_WRITE, &a, sizeof(a));
}

/* What the card finds in memory; its reads get one pattern after the other. */
static void in_memory(const void *data, size_t size)
{
	uint8_t pattern[256] = { 0 };	/* the first two bytes: index and stride */

	memcpy(pattern + 2, data, size);
	operation(OP_DMA_PATTERN, pattern, size + 2);
}

/* The card reads the status by itself first. */
static void descriptor(uint64_t addr, uint64_t card, uint32_t len, uint16_t flags,
		       uint16_t nseg)
{
	struct fpga_desc desc = {
		.addr = htole64(addr),
		.card = htole64(card),
		.len = htole32(len),
		.flags = htole16(flags),
		.nseg = htole16(nseg),
		.status = htole32(FPGA_DESC_S_OWN),
	};

	in_memory(&desc.status, sizeof(desc.status));
	in_memory(&desc, sizeof(desc));
}

static void segments(uint64_t addr, uint32_t len)
{
	struct fpga_seg segs[2] = {
		{ htole64(addr), htole32(len), 0 },
		{ htole64(addr + 0x1001), htole32(len), 0 },
	};

	in_memory(segs, sizeof(segs));
}

static void run(uint64_t ring, uint32_t entries)
{
	out(FPGA_INT_ENABLE, FPGA_INT_ALL);
	out(FPGA_DMA_RING_LO, (uint32_t)ring);
	out(FPGA_DMA_RING_HI, ring >> 32);
	out(FPGA_DMA_RING_SIZE, entries);
	out(FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
	out(FPGA_DMA_DOORBELL, 1);
}

static void enable_express(void)
{
	memory_out(0, EXPRESS + 0x14, EXPRESS_TABLE);
	memory_out(0, EXPRESS + 0x18, EXPRESS_RAM);
	memory_out(0, EXPRESS + 0x04, 7);
}

/* Opens the way to the card, from nothing, as firmware would */
static void begin_express(const char *name)
{
	begin(name);
	config_out(PCIEXBAR, ECAM | PCIEXBAR_ENABLE);
	memory_out(0, PORT + 0x18, 0x010100);
	memory_out(0, PORT + 0x1c, 0x2020);
	memory_out(0, PORT + 0x20, 0xeff0e000);
	memory_out(0, PORT + 0x04, 7);
	enable_express();
}

/* Where the tables of vectors lie in memory, they come after configuration space. */
static void vectors(void)
{
	for (uint32_t i = 0; i < FPGA_VECTORS; i++) {
		memory_out(1, i * 16, 0xfee00000);
		memory_out(1, i * 16 + 8, 0x40 + i);
		memory_out(1, i * 16 + 12, 0);
	}
	memory_out(0, EXPRESS + MSIX_CONTROL, 1U << 31);
}

/* With ioeventfd the main loop takes the doorbell. */
static void run_express(void)
{
	descriptor(BUFFER, 0, 4096, FPGA_DESC_F_IRQ, 0);
	run(RING, 4);
	operation(OP_CLOCK_STEP, "", 0);
}

static void write_express(void)
{
	begin_express("express");
	vectors();
	run_express();
	out(FPGA_INT_RAISE, FPGA_INT_SOFTWARE);
	end();

	begin_express("express-function-level-reset");
	run_express();
	memory_out(0, EXPRESS + DEVICE_CONTROL, 1 << 15);
	enable_express();
	run_express();
	end();

	begin_express("express-bus-reset");
	run_express();
	memory_out(0, PORT + BRIDGE_CONTROL, SECONDARY_BUS_RESET);
	memory_out(0, PORT + BRIDGE_CONTROL, 0);
	enable_express();
	run_express();
	end();

	begin_express("express-power");
	run_express();
	memory_out(0, EXPRESS + POWER_CONTROL, 3);
	out(FPGA_DMA_DOORBELL, 1);
	memory_out(0, EXPRESS + POWER_CONTROL, 0);
	run_express();
	end();
}

int main(int argc, char **argv)
{
	/* Where QEMU's qtest library maps the first memory BAR: pc and q35 */
	static const uint64_t bars[] = { 0xe0000000, 0xb0000000 };

	if (argc != 2)
		errx(2, "usage: qemu-seeds DIRECTORY");
	directory = argv[1];

	begin("to-card");
	descriptor(BUFFER, 0, 4096, FPGA_DESC_F_IRQ, 0);
	run(RING, 4);
	end();

	begin("to-host");
	descriptor(BUFFER + 3, 1, 4095, FPGA_DESC_F_TO_HOST, 0);
	descriptor(0, 0, 0, FPGA_DESC_F_NOP | FPGA_DESC_F_IRQ, 0);
	out(FPGA_INT_COALESCE, 2 | 10 << FPGA_INT_COALESCE_USEC_SHIFT);
	run(RING, 2);
	operation(OP_CLOCK_STEP, "", 0);
	out(FPGA_DMA_DOORBELL, 1);
	end();

	begin("segments");
	descriptor(BUFFER, 0, 512, FPGA_DESC_F_SG | FPGA_DESC_F_IRQ, 2);
	segments(BUFFER, 256);
	run(RING, 2);
	end();

	begin("segments-to-host");
	descriptor(BUFFER, 0, 512, FPGA_DESC_F_SG | FPGA_DESC_F_TO_HOST, 2);
	segments(BUFFER, 256);
	run(RING, 2);
	end();

	begin("onto-the-ring");
	descriptor(RING, 0, 64, FPGA_DESC_F_TO_HOST, 0);
	run(RING, 4);
	end();

	for (size_t i = 0; i < sizeof(bars) / sizeof(*bars); i++) {
		char name[32];

		snprintf(name, sizeof(name), "onto-the-card-%zu", i);
		begin(name);
		descriptor(bars[i], 16, 4096, FPGA_DESC_F_TO_HOST | FPGA_DESC_F_IRQ, 0);
		descriptor(bars[i], 16, 4096, FPGA_DESC_F_IRQ, 0);
		run(RING, 4);
		end();

		snprintf(name, sizeof(name), "ring-on-the-card-%zu", i);
		begin(name);
		run(bars[i], 4);
		end();
	}

	begin("stop-and-reset");
	descriptor(BUFFER, 0, 65536, FPGA_DESC_F_IRQ, 0);
	run(RING, FPGA_DMA_RING_MAX);
	out(FPGA_DMA_CONTROL, 0);
	out(FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
	out(FPGA_DMA_DOORBELL, 1);
	out(FPGA_CONTROL, FPGA_CONTROL_RESET);
	out(FPGA_INT_RAISE, FPGA_INT_SOFTWARE);
	end();

	write_express();
	return 0;
}
