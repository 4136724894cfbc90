// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios.h"

#include <linux/kvm_pio_regs.h>
#include <string.h>

#define PORT		0x2000
#define PORTS		0x800
#define DOORBELL	0x114
#define VALUE		0x12345678
#define PIC_MASK	0x21	/* interrupt mask of the first 8259A */
#define PIT_COUNTER	0x40	/* counter 0 of the 8254 */
#define IOAPIC		0xfec00000	/* index register of KVM's I/O APIC, in memory */

/*
 * 16-bit code: [operation] dec %ecx; jnz back to the operation. The operand
 * size prefix 0x66 makes operations 32 bits wide.
 */
#define LOOP(length)	0x66, 0x49, 0x75, (uint8_t)-((length) + 4)
#define PROGRAM(name, length, ...)						\
	static const uint8_t name##_code[] = { __VA_ARGS__, LOOP(length) };	\
	static const struct program name = { name##_code, sizeof(name##_code) }

PROGRAM(in_long, 2, 0x66, 0xed);		/* in %dx, %eax */
PROGRAM(out_long, 2, 0x66, 0xef);		/* out %eax, %dx */
PROGRAM(in_byte, 1, 0xec);			/* in %dx, %al */
PROGRAM(load_long, 3, 0x66, 0x8b, 0x07);	/* mov %ds:(%bx), %eax */
PROGRAM(store_long, 3, 0x66, 0x89, 0x07);	/* mov %eax, %ds:(%bx) */
PROGRAM(nothing, 1, 0x90);			/* nop */

/* cld; rep insb %dx, %es:(%edi), with ECX as the count */
static const uint8_t rep_in_byte_code[] = { 0xfc, 0x67, 0xf3, 0x6c };
static const struct program rep_in_byte = { rep_in_byte_code, sizeof(rep_in_byte_code) };

static void set_up_nothing(struct vm *vm)
{
	(void)vm;
}

static void set_up_irqchip(struct vm *vm)
{
	vm_ioctl(vm, "KVM_CREATE_IRQCHIP", KVM_CREATE_IRQCHIP, NULL);
}

static void set_up_pit(struct vm *vm)
{
	struct kvm_pit_config config = {};

	set_up_irqchip(vm);
	vm_ioctl(vm, "KVM_CREATE_PIT2", KVM_CREATE_PIT2, &config);
}

static void set_up_readable(struct vm *vm)
{
	vm_add_pio_regs(vm, PORT, PORTS, KVM_PIO_REGS_READ, -1);
	*(uint32_t *)vm->page = VALUE;
	vm->page[DOORBELL] = (uint8_t)VALUE;
}

static void set_up_writable(struct vm *vm)
{
	vm_add_pio_regs(vm, PORT, PORTS, KVM_PIO_REGS_WRITE, -1);
}

static void set_up_doorbell(struct vm *vm)
{
	vm_add_pio_regs(vm, PORT, PORTS, 0, DOORBELL);
}

static void set_up_declining(struct vm *vm)
{
	vm_add_pio_regs(vm, PORT, PORTS, 0, -1);
}

static void set_up_ioeventfd(struct vm *vm)
{
	struct kvm_ioeventfd ioeventfd = {
		.addr = PORT + DOORBELL, .len = 4, .fd = vm->eventfd,
		.flags = KVM_IOEVENTFD_FLAG_PIO,
	};

	vm_ioctl(vm, "KVM_IOEVENTFD", KVM_IOEVENTFD, &ioeventfd);
}

static void set_up_coalesced(struct vm *vm)
{
	struct kvm_coalesced_mmio_zone zone = { .addr = PORT, .size = 4, .pio = 1 };

	vm_ioctl(vm, "KVM_REGISTER_COALESCED_MMIO", KVM_REGISTER_COALESCED_MMIO, &zone);
}

/* An eventfd that is both a doorbell and an irqfd */
static void set_up_doorbell_irq(struct vm *vm)
{
	vm_add_interrupt(vm);
	vm_add_irqfd(vm);
	set_up_doorbell(vm);
}

static void set_up_ioeventfd_irq(struct vm *vm)
{
	vm_add_interrupt(vm);
	vm_add_irqfd(vm);
	set_up_ioeventfd(vm);
}

static void set_up_exit_irq(struct vm *vm)
{
	vm_add_interrupt(vm);
	vm->interrupt_on_exit = true;
}

static void set_up_ioapic(struct vm *vm)
{
	set_up_irqchip(vm);
	vm->data = IOAPIC;
}

static void set_up_changing_slots(struct vm *vm)
{
	vm->slots_on_exit = true;
}

static void set_up_mmio_ioeventfd(struct vm *vm)
{
	struct kvm_ioeventfd ioeventfd = {
		.addr = VM_NO_MEMORY, .len = 4, .fd = vm->eventfd,
	};

	vm_ioctl(vm, "KVM_IOEVENTFD", KVM_IOEVENTFD, &ioeventfd);
}

static void set_up_memory(struct vm *vm)
{
	uint32_t *page = vm_new_page();

	*page = VALUE;
	vm_map_page(vm, 1, VM_NO_MEMORY, page, 0);
}

static void set_up_readonly_memory(struct vm *vm)
{
	uint32_t *page = vm_new_page();

	*page = VALUE;
	vm_map_page(vm, 1, VM_NO_MEMORY, page, KVM_MEM_READONLY);
}

/* The registers that the ports show are in memory too. */
static void set_up_mapped_registers(struct vm *vm)
{
	set_up_readable(vm);
	vm_map_page(vm, 1, VM_NO_MEMORY, vm->page, KVM_MEM_READONLY);
}

static bool verify_any(struct vm *vm, uint32_t count, uint32_t eax)
{
	(void)vm, (void)count, (void)eax;
	return true;
}

static bool verify_answer(struct vm *vm, uint32_t count, uint32_t eax)
{
	(void)vm, (void)count;
	return eax == VM_ANSWER;
}

static bool verify_value(struct vm *vm, uint32_t count, uint32_t eax)
{
	(void)vm, (void)count;
	return eax == VALUE;
}

static bool verify_stored(struct vm *vm, uint32_t count, uint32_t eax)
{
	bool stored = *(uint32_t *)vm->page == VM_ANSWER;

	(void)count, (void)eax;
	*(uint32_t *)vm->page = 0;
	return stored;
}

static bool verify_signals(struct vm *vm, uint32_t count, uint32_t eax)
{
	(void)eax;
	return vm_doorbells(vm) == count;
}

static bool verify_interrupts(struct vm *vm, uint32_t count, uint32_t eax)
{
	(void)eax;
	return vm_interrupts(vm) == count;
}

/* What the VM starts with */
static bool verify_ioapic(struct vm *vm, uint32_t count, uint32_t eax)
{
	(void)vm, (void)count;
	return eax == 0;
}

/* The mask that the VM starts with */
static bool verify_pic(struct vm *vm, uint32_t count, uint32_t eax)
{
	(void)vm, (void)count;
	return (eax & 0xff) == 0;
}

static bool verify_coalesced(struct vm *vm, uint32_t count, uint32_t eax)
{
	bool all = vm->exits.coalesced + vm->exits.io == count;

	(void)eax;
	return all;
}

static bool verify_string(struct vm *vm, uint32_t count, uint32_t eax)
{
	uint32_t i;

	(void)eax;
	for (i = 0; i < count; i++)
		if (vm->memory[VM_STRINGS + i] != (uint8_t)VM_ANSWER)
			return false;
	memset(vm->memory + VM_STRINGS, 0, count);
	return true;
}

const struct scenario scenarios[] = {
	{ "loop", "no access, the guest's loop alone", &nothing, 0, BY_KERNEL, false,
	  set_up_nothing, verify_any },
	{ "exit-io-read", "read, answered by the VMM", &in_long, PORT, BY_EXIT_IO, false,
	  set_up_nothing, verify_answer },
	{ "exit-io-write", "write, taken by the VMM", &out_long, PORT, BY_EXIT_IO, false,
	  set_up_nothing, verify_any },
	{ "exit-mmio-read", "memory read, answered by the VMM", &load_long, 0, BY_EXIT_MMIO, false,
	  set_up_nothing, verify_answer },
	{ "pio-regs-read", "read, answered by pio-regs", &in_long, PORT, BY_KERNEL, true,
	  set_up_readable, verify_value },
	{ "pio-regs-write", "write, stored by pio-regs", &out_long, PORT, BY_KERNEL, true,
	  set_up_writable, verify_stored },
	{ "pio-regs-doorbell", "write, eventfd signalled by pio-regs", &out_long, PORT + DOORBELL,
	  BY_KERNEL, true, set_up_doorbell, verify_signals },
	{ "pio-regs-declined", "read, declined by pio-regs", &in_long, PORT, BY_EXIT_IO, true,
	  set_up_declining, verify_answer },
	{ "pic-read", "read, answered by KVM's 8259A", &in_byte, PIC_MASK, BY_KERNEL, false,
	  set_up_irqchip, verify_pic },
	{ "pit-read", "read, answered by KVM's 8254", &in_byte, PIT_COUNTER, BY_KERNEL, false,
	  set_up_pit, verify_any },
	{ "ioeventfd", "write, eventfd signalled by ioeventfd", &out_long, PORT + DOORBELL,
	  BY_KERNEL, false, set_up_ioeventfd, verify_signals },
	{ "coalesced-write", "write, kept back by coalesced I/O", &out_long, PORT, BY_BULK, false,
	  set_up_coalesced, verify_coalesced },
	{ "pio-regs-irq", "write that interrupts: pio-regs, irqfd", &out_long, PORT + DOORBELL,
	  BY_KERNEL, true, set_up_doorbell_irq, verify_interrupts },
	{ "ioeventfd-irq", "write that interrupts: ioeventfd, irqfd", &out_long, PORT + DOORBELL,
	  BY_KERNEL, false, set_up_ioeventfd_irq, verify_interrupts },
	{ "exit-io-irq", "write that interrupts: by the VMM", &out_long, PORT + DOORBELL,
	  BY_EXIT_IO, false, set_up_exit_irq, verify_interrupts },
	{ "exit-mmio-write", "memory write, taken by the VMM", &store_long, 0, BY_EXIT_MMIO, false,
	  set_up_nothing, verify_any },
	{ "exit-mmio-slots", "memory read, while slots change", &load_long, 0, BY_EXIT_MMIO, false,
	  set_up_changing_slots, verify_answer },
	{ "ioapic-read", "memory read, by KVM's I/O APIC", &load_long, 0, BY_KERNEL, false,
	  set_up_ioapic, verify_ioapic },
	{ "mmio-ioeventfd", "memory write, signalled by ioeventfd", &store_long, 0, BY_KERNEL,
	  false, set_up_mmio_ioeventfd, verify_signals },
	{ "mapped-read", "memory read of a mapped page", &load_long, 0, BY_KERNEL, false,
	  set_up_memory, verify_value },
	{ "pio-regs-mapped-read", "memory read of the page of pio-regs", &load_long, 0, BY_KERNEL,
	  true, set_up_mapped_registers, verify_value },
	{ "readonly-write", "memory write to a read-only page", &store_long, 0, BY_EXIT_MMIO,
	  false, set_up_readonly_memory, verify_any },
	{ "string-read", "rep insb, answered by the VMM", &rep_in_byte, PORT, BY_STRING, false,
	  set_up_nothing, verify_string },
	{ "pio-regs-string-read", "rep insb, left to the VMM by pio-regs", &rep_in_byte, PORT,
	  BY_STRING, true, set_up_readable, verify_string },
};

const size_t scenarios_count = sizeof(scenarios) / sizeof(scenarios[0]);
