/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fpga card: fault injection, so that drivers can be tested */
#ifndef HW_MISC_FPGA_FAULT_H
#define HW_MISC_FPGA_FAULT_H

#include "hw/misc/fpga_regs.h"
#include "migration/vmstate.h"
#include "hw/pci/pci_device.h"

typedef struct FPGAState FPGAState;

#define FPGA_BARS (FPGA_BAR_RAM + 1)

typedef struct FPGAFault {
    /* Properties, see docs/specs/fpga.rst; 0 is off */
    uint32_t delay_ms;
    uint32_t lost_interrupts;
    uint32_t stuck;
    bool unstoppable;
    uint8_t status;
    bool gone;

    /* What answers in the place of a BAR's content while the card is gone */
    MemoryRegion gone_overlay[FPGA_BARS];
    MemoryRegion *overlaid[FPGA_BARS];
} FPGAFault;

extern const VMStateDescription vmstate_fpga_fault;

/* Whether the interrupt that is due is to be lost */
bool fpga_fault_lose_interrupt(FPGAState *s);

/* Whether the engine is to stick at the entry that it has found */
bool fpga_fault_stick(FPGAState *s);

/* Whether the engine runs, and ignores that a register is to stop it */
bool fpga_fault_unstoppable(FPGAState *s);

/* Before state is loaded: faults move with the machine. */
void fpga_fault_pre_load(FPGAState *s);

void fpga_fault_instance_init(FPGAState *s);
void fpga_fault_realize(FPGAState *s);
void fpga_fault_exit(FPGAState *s);

#endif /* HW_MISC_FPGA_FAULT_H */
