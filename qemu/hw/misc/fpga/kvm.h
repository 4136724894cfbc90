/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fpga card: registers that KVM answers */
#ifndef HW_MISC_FPGA_KVM_H
#define HW_MISC_FPGA_KVM_H

#include "qapi/qapi-types-common.h"
#include "hw/pci/pci_device.h"

typedef struct FPGAState FPGAState;

typedef struct FPGAKvm {
    OnOffAuto pio;          /* property */
    void *page;             /* shared with KVM; NULL: KVM answers nothing */
    int fd;
    bool attached;
    uint32_t base;          /* port, while attached */
    MemoryListener listener;
} FPGAKvm;

/**
 * fpga_kvm_init() - let KVM answer accesses, if the property asks for it
 * @s: the card, whose registers are a memory region already
 * @errp: set when that is not possible and was to be
 *
 * Returns: whether the card can do without or has it; then fpga_kvm_exit() is
 *          needed
 */
bool fpga_kvm_init(FPGAState *s, Error **errp);
void fpga_kvm_exit(FPGAState *s);

/**
 * fpga_kvm_publish() - let KVM know what registers read as
 * @s: the card, of which something has changed
 *
 * To be called before the guest can expect to see the change.
 */
void fpga_kvm_publish(FPGAState *s);

/**
 * fpga_kvm_take_doorbell() - let KVM signal writes of the doorbell, if it can
 * @s: the card, whose engine is set up
 * @errp: set when it failed
 *
 * Returns: whether that worked, or there is nothing to be done
 */
bool fpga_kvm_take_doorbell(FPGAState *s, Error **errp);

#endif /* HW_MISC_FPGA_KVM_H */
