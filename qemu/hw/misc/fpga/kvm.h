/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fpga card: registers that KVM answers */
#ifndef HW_MISC_FPGA_KVM_H
#define HW_MISC_FPGA_KVM_H

#include "fpga.h"

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
 * fpga_kvm_set_doorbell() - let KVM signal writes of the doorbell
 * @s: the card, which has kvm.page
 * @doorbell: what is signalled, until fpga_kvm_exit()
 * @errp: set when it failed
 *
 * Returns: whether that worked
 */
bool fpga_kvm_set_doorbell(FPGAState *s, EventNotifier *doorbell, Error **errp);

#endif /* HW_MISC_FPGA_KVM_H */
