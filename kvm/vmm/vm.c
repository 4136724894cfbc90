// SPDX-License-Identifier: GPL-2.0-only
#include "vm.h"

#include <err.h>
#include <fcntl.h>
#include <linux/kvm_pio_regs.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Where processors that cannot run real mode as it is keep a task state for it */
#define TSS_ADDRESS	0xfffbd000

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

/* Interrupt controllers have to be there before the vCPU is. */
static void create_vcpu(struct vm *vm)
{
	int size = checked_ioctl(vm->kvm, "KVM_GET_VCPU_MMAP_SIZE", KVM_GET_VCPU_MMAP_SIZE, NULL);

	vm->vcpu = checked_ioctl(vm->fd, "KVM_CREATE_VCPU", KVM_CREATE_VCPU, NULL);
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
	struct kvm_create_device device = {
		.type = KVM_DEV_TYPE_PIO_REGS,
		.flags = KVM_CREATE_DEVICE_TEST,
	};

	return !ioctl(vm->fd, KVM_CREATE_DEVICE, &device);
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

static void set_registers(struct vm *vm, uint32_t count, uint16_t port)
{
	struct kvm_regs regs = {
		.rip = VM_CODE, .rflags = 2, .rcx = count, .rdx = port, .rax = VM_ANSWER,
	};
	struct kvm_sregs sregs;

	checked_ioctl(vm->vcpu, "KVM_GET_SREGS", KVM_GET_SREGS, &sregs);
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	sregs.ds.base = VM_NO_MEMORY;
	sregs.ds.selector = VM_NO_MEMORY >> 4;
	sregs.es.base = VM_STRINGS;
	sregs.es.selector = VM_STRINGS >> 4;
	checked_ioctl(vm->vcpu, "KVM_SET_SREGS", KVM_SET_SREGS, &sregs);
	checked_ioctl(vm->vcpu, "KVM_SET_REGS", KVM_SET_REGS, &regs);
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
			if (run->io.direction == KVM_EXIT_IO_IN)
				memset((uint8_t *)run + run->io.data_offset, (uint8_t)VM_ANSWER,
				       run->io.size * run->io.count);
			break;
		case KVM_EXIT_MMIO:
			vm->exits.mmio++;
			if (!run->mmio.is_write)
				memset(run->mmio.data, (uint8_t)VM_ANSWER, run->mmio.len);
			break;
		default:
			errx(1, "unexpected exit %u", run->exit_reason);
		}
	}
}
