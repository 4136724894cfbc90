// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names, offsets and masks come from the registers' headers; only the access and
 * the summary of a register are written here.
 */
#include <edu_regs.h>
#include <fpga_regs.h>
#include <linux/emucard.h>

#include "fpgactl/regs.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

#define FPGA_BIT(reg, field)	{ #field, FPGA_##reg##_##field }
#define EDU_BIT(reg, field)	{ #field, EDU_##reg##_##field }

static const struct reg_field fpga_version[] = {
	{ "major", 0xffff0000 }, { "minor", 0x0000ffff }, { 0 }
};

static const struct reg_field fpga_features[] = {
	FPGA_BIT(FEATURE, FIXED_IO), FPGA_BIT(FEATURE, DMA), FPGA_BIT(FEATURE, SG),
	FPGA_BIT(FEATURE, COALESCE), FPGA_BIT(FEATURE, AUTOCLEAR), FPGA_BIT(FEATURE, POLLED),
	FPGA_BIT(FEATURE, MAP),
	{ 0 }
};

static const struct reg_field fpga_control[] = { FPGA_BIT(CONTROL, RESET), { 0 } };

static const struct reg_field fpga_status[] = {
	FPGA_BIT(STATUS, DMA_RUNNING), FPGA_BIT(STATUS, DMA_HALTED), FPGA_BIT(STATUS, IRQ), { 0 }
};

static const struct reg_field fpga_int[] = {
	FPGA_BIT(INT, DMA_DONE), FPGA_BIT(INT, DMA_ERROR), FPGA_BIT(INT, SOFTWARE), { 0 }
};

static const struct reg_field fpga_coalesce[] = {
	{ "COUNT", FPGA_INT_COALESCE_COUNT }, { "USEC", FPGA_INT_COALESCE_USEC }, { 0 }
};

static const struct reg_field fpga_int_map[] = {
	{ "SOFTWARE", FPGA_INT_MAP_SOFTWARE }, { "DMA_DONE", FPGA_INT_MAP_DMA_DONE },
	{ "DMA_ERROR", FPGA_INT_MAP_DMA_ERROR }, { 0 }
};

static const struct reg_field fpga_dma_control[] = {
	FPGA_BIT(DMA_CONTROL, RUN), FPGA_BIT(DMA_CONTROL, POLLED), { 0 }
};

static const struct reg_field fpga_dma_status[] = {
	FPGA_BIT(DMA_STATUS, RUNNING), FPGA_BIT(DMA_STATUS, HALTED), { 0 }
};

#define FPGA(n, acc, flds, text) \
	{ .name = #n, .offset = FPGA_##n, .width = 4, .count = 1, .access = acc, \
	  .fields = flds, .summary = text }

static const struct reg fpga_regs[] = {
	FPGA(ID, REG_RO, NULL, "\"FPGA\" in memory order"),
	FPGA(VERSION, REG_RO, fpga_version, "of the card"),
	FPGA(FEATURES, REG_RO, fpga_features, "what the card has"),
	FPGA(SCRATCH, REG_RW, NULL, "reads back inverted"),
	FPGA(CONTROL, REG_RW, fpga_control, "reset"),
	FPGA(STATUS, REG_RO, fpga_status, "of the card"),
	FPGA(FIXED_BASE, REG_RO, NULL, "first port, 0: relocatable"),
	FPGA(RAM_PAGES, REG_RO, NULL, "size of card RAM [4096 bytes]"),
	FPGA(INT_STATUS, REG_W1C, fpga_int, "pending causes"),
	FPGA(INT_ENABLE, REG_RW, fpga_int, "enabled causes"),
	FPGA(INT_RAISE, REG_WO, fpga_int, "sets software causes"),
	FPGA(INT_AUTOCLEAR, REG_RW, fpga_int, "causes cleared by sending a message"),
	FPGA(INT_COALESCE, REG_RW, fpga_coalesce, "of DMA_DONE"),
	FPGA(INT_VECTORS, REG_RO, NULL, "vectors enabled, 0: INTx"),
	FPGA(INT_MAP, REG_RW, fpga_int_map, "vectors of the causes"),
	FPGA(DMA_RING_LO, REG_RW, NULL, "address of the ring, low half"),
	FPGA(DMA_RING_HI, REG_RW, NULL, "address of the ring, high half"),
	FPGA(DMA_RING_SIZE, REG_RW, NULL, "entries"),
	FPGA(DMA_CONTROL, REG_RW, fpga_dma_control, "of the engine"),
	FPGA(DMA_STATUS, REG_RO, fpga_dma_status, "of the engine"),
	FPGA(DMA_DOORBELL, REG_WO, NULL, "starts execution"),
	FPGA(DMA_HEAD, REG_RO, NULL, "entry that is executed next"),
	FPGA(DMA_ERROR, REG_RO, NULL, "why the engine halted"),
	{ .name = "REGFILE", .offset = FPGA_REGFILE, .width = 4, .count = FPGA_REGFILE_SIZE / 4,
	  .access = REG_RW, .summary = "plain storage" },
};

static const struct reg_field edu_id[] = {
	{ "major", 0xff000000 }, { "minor", 0x00ff0000 }, { 0 }
};

static const struct reg_field edu_status[] = {
	EDU_BIT(STATUS, COMPUTING), EDU_BIT(STATUS, IRQ_FACT), { 0 }
};

static const struct reg_field edu_int[] = { EDU_BIT(INT, FACT), EDU_BIT(INT, DMA), { 0 } };

static const struct reg_field edu_dma_cmd[] = {
	EDU_BIT(DMA_CMD, START), EDU_BIT(DMA_CMD, TO_HOST), EDU_BIT(DMA_CMD, IRQ), { 0 }
};

#define EDU(n, wid, acc, flds, text) \
	{ .name = #n, .offset = EDU_##n, .width = wid, .count = 1, .access = acc, \
	  .fields = flds, .summary = text }

static const struct reg edu_regs[] = {
	EDU(ID, 4, REG_RO, edu_id, "ends in 00ed"),
	EDU(LIVENESS, 4, REG_RW, NULL, "reads back inverted"),
	EDU(FACT, 4, REG_RW, NULL, "n, then n! modulo 2^32"),
	EDU(STATUS, 4, REG_RW, edu_status, "of the factorial"),
	EDU(INT_STATUS, 4, REG_RO, edu_int, "pending causes"),
	EDU(INT_RAISE, 4, REG_WO, NULL, "sets causes"),
	EDU(INT_ACK, 4, REG_WO, NULL, "clears causes"),
	EDU(DMA_SRC, 8, REG_RW, NULL, "address to read from"),
	EDU(DMA_DST, 8, REG_RW, NULL, "address to write to"),
	EDU(DMA_COUNT, 8, REG_RW, NULL, "bytes"),
	EDU(DMA_CMD, 8, REG_RW, edu_dma_cmd, "starts a transfer"),
};

const struct reg *regs_of_kind(uint32_t kind, size_t *count)
{
	switch (kind) {
	case EMUCARD_KIND_FPGA:
		*count = COUNT(fpga_regs);
		return fpga_regs;
	case EMUCARD_KIND_EDU:
		*count = COUNT(edu_regs);
		return edu_regs;
	default:
		*count = 0;
		return NULL;
	}
}
