/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fpga card: fault injection, so that drivers can be tested */
#ifndef HW_MISC_FPGA_FAULT_H
#define HW_MISC_FPGA_FAULT_H

#include "fpga.h"

extern const VMStateDescription vmstate_fpga_fault;

/* Takes one off a count of faults, of which UINT32_MAX never runs out. */
static inline bool fpga_fault_take(uint32_t *count)
{
    if (*count && *count != UINT32_MAX) {
        --*count;
        return true;
    }
    return *count;
}

/* Whether the interrupt that is due is to be lost */
static inline bool fpga_fault_lose_interrupt(FPGAState *s)
{
    return fpga_fault_take(&s->fault.lost_interrupts);
}

/* Whether the engine is to stick at the entry that it has found */
static inline bool fpga_fault_stick(FPGAState *s)
{
    return fpga_fault_take(&s->fault.stuck);
}

/* Whether the engine runs, and ignores that a register is to stop it */
static inline bool fpga_fault_unstoppable(FPGAState *s)
{
    return s->fault.unstoppable && s->dma.running;
}

/* Before state is loaded: faults move with the machine. */
void fpga_fault_pre_load(FPGAState *s);

void fpga_fault_instance_init(FPGAState *s);
void fpga_fault_realize(FPGAState *s);
void fpga_fault_exit(FPGAState *s);

#endif /* HW_MISC_FPGA_FAULT_H */
