// SPDX-License-Identifier: GPL-2.0-only
#include "vm.h"

#include <err.h>
#include <fcntl.h>
#include <linux/kvm_pio_regs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Where processors that cannot run real mode as it is keep a task state for it */
#define TSS_ADDRESS	0xfffbd000
#define CPUID_ENTRIES	256
/* The one bit that is always set, and that which lets interrupts in */
#define RFLAGS		0x2
#define RFLAGS_IF	0x200
/* MSR IA32_APIC_BASE */
#define APIC_BASE_X2APIC	(1 << 10)
#define APIC_BASE_ENABLED	(1 << 11)
/* Offset of the APIC's spurious-interrupt vector register */
#define APIC_SPURIOUS	0xf0

static int checked_ioctl(int fd, const char *what, unsigned long request, void *arg)
{
	int ret = ioctl(fd, request, arg);

	if (ret < 0)
		err(1, "%s", what);
	return ret;
}

static void *checked_mmap(size_t size, int flags, int fd, off_t offset)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, offset);

	if (p == MAP_FAILED)
		err(1, "mmap");
	return p;
}

void vm_ioctl(struct vm *vm, const char *what, unsigned long request, void *arg)
{
	checked_ioctl(vm->fd, what, request, arg);
}

void vm_create(struct vm *vm)
{
	struct kvm_userspace_memory_region memory = { .memory_size = VM_MEMORY };

	memset(vm, 0, sizeof(*vm));
	vm->pio_regs = -1;
	vm->data = VM_NO_MEMORY;
	vm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->kvm < 0)
		err(3, "/dev/kvm");
	vm->fd = checked_ioctl(vm->kvm, "KVM_CREATE_VM", KVM_CREATE_VM, NULL);
	checked_ioctl(vm->fd, "KVM_SET_TSS_ADDR", KVM_SET_TSS_ADDR, (void *)TSS_ADDRESS);

	vm->memory = checked_mmap(VM_MEMORY, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memory.userspace_addr = (uintptr_t)vm->memory;
	vm_ioctl(vm, "KVM_SET_USER_MEMORY_REGION", KVM_SET_USER_MEMORY_REGION, &memory);

	vm->eventfd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (vm->eventfd < 0)
		err(1, "eventfd");
}

/* All that KVM can do, so that there is an x2APIC */
static void set_cpuid(struct vm *vm)
{
	struct kvm_cpuid2 *cpuid;

	cpuid = calloc(1, sizeof(*cpuid) + CPUID_ENTRIES * sizeof(cpuid->entries[0]));
	if (!cpuid)
		err(1, "calloc");
	cpuid->nent = CPUID_ENTRIES;
	checked_ioctl(vm->kvm, "KVM_GET_SUPPORTED_CPUID", KVM_GET_SUPPORTED_CPUID, cpuid);
	checked_ioctl(vm->vcpu, "KVM_SET_CPUID2", KVM_SET_CPUID2, cpuid);
	free(cpuid);
}

/* Interrupt controllers have to be there before the vCPU is. */
static void create_vcpu(struct vm *vm)
{
	int size = checked_ioctl(vm->kvm, "KVM_GET_VCPU_MMAP_SIZE", KVM_GET_VCPU_MMAP_SIZE, NULL);

	vm->vcpu = checked_ioctl(vm->fd, "KVM_CREATE_VCPU", KVM_CREATE_VCPU, NULL);
	if (vm->interrupts)
		set_cpuid(vm);
	vm->run = checked_mmap(size, MAP_SHARED, vm->vcpu, 0);
	vm->ring = (void *)vm->run + KVM_COALESCED_MMIO_PAGE_OFFSET * getpagesize();
}

void vm_destroy(struct vm *vm)
{
	if (vm->pio_regs >= 0) {
		munmap(vm->page, KVM_PIO_REGS_SIZE);
		close(vm->pio_regs);
	}
	if (vm->run)
		munmap(vm->run, checked_ioctl(vm->kvm, "KVM_GET_VCPU_MMAP_SIZE",
					      KVM_GET_VCPU_MMAP_SIZE, NULL));
	if (vm->run)
		close(vm->vcpu);
	close(vm->eventfd);
	close(vm->fd);
	close(vm->kvm);
	munmap(vm->memory, VM_MEMORY);
}

bool vm_has_pio_regs(struct vm *vm)
{
	return ioctl(vm->fd, KVM_CHECK_EXTENSION, KVM_CAP_PIO_REGS) > 0;
}

static void set_attr(int fd, uint32_t group, uint64_t attr, void *value)
{
	struct kvm_device_attr arg = {
		.group = group, .attr = attr, .addr = (uintptr_t)value,
	};

	checked_ioctl(fd, "KVM_SET_DEVICE_ATTR", KVM_SET_DEVICE_ATTR, &arg);
}

void vm_add_pio_regs(struct vm *vm, uint32_t base, uint32_t size, uint32_t flags, int doorbell)
{
	struct kvm_create_device device = { .type = KVM_DEV_TYPE_PIO_REGS };
	struct kvm_pio_regs_access access = { .len = size, .flags = flags };
	struct kvm_pio_regs_range range = { .base = base, .size = size };
	int32_t fd = vm->eventfd;

	vm_ioctl(vm, "KVM_CREATE_DEVICE", KVM_CREATE_DEVICE, &device);
	vm->pio_regs = device.fd;
	vm->page = checked_mmap(KVM_PIO_REGS_SIZE, MAP_SHARED, device.fd, 0);
	set_attr(device.fd, KVM_DEV_PIO_REGS_ACCESS, 0, &access);
	if (doorbell >= 0)
		set_attr(device.fd, KVM_DEV_PIO_REGS_DOORBELL, doorbell, &fd);
	set_attr(device.fd, KVM_DEV_PIO_REGS_CTRL, KVM_DEV_PIO_REGS_CTRL_RANGE, &range);
}

uint64_t vm_doorbells(struct vm *vm)
{
	uint64_t count;

	return read(vm->eventfd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

/* The APIC has interrupts only once this register says so. */
static void enable_apic(struct vm *vm)
{
	struct kvm_lapic_state apic;
	const uint32_t enabled = 0x1ff;

	checked_ioctl(vm->vcpu, "KVM_GET_LAPIC", KVM_GET_LAPIC, &apic);
	memcpy(&apic.regs[APIC_SPURIOUS], &enabled, sizeof(enabled));
	checked_ioctl(vm->vcpu, "KVM_SET_LAPIC", KVM_SET_LAPIC, &apic);
}

/* Counts in VM_INTERRUPTS, ends the interrupt at the APIC, and returns. */
static const uint8_t handler[] = {
	0x66, 0x60,					/* pushal */
	0x66, 0xb9, 0x0b, 0x08, 0x00, 0x00,		/* mov $MSR_X2APIC_EOI, %ecx */
	0x66, 0x31, 0xc0,				/* xor %eax, %eax */
	0x66, 0x31, 0xd2,				/* xor %edx, %edx */
	0x0f, 0x30,					/* wrmsr */
	0x36, 0x66, 0xff, 0x06,				/* incl %ss:VM_INTERRUPTS */
	(uint8_t)VM_INTERRUPTS, VM_INTERRUPTS >> 8,
	0x66, 0x61,					/* popal */
	0xcf,						/* iret */
};

static struct kvm_msi message(void)
{
	return (struct kvm_msi){ .address_lo = 0xfee00000, .data = VM_VECTOR };
}

void vm_add_interrupt(struct vm *vm)
{
	const uint32_t vector = VM_HANDLER;

	vm->interrupts = true;
	vm_ioctl(vm, "KVM_CREATE_IRQCHIP", KVM_CREATE_IRQCHIP, NULL);
	memcpy(vm->memory + VM_HANDLER, handler, sizeof(handler));
	memcpy(vm->memory + 4 * VM_VECTOR, &vector, sizeof(vector));
}

void vm_add_irqfd(struct vm *vm)
{
	const struct kvm_msi msi = message();
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entry;
	} routing = {
		.head = { .nr = 1 },
		.entry = {
			.type = KVM_IRQ_ROUTING_MSI,
			.u.msi = { .address_lo = msi.address_lo, .data = msi.data },
		},
	};
	struct kvm_irqfd irqfd = { .fd = vm->eventfd };

	vm_ioctl(vm, "KVM_SET_GSI_ROUTING", KVM_SET_GSI_ROUTING, &routing.head);
	vm_ioctl(vm, "KVM_IRQFD", KVM_IRQFD, &irqfd);
}

uint32_t vm_interrupts(struct vm *vm)
{
	uint32_t count;

	memcpy(&count, vm->memory + VM_INTERRUPTS, sizeof(count));
	memset(vm->memory + VM_INTERRUPTS, 0, sizeof(count));
	return count;
}

void vm_map_page(struct vm *vm, uint32_t slot, uint32_t address, void *page, uint32_t flags)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot, .flags = flags, .guest_phys_addr = address,
		.memory_size = page ? getpagesize() : 0, .userspace_addr = (uintptr_t)page,
	};

	vm_ioctl(vm, "KVM_SET_USER_MEMORY_REGION", KVM_SET_USER_MEMORY_REGION, &region);
}

void *vm_new_page(void)
{
	return checked_mmap(getpagesize(), MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static void set_registers(struct vm *vm, uint32_t count, uint16_t port)
{
	struct kvm_regs regs = {
		.rip = VM_CODE, .rflags = RFLAGS, .rcx = count, .rdx = port, .rax = VM_ANSWER,
		.rsp = VM_STACK,
	};
	struct kvm_sregs sregs;

	checked_ioctl(vm->vcpu, "KVM_GET_SREGS", KVM_GET_SREGS, &sregs);
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	sregs.ds.base = vm->data;
	sregs.ds.selector = vm->data >> 4;
	sregs.es.base = VM_STRINGS;
	sregs.es.selector = VM_STRINGS >> 4;
	if (vm->interrupts) {
		sregs.apic_base |= APIC_BASE_X2APIC | APIC_BASE_ENABLED;
		regs.rflags |= RFLAGS_IF;
	}
	checked_ioctl(vm->vcpu, "KVM_SET_SREGS", KVM_SET_SREGS, &sregs);
	if (vm->interrupts)
		enable_apic(vm);
	checked_ioctl(vm->vcpu, "KVM_SET_REGS", KVM_SET_REGS, &regs);
}

/* Each change makes KVM forget what it knows of addresses without memory. */
static void change_slots(struct vm *vm)
{
	static void *page;

	if (!page)
		page = vm_new_page();
	vm_map_page(vm, 2, VM_OTHER_PAGE, vm->exits.mmio & 1 ? page : NULL, 0);
}

static void take_coalesced(struct vm *vm)
{
	const uint32_t entries = (getpagesize() - sizeof(*vm->ring)) /
				 sizeof(vm->ring->coalesced_mmio[0]);
	uint32_t last = __atomic_load_n(&vm->ring->last, __ATOMIC_ACQUIRE);

	vm->exits.coalesced += (last + entries - vm->ring->first) % entries;
	__atomic_store_n(&vm->ring->first, last, __ATOMIC_RELEASE);
}

uint32_t vm_run(struct vm *vm, const struct program *program, uint32_t count, uint16_t port)
{
	static const uint8_t end[] = { 0xe6, VM_PORT_END };	/* out %al, $VM_PORT_END */
	struct kvm_run *run;
	struct kvm_regs regs;

	if (!vm->run)
		create_vcpu(vm);
	run = vm->run;
	memcpy(vm->memory + VM_CODE, program->code, program->size);
	memcpy(vm->memory + VM_CODE + program->size, end, sizeof(end));
	set_registers(vm, count, port);

	for (;;) {
		checked_ioctl(vm->vcpu, "KVM_RUN", KVM_RUN, NULL);
		switch (run->exit_reason) {
		case KVM_EXIT_IO:
			take_coalesced(vm);
			if (run->io.port == VM_PORT_END) {
				checked_ioctl(vm->vcpu, "KVM_GET_REGS", KVM_GET_REGS, &regs);
				return regs.rax;
			}
			vm->exits.io++;
			if (vm->interrupt_on_exit) {
				struct kvm_msi msi = message();

				vm_ioctl(vm, "KVM_SIGNAL_MSI", KVM_SIGNAL_MSI, &msi);
			}
			if (run->io.direction == KVM_EXIT_IO_IN)
				memset((uint8_t *)run + run->io.data_offset, (uint8_t)VM_ANSWER,
				       run->io.size * run->io.count);
			break;
		case KVM_EXIT_MMIO:
			vm->exits.mmio++;
			if (vm->slots_on_exit)
				change_slots(vm);
			if (!run->mmio.is_write)
				memset(run->mmio.data, (uint8_t)VM_ANSWER, run->mmio.len);
			break;
		default:
			errx(1, "unexpected exit %u", run->exit_reason);
		}
	}
}
