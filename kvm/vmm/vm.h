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
#define VM_HANDLER	0x2000	/* of the interrupt */
#define VM_INTERRUPTS	0x3000	/* how many it has counted, 32 bits */
#define VM_VECTOR	0x45
#define VM_STACK	0x8000
#define VM_STRINGS	0x10000	/* where string input goes, 64 KiB */
#define VM_NO_MEMORY	0xd0000	/* nothing is there: loads exit */
#define VM_OTHER_PAGE	0xe0000	/* mapped now and then, for slots_on_exit */
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
	uint32_t data;		/* where the guest's loads and stores go */
	bool interrupts;	/* the guest takes them */
	bool slots_on_exit;	/* the VMM maps or unmaps a page at each KVM_EXIT_MMIO */
	bool interrupt_on_exit;	/* the VMM raises one when it gets an access to a port */
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
 * vm_add_interrupt - give the guest interrupt controllers and a handler for VM_VECTOR
 * @vm: the machine, before its first run
 */
void vm_add_interrupt(struct vm *vm);

/**
 * vm_add_irqfd - let vm->eventfd raise that interrupt
 * @vm: the machine, with vm_add_interrupt()
 */
void vm_add_irqfd(struct vm *vm);

/**
 * vm_interrupts - how many interrupts the guest has handled since the last call
 * @vm: the machine
 */
uint32_t vm_interrupts(struct vm *vm);

/**
 * vm_map_page - map a page into the guest
 * @vm: the machine
 * @slot: 1 or higher, each at most once
 * @address: where the guest has it
 * @page: the page in this process; NULL: take that slot's page away again
 * @flags: KVM_MEM_*
 */
void vm_map_page(struct vm *vm, uint32_t slot, uint32_t address, void *page, uint32_t flags);

/**
 * vm_new_page - a page for vm_map_page(), of zeros
 *
 * Return: the page, which lasts as long as the process
 */
void *vm_new_page(void);

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
