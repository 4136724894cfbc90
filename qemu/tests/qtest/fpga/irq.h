/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qtest of the fpga card: interrupts */
#ifndef TESTS_FPGA_IRQ_H
#define TESTS_FPGA_IRQ_H

#include "card.h"

#define SW(n) (1u << (FPGA_INT_SOFTWARE_SHIFT + (n)))

/*
 * Messages go to guest RAM here, where their data can be seen: the low bits are
 * the vector.
 */
#define MSI_DATA 0x5a50

typedef struct Msi {
    uint8_t cap;
    uint64_t addr;
} Msi;

void msi_start(Card *c, Msi *msi, unsigned int log2_vectors);
/* The message that has come since the last call; 0: none */
uint32_t msi_take(Card *c, Msi *msi);

/* Whether INTx is asserted */
bool intx(Card *c);

#endif /* TESTS_FPGA_IRQ_H */
