/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fpga card: register accesses */
#ifndef HW_MISC_FPGA_REGS_H
#define HW_MISC_FPGA_REGS_H

#include "fpga.h"

extern const MemoryRegionOps fpga_regs_ops;

/**
 * fpga_reg_read() - what a register reads as
 * @s: the card
 * @reg: FPGA_*, not one of the register file
 */
uint32_t fpga_reg_read(FPGAState *s, hwaddr reg);

/**
 * fpga_regs_reset() - what power-on and FPGA_CONTROL_RESET do to the registers
 * @s: the card, whose card RAM and PCI configuration stay as they are
 */
void fpga_regs_reset(FPGAState *s);

#endif /* HW_MISC_FPGA_REGS_H */
