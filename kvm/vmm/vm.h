/* SPDX-License-Identifier: GPL-2.0-only */
/* A virtual machine with one vCPU in real mode and the exits that it makes. */
#ifndef PIO_VMM_VM_H
#define PIO_VMM_VM_H

#include <linux/kvm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VM_MEMORY	0x40000
#define VM_CODE		0x1000	/* where the guest's program lies */
#define VM_STRINGS	0x10000	/* where string input goes, 64 KiB */
#define VM_NO_MEMORY	0xd0000	/* nothing is there: loads exit */
#define VM_PORT_END	0xf4	/* a write ends the program */
/* What the VMM answers to accesses that reach it */
#define VM_ANSWER	0x5a5a5a5a

struct exits {
	uint64_t io;
	uint64_t mmio;
	uint64_t coalesced;	/* writes that KVM kept back, taken in bulk */
};

struct vm {
	int kvm;
	int fd;
	int vcpu;
	struct kvm_run *run;
	struct kvm_coalesced_mmio_ring *ring;
	uint8_t *memory;
	struct exits exits;
	int pio_regs;		/* the device, or -1 */
	uint8_t *page;		/* its registers */
	int eventfd;
};

struct program {
	const uint8_t *code;
	size_t size;
};

/**
 * vm_create - a machine without any device
 * @vm: filled in
 *
 * Ends the process with a message if that is not possible.
 */
void vm_create(struct vm *vm);
void vm_destroy(struct vm *vm);

/**
 * vm_ioctl - an ioctl of the VM that has to succeed
 * @vm: the machine
 * @what: for the message
 * @request: KVM_*
 * @arg: its argument
 */
void vm_ioctl(struct vm *vm, const char *what, unsigned long request, void *arg);

/**
 * vm_has_pio_regs - does this kernel have the device?
 * @vm: the machine
 */
bool vm_has_pio_regs(struct vm *vm);

/**
 * vm_add_pio_regs - put the device at a range of ports
 * @vm: the machine
 * @base: first port
 * @size: number of ports
 * @flags: KVM_PIO_REGS_* of all registers
 * @doorbell: offset of the register that signals vm->eventfd, or -1
 */
void vm_add_pio_regs(struct vm *vm, uint32_t base, uint32_t size, uint32_t flags, int doorbell);

/**
 * vm_run - run the program to its end
 * @vm: the machine
 * @program: what it executes, with @count in ECX and @port in DX
 * @count: how often
 * @port: where
 *
 * Return: EAX at the end
 */
uint32_t vm_run(struct vm *vm, const struct program *program, uint32_t count, uint16_t port);

/**
 * vm_doorbells - how often the eventfd was signalled since the last call
 * @vm: the machine
 */
uint64_t vm_doorbells(struct vm *vm);

#endif /* PIO_VMM_VM_H */
