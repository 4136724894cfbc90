/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qtest of the fpga card: DMA */
#ifndef TESTS_FPGA_DMA_H
#define TESTS_FPGA_DMA_H

#include "card.h"

#define RING_SIZE 8

void dma_start(Card *c);
/* Returns: the entry */
uint32_t dma_post(Card *c, uint16_t flags, uint64_t addr, uint64_t card,
                  uint32_t len, uint16_t nseg);
void dma_ring(Card *c);
uint32_t dma_status(Card *c, uint32_t entry);
uint32_t dma_done(Card *c, uint32_t entry);
void dma_expect(Card *c, uint32_t entry, uint32_t code, uint32_t done);
/* Execute one descriptor, and see it end like this. */
void dma_one(Card *c, uint16_t flags, uint64_t addr, uint64_t card,
             uint32_t len, uint16_t nseg, uint32_t code, uint32_t done);

uint8_t *pattern(size_t len, uint32_t seed);
void write_memory(Card *c, uint64_t addr, const uint8_t *buf, size_t len);
void read_memory(Card *c, uint64_t addr, uint8_t *buf, size_t len);
void assert_memory(Card *c, uint64_t addr, const uint8_t *want,
                   size_t len);
/* To card RAM and back */
void round_trip(Card *c, uint32_t len, uint64_t card, unsigned int skew);

/* Returns: the address of a table of these segments */
uint64_t put_table(Card *c, const struct fpga_seg *segs, int count);

/*
 * Two entries that hand each other to the card again by what they move, so that
 * the engine never finds the ring empty
 */
void dma_start_endless(Card *c);

#endif /* TESTS_FPGA_DMA_H */
