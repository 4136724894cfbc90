/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The KVM device "pio-regs": I/O ports that KVM answers from a page which it
 * shares with user space. Documentation/virt/kvm/devices/pio-regs.rst explains it.
 */
#ifndef __LINUX_KVM_PIO_REGS_H
#define __LINUX_KVM_PIO_REGS_H

#include <linux/types.h>

/*
 * Two numbers that no kernel hands out to anything else, since linux/kvm.h counts
 * both in sequence and is far from them. So they are the same on every kernel.
 */
/*
 * For KVM_CHECK_EXTENSION, which returns the KVM_PIO_REGS_* access flags that the
 * device knows, and 0 on a kernel without it
 */
#define KVM_CAP_PIO_REGS		0x50494f52
/* For KVM_CREATE_DEVICE, only where there is the capability */
#define KVM_DEV_TYPE_PIO_REGS		64

/* Bytes of the register page: the most ports that one device can have. */
#define KVM_PIO_REGS_SIZE		4096

/* Attribute groups */
#define KVM_DEV_PIO_REGS_CTRL		0
#define   KVM_DEV_PIO_REGS_CTRL_RANGE	0	/* struct kvm_pio_regs_range */
#define KVM_DEV_PIO_REGS_ACCESS		1	/* struct kvm_pio_regs_access */
#define KVM_DEV_PIO_REGS_DOORBELL	2	/* __s32, an eventfd; -1 takes it away */

/**
 * struct kvm_pio_regs_range - the ports of the device
 * @base: first port, a multiple of 4
 * @size: number of ports, a multiple of 4; 0: none, and then @base is 0 as well
 */
struct kvm_pio_regs_range {
	__u32 base;
	__u32 size;
};

#define KVM_PIO_REGS_READ	0x00000001	/* KVM answers reads from the page */
#define KVM_PIO_REGS_WRITE	0x00000002	/* KVM stores writes in the page */

/**
 * struct kvm_pio_regs_access - what KVM does by itself for a run of registers
 * @len: bytes from the offset in kvm_device_attr.attr on, a multiple of 4
 * @flags: KVM_PIO_REGS_READ, KVM_PIO_REGS_WRITE
 */
struct kvm_pio_regs_access {
	__u32 len;
	__u32 flags;
};

#endif /* __LINUX_KVM_PIO_REGS_H */
