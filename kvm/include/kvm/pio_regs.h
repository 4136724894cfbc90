/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __KVM_PIO_REGS_H__
#define __KVM_PIO_REGS_H__

#include <linux/kvm_types.h>

struct kvm;

#ifdef CONFIG_KVM_PIO_REGS
int kvm_pio_regs_ops_init(void);
void kvm_pio_regs_ops_exit(void);

/**
 * kvm_pio_regs_owns - does this port belong to a pio-regs device?
 * @kvm: the VM, whose srcu the caller holds
 * @port: the port
 *
 * For accesses that are better left to user space as a whole.
 */
bool kvm_pio_regs_owns(struct kvm *kvm, gpa_t port);
#else
static inline int kvm_pio_regs_ops_init(void)
{
	return 0;
}

static inline void kvm_pio_regs_ops_exit(void)
{
}

static inline bool kvm_pio_regs_owns(struct kvm *kvm, gpa_t port)
{
	return false;
}
#endif

#endif /* __KVM_PIO_REGS_H__ */
