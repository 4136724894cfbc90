/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qtest of the fpga card: faults */
#ifndef TESTS_FPGA_FAULT_H
#define TESTS_FPGA_FAULT_H

#include "card.h"

/* The card stops answering, or does so again. */
void set_gone(Card *c, bool gone);
void assert_gone(Card *c);

#endif /* TESTS_FPGA_FAULT_H */
