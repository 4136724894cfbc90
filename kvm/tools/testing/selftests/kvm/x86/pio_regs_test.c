// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test for the KVM device "pio-regs": port I/O that KVM answers from a page of
 * registers, see Documentation/virt/kvm/devices/pio-regs.rst.
 *
 * Every test runs in a process of its own, with a VM of its own. Where accesses
 * may reach user space, the VMM here answers them from the same page, so that the
 * guest must never see a difference.
 */
#define _GNU_SOURCE
#include <sched.h>

#include "apic.h"
#include "pio_regs.h"

#define BASE		0x2000
#define OTHER_BASE	0x3000
#define SIZE		0x800
#define REG		0x114
/* Of the interrupt that a doorbell raises: its number in KVM's table of routes, its
 * vector, and the first of the registers that say which vectors wait
 */
#define GSI		0
#define VECTOR		0x45
#define APIC_IRR_FIRST	0x200
/* What the VMM answers where the test expects an exit */
#define FROM_USER	0xa55a1234u
/* vCPUs of the tests that change the device while they run */
#define VCPUS		3
/* Seconds in which a test ends, however slow the machine */
#define TEST_LIMIT	300

/* ---- guest side ---- */

/* Filled in by the host before the guest runs, or while it does */
static u32 rounds;
static u32 stop;
/* Counted by the guest */
static u32 accesses;

static u8 pattern(unsigned int offset)
{
	return offset * 7 + (offset >> 8) + 1;
}

/* ---- host side ---- */

struct exits {
	unsigned int reads;
	unsigned int writes;
	/* The latest, of no use where several vCPUs run */
	u16 port;
	u8 size;
	u32 count;
	u32 data;
};

/* Every test has a process of its own, and so its own of these. */
static struct exits exits;
/* Where the VMM answers from; NULL: reads give FROM_USER */
static u8 *model;

static void read_modify(struct machine *m, struct kvm_run *run)
{
	void *data = (void *)run + run->io.data_offset;
	unsigned int offset = run->io.port % KVM_PIO_REGS_SIZE;
	bool in = run->io.direction == KVM_EXIT_IO_IN;
	u32 answer = FROM_USER;
	unsigned int i;

	exits.port = run->io.port;
	exits.size = run->io.size;
	exits.count = run->io.count;
	if (in) {
		__sync_fetch_and_add(&exits.reads, 1);
		for (i = 0; i < run->io.count; i++)
			memcpy(data + i * run->io.size,
			       model ? (void *)model + offset : &answer, run->io.size);
	} else {
		u32 value = 0;

		memcpy(&value, data, run->io.size);
		/* As the kernel does: the whole register, or a byte, at once */
		if (model && run->io.size == 4)
			WRITE_ONCE(*(u32 *)(model + offset), value);
		else if (model && run->io.size == 1)
			WRITE_ONCE(*(u8 *)(model + offset), (u8)value);
		exits.data = value;
		__sync_fetch_and_add(&exits.writes, 1);
	}
}

static struct machine *machine_with(unsigned int vcpus, void *guest)
{
	struct machine *m = calloc(1, sizeof(*m));

	machine_init(m, vcpus, guest, read_modify);
	return m;
}

static struct machine *machine_create(void *guest)
{
	return machine_with(1, guest);
}

/* ---- attributes, without a guest ---- */

static int attr_call(int dev, unsigned long call, u32 flags, u32 group,
		     u64 attr, void *addr)
{
	struct kvm_device_attr arg = {
		.flags = flags, .group = group, .attr = attr, .addr = (unsigned long)addr,
	};

	return ioctl(dev, call, &arg);
}

static void test_capability_names_the_access_flags(void)
{
	struct kvm_vm *vm = vm_create_barebones();
	int dev = kvm_create_device(vm, KVM_DEV_TYPE_PIO_REGS);
	u32 known = kvm_check_cap(KVM_CAP_PIO_REGS), flag;

	expect_eq(known, KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE);
	expect_eq(vm_check_cap(vm, KVM_CAP_PIO_REGS), known);
	for (flag = 1; flag; flag <<= 1) {
		if (known & flag)
			must(set_access(dev, REG, 4, flag));
		else
			refused(EINVAL, set_access(dev, REG, 4, flag));
	}
}

static void test_attributes_exist(void)
{
	struct kvm_vm *vm = vm_create_barebones();
	int dev = kvm_create_device(vm, KVM_DEV_TYPE_PIO_REGS);

	must(__kvm_has_device_attr(dev, KVM_DEV_PIO_REGS_CTRL, KVM_DEV_PIO_REGS_CTRL_RANGE));
	refused(ENXIO, __kvm_has_device_attr(dev, KVM_DEV_PIO_REGS_CTRL, 1));
	must(__kvm_has_device_attr(dev, KVM_DEV_PIO_REGS_ACCESS, 0));
	must(__kvm_has_device_attr(dev, KVM_DEV_PIO_REGS_ACCESS, KVM_PIO_REGS_SIZE - 4));
	refused(ENXIO, __kvm_has_device_attr(dev, KVM_DEV_PIO_REGS_ACCESS, KVM_PIO_REGS_SIZE));
	refused(ENXIO, __kvm_has_device_attr(dev, KVM_DEV_PIO_REGS_ACCESS, 2));
	must(__kvm_has_device_attr(dev, KVM_DEV_PIO_REGS_DOORBELL, REG));
	refused(ENXIO, __kvm_has_device_attr(dev, KVM_DEV_PIO_REGS_DOORBELL, REG + 1));
	refused(ENXIO, __kvm_has_device_attr(dev, KVM_DEV_PIO_REGS_DOORBELL, 1ULL << 32));
	refused(ENXIO, __kvm_has_device_attr(dev, 3, 0));
	refused(EINVAL, attr_call(dev, KVM_HAS_DEVICE_ATTR, 1, KVM_DEV_PIO_REGS_CTRL, 0, NULL));
}

static void test_range_is_validated(void)
{
	struct kvm_vm *vm = vm_create_barebones();
	int dev = kvm_create_device(vm, KVM_DEV_TYPE_PIO_REGS);
	struct kvm_pio_regs_range range = { 1, 1 };

	kvm_device_attr_get(dev, KVM_DEV_PIO_REGS_CTRL, KVM_DEV_PIO_REGS_CTRL_RANGE, &range);
	expect_eq(range.base, 0);
	expect_eq(range.size, 0);

	refused(EINVAL, set_range(dev, BASE + 1, SIZE));
	refused(EINVAL, set_range(dev, BASE + 2, SIZE));
	refused(EINVAL, set_range(dev, BASE, 2));
	refused(EINVAL, set_range(dev, BASE, KVM_PIO_REGS_SIZE + 4));
	refused(EINVAL, set_range(dev, 0x10000, 4));
	refused(EINVAL, set_range(dev, 0xfffc, 8));
	refused(EINVAL, set_range(dev, 0xfffffffc, 4));
	refused(EINVAL, set_range(dev, 0xfffffffc, 8));
	refused(EINVAL, set_range(dev, BASE, 0));
	refused(EINVAL, set_range(dev, BASE, 0xfffffffc));
	must(set_range(dev, 0xfffc, 4));
	must(set_range(dev, 0x10000 - KVM_PIO_REGS_SIZE, KVM_PIO_REGS_SIZE));
	must(set_range(dev, 0, 4));
	must(set_range(dev, BASE, SIZE));
	must(set_range(dev, BASE, SIZE));

	/* What is refused changes nothing. */
	refused(EINVAL, set_range(dev, BASE + 1, SIZE));
	kvm_device_attr_get(dev, KVM_DEV_PIO_REGS_CTRL, KVM_DEV_PIO_REGS_CTRL_RANGE, &range);
	expect_eq(range.base, BASE);
	expect_eq(range.size, SIZE);

	refused(EFAULT, attr_call(dev, KVM_SET_DEVICE_ATTR, 0, KVM_DEV_PIO_REGS_CTRL, 0, NULL));
	refused(EFAULT, attr_call(dev, KVM_GET_DEVICE_ATTR, 0, KVM_DEV_PIO_REGS_CTRL, 0, NULL));
	refused(EINVAL, attr_call(dev, KVM_SET_DEVICE_ATTR, 1, KVM_DEV_PIO_REGS_CTRL, 0, &range));
	refused(EINVAL, attr_call(dev, KVM_GET_DEVICE_ATTR, 1, KVM_DEV_PIO_REGS_CTRL, 0, &range));
	refused(ENXIO, attr_call(dev, KVM_SET_DEVICE_ATTR, 0, KVM_DEV_PIO_REGS_CTRL, 1, &range));
	refused(ENXIO, attr_call(dev, KVM_SET_DEVICE_ATTR, 0, 3, 0, &range));

	must(set_range(dev, 0, 0));
	must(set_range(dev, 0, 0));
	kvm_device_attr_get(dev, KVM_DEV_PIO_REGS_CTRL, KVM_DEV_PIO_REGS_CTRL_RANGE, &range);
	expect_eq(range.size, 0);
}

static void test_access_is_validated(void)
{
	struct kvm_vm *vm = vm_create_barebones();
	int dev = kvm_create_device(vm, KVM_DEV_TYPE_PIO_REGS);
	struct kvm_pio_regs_access access;

	refused(EINVAL, set_access(dev, REG, 4, 4));
	refused(EINVAL, set_access(dev, REG, 4, 0x80000000));
	refused(EINVAL, set_access(dev, REG, 0, KVM_PIO_REGS_READ));
	refused(EINVAL, set_access(dev, REG, 2, KVM_PIO_REGS_READ));
	refused(EINVAL, set_access(dev, REG, KVM_PIO_REGS_SIZE, KVM_PIO_REGS_READ));
	refused(EINVAL, set_access(dev, REG, 0xfffffffc, KVM_PIO_REGS_READ));
	refused(ENXIO, set_access(dev, REG + 1, 4, KVM_PIO_REGS_READ));
	refused(ENXIO, set_access(dev, KVM_PIO_REGS_SIZE, 4, KVM_PIO_REGS_READ));
	refused(EFAULT, attr_call(dev, KVM_SET_DEVICE_ATTR, 0, KVM_DEV_PIO_REGS_ACCESS, 0, NULL));
	refused(EFAULT, attr_call(dev, KVM_GET_DEVICE_ATTR, 0, KVM_DEV_PIO_REGS_ACCESS, 0, NULL));

	kvm_device_attr_get(dev, KVM_DEV_PIO_REGS_ACCESS, 0, &access);
	expect_eq(access.flags, 0);
	expect_eq(access.len, KVM_PIO_REGS_SIZE);

	must(set_access(dev, 0x10, 0x20, KVM_PIO_REGS_READ));
	must(set_access(dev, 0x20, 0x10, KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE));
	kvm_device_attr_get(dev, KVM_DEV_PIO_REGS_ACCESS, 0, &access);
	expect_eq(access.flags, 0);
	expect_eq(access.len, 0x10);
	kvm_device_attr_get(dev, KVM_DEV_PIO_REGS_ACCESS, 0x14, &access);
	expect_eq(access.flags, KVM_PIO_REGS_READ);
	expect_eq(access.len, 0xc);
	kvm_device_attr_get(dev, KVM_DEV_PIO_REGS_ACCESS, 0x20, &access);
	expect_eq(access.flags, KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE);
	expect_eq(access.len, 0x10);
	kvm_device_attr_get(dev, KVM_DEV_PIO_REGS_ACCESS, 0x30, &access);
	expect_eq(access.flags, 0);
	expect_eq(access.len, KVM_PIO_REGS_SIZE - 0x30);
}

static void test_doorbell_is_validated(void)
{
	struct kvm_vm *vm = vm_create_barebones();
	int dev = kvm_create_device(vm, KVM_DEV_TYPE_PIO_REGS);
	int efd = new_eventfd();

	refused(EBADF, set_doorbell(dev, REG, 9999));
	refused(EBADF, set_doorbell(dev, REG, -2));
	refused(EINVAL, set_doorbell(dev, REG, vm->fd));
	refused(ENXIO, set_doorbell(dev, REG + 2, efd));
	refused(ENXIO, set_doorbell(dev, KVM_PIO_REGS_SIZE, efd));
	refused(EFAULT, attr_call(dev, KVM_SET_DEVICE_ATTR, 0, KVM_DEV_PIO_REGS_DOORBELL, 0, NULL));
	refused(ENXIO, attr_call(dev, KVM_GET_DEVICE_ATTR, 0, KVM_DEV_PIO_REGS_DOORBELL, 0, &efd));
	must(set_doorbell(dev, REG, -1));
	must(set_doorbell(dev, REG, efd));
	must(set_doorbell(dev, REG, efd));
	must(set_doorbell(dev, 0, efd));
	must(set_doorbell(dev, REG, -1));
}

static void test_mapping_is_validated(void)
{
	struct kvm_vm *vm = vm_create_barebones();
	int dev = kvm_create_device(vm, KVM_DEV_TYPE_PIO_REGS);
	size_t page_size = getpagesize();
	u8 *page, *again;
	unsigned int i;

#define map(len, flags, offset) \
	(mmap(NULL, len, PROT_READ | PROT_WRITE, flags, dev, offset) == MAP_FAILED ? -1 : 0)
	refused(EINVAL, map(page_size, MAP_PRIVATE, 0));
	refused(EINVAL, map(page_size, MAP_SHARED, page_size));
	refused(EINVAL, map(2 * page_size, MAP_SHARED, 0));

	page = map_page(dev);
	for (i = 0; i < KVM_PIO_REGS_SIZE; i++)
		expect_eq(page[i], 0);
	page[REG] = 0x5a;
	again = map_page(dev);
	expect_eq(again[REG], 0x5a);
	again[REG] = 0xa5;
	expect_eq(page[REG], 0xa5);

	/* The page outlives the file descriptor and the VM's. */
	close(dev);
	kvm_vm_free(vm);
	expect_eq(page[REG], 0xa5);
	must(munmap(page, page_size));
	expect_eq(again[REG], 0xa5);
}

static void test_ranges_do_not_overlap(void)
{
	struct kvm_vm *vm = vm_create_barebones();
	int a = kvm_create_device(vm, KVM_DEV_TYPE_PIO_REGS);
	int b = kvm_create_device(vm, KVM_DEV_TYPE_PIO_REGS);
	struct kvm_coalesced_mmio_zone zone = { .addr = BASE + 0x100, .size = 4, .pio = 1 };
	struct kvm_ioeventfd ioeventfd = {
		.addr = BASE + SIZE - 1, .fd = new_eventfd(), .flags = KVM_IOEVENTFD_FLAG_PIO,
	};

	must(set_range(a, BASE, SIZE));
	refused(EEXIST, set_range(b, BASE, SIZE));
	refused(EEXIST, set_range(b, BASE + SIZE - 4, 4));
	refused(EEXIST, set_range(b, BASE - 4, 8));
	refused(EEXIST, set_range(b, BASE - 4, SIZE + 8));
	must(set_range(b, BASE - 4, 4));
	must(set_range(b, BASE + SIZE, SIZE));

	/* A device does not stand in its own way. */
	must(set_range(a, BASE + 4, SIZE - 4));
	must(set_range(a, BASE - 4, SIZE));
	must(set_range(b, 0, 0));
	close(a);
	must(set_range(b, BASE, SIZE));
	must(set_range(b, 0, 0));

	vm_ioctl(vm, KVM_REGISTER_COALESCED_MMIO, &zone);
	refused(EEXIST, set_range(b, BASE, SIZE));
	vm_ioctl(vm, KVM_UNREGISTER_COALESCED_MMIO, &zone);

	/* Of length 0: it takes any length of access */
	vm_ioctl(vm, KVM_IOEVENTFD, &ioeventfd);
	refused(EEXIST, set_range(b, BASE, SIZE));
	must(set_range(b, BASE, SIZE - 4));
	must(set_range(b, BASE + SIZE, SIZE));
	ioeventfd.flags |= KVM_IOEVENTFD_FLAG_DEASSIGN;
	vm_ioctl(vm, KVM_IOEVENTFD, &ioeventfd);

	vm_create_irqchip(vm);
	refused(EEXIST, set_range(b, 0x20, 4));
	must(set_range(b, 0x24, 4));
}

static void test_full_bus_is_reported(void)
{
	struct kvm_vm *vm = vm_create_barebones();
	int dev = kvm_create_device(vm, KVM_DEV_TYPE_PIO_REGS);
	struct kvm_coalesced_mmio_zone zone = { .addr = 0x4000, .size = 4, .pio = 1 };
	struct kvm_pio_regs_range range;
	unsigned int i;

	for (i = 0; i < 4096; i++, zone.addr += 4)
		if (__vm_ioctl(vm, KVM_REGISTER_COALESCED_MMIO, &zone))
			break;
	TEST_ASSERT(errno == ENOSPC, "the bus is full: %s", strerror(errno));

	refused(ENOSPC, set_range(dev, BASE, SIZE));
	kvm_device_attr_get(dev, KVM_DEV_PIO_REGS_CTRL, KVM_DEV_PIO_REGS_CTRL_RANGE, &range);
	expect_eq(range.base, 0);
	expect_eq(range.size, 0);

	zone.addr = 0x4000;
	vm_ioctl(vm, KVM_UNREGISTER_COALESCED_MMIO, &zone);
	must(set_range(dev, BASE, SIZE));
	/* It moves in a full bus. */
	must(set_range(dev, OTHER_BASE, SIZE));
}

/* ---- accesses ---- */

static void guest_reads_every_lane(void)
{
	unsigned int i;

	for (i = 0; i < SIZE; i++)
		GUEST_ASSERT(guest_inb(BASE + i) == pattern(i));
	for (i = 0; i < SIZE; i += 2)
		GUEST_ASSERT(guest_inw(BASE + i) == (pattern(i) | pattern(i + 1) << 8));
	for (i = 0; i < SIZE; i += 4)
		GUEST_ASSERT(guest_inl(BASE + i) == (pattern(i) | pattern(i + 1) << 8 |
					       pattern(i + 2) << 16 |
					       (u32)pattern(i + 3) << 24));
	GUEST_DONE();
}

static void test_reads_reach_every_lane(void)
{
	struct machine *m = machine_create(guest_reads_every_lane);
	unsigned int i;

	for (i = 0; i < KVM_PIO_REGS_SIZE; i++)
		m->page[i] = pattern(i);
	must(set_access(m->dev, 0, SIZE, KVM_PIO_REGS_READ));
	must(set_range(m->dev, BASE, SIZE));
	run(m);
	expect_eq(exits.reads, 0);
}

static void guest_writes_every_lane(void)
{
	unsigned int i;

	for (i = 0; i < 0x100; i++)
		guest_outb(BASE + i, pattern(i));
	for (i = 0x100; i < 0x200; i += 2)
		guest_outw(BASE + i, pattern(i) | pattern(i + 1) << 8);
	for (i = 0x200; i < 0x300; i += 4)
		guest_outl(BASE + i, pattern(i) | pattern(i + 1) << 8 |
				     pattern(i + 2) << 16 | (u32)pattern(i + 3) << 24);
	GUEST_DONE();
}

static void test_writes_reach_every_lane(void)
{
	struct machine *m = machine_create(guest_writes_every_lane);
	unsigned int i;

	memset(m->page, 0xee, KVM_PIO_REGS_SIZE);
	must(set_access(m->dev, 0, SIZE, KVM_PIO_REGS_WRITE));
	must(set_range(m->dev, BASE, SIZE));
	run(m);
	expect_eq(exits.writes, 0);
	for (i = 0; i < KVM_PIO_REGS_SIZE; i++)
		expect_eq(m->page[i], i < 0x300 ? pattern(i) : 0xee);
}

static void guest_tries_what_is_declined(void)
{
	/* A register that can only be written, one that can only be read, neither */
	GUEST_ASSERT(guest_inl(BASE) == FROM_USER);
	GUEST_SYNC(1);
	guest_outl(BASE + 4, 0x11223344);
	GUEST_SYNC(2);
	GUEST_ASSERT(guest_inb(BASE + 8) == (FROM_USER & 0xff));
	GUEST_SYNC(3);
	guest_outb(BASE + 0xb, 0x77);
	GUEST_SYNC(4);
	/* Unaligned, within a register and across two */
	GUEST_ASSERT(guest_inw(BASE + 5) == (FROM_USER & 0xffff));
	GUEST_SYNC(5);
	GUEST_ASSERT(guest_inl(BASE + 0x12) == FROM_USER);
	GUEST_SYNC(6);
	/* Across the ends of the range, and beside it */
	GUEST_ASSERT(guest_inl(BASE - 2) == FROM_USER);
	GUEST_SYNC(7);
	guest_outl(BASE + SIZE - 2, 1);
	GUEST_SYNC(8);
	GUEST_ASSERT(guest_inb(BASE + SIZE) == (FROM_USER & 0xff));
	GUEST_SYNC(9);
	GUEST_ASSERT(guest_inb(BASE - 1) == (FROM_USER & 0xff));
	GUEST_SYNC(10);
	GUEST_ASSERT(guest_inl(BASE + 0x10) == 0);
	GUEST_DONE();
}

static void test_what_is_declined_reaches_user_space(void)
{
	static const struct {
		u16 port;
		u8 size;
		bool in;
		u32 data;
	} expected[] = {
		{ BASE, 4, true },
		{ BASE + 4, 4, false, 0x11223344 },
		{ BASE + 8, 1, true },
		{ BASE + 0xb, 1, false, 0x77 },
		{ BASE + 5, 2, true },
		{ BASE + 0x12, 4, true },
		{ BASE - 2, 4, true },
		{ BASE + SIZE - 2, 4, false, 1 },
		{ BASE + SIZE, 1, true },
		{ BASE - 1, 1, true },
	};
	struct machine *m = machine_create(guest_tries_what_is_declined);
	unsigned int i, both;

	must(set_access(m->dev, 0, SIZE, KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE));
	must(set_access(m->dev, 0, 4, KVM_PIO_REGS_WRITE));
	must(set_access(m->dev, 4, 4, KVM_PIO_REGS_READ));
	must(set_access(m->dev, 8, 4, 0));
	must(set_range(m->dev, BASE, SIZE));
	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		memset(&exits, 0, sizeof(exits));
		run(m);
		expect_eq(exits.reads, expected[i].in);
		expect_eq(exits.writes, !expected[i].in);
		expect_eq(exits.port, expected[i].port);
		expect_eq(exits.size, expected[i].size);
		if (!expected[i].in)
			expect_eq(exits.data, expected[i].data);
	}
	both = exits.reads + exits.writes;
	run(m);
	expect_eq(exits.reads + exits.writes, both);
	for (i = 0; i < KVM_PIO_REGS_SIZE; i++)
		expect_eq(m->page[i], 0);
}

static void guest_rings(void)
{
	for (;;) {
		guest_outl(BASE + REG, 0x01020304);
		guest_outw(BASE + REG + 2, 0x0506);
		guest_outb(BASE + REG + 1, 0x07);
		GUEST_SYNC(1);
	}
}

static void test_doorbell_signals(void)
{
	struct machine *m = machine_create(guest_rings);
	int a = new_eventfd(), b = new_eventfd();
	int device_s_own = dup(a);

	must(set_range(m->dev, BASE, SIZE));

	must(set_doorbell(m->dev, REG, device_s_own));
	close(device_s_own);
	run(m);
	expect_eq(signals(a), 3);
	expect_eq(exits.writes, 0);
	/* Without KVM_PIO_REGS_WRITE the value is dropped. */
	expect_eq(*(u32 *)(m->page + REG), 0);

	must(set_access(m->dev, REG, 4, KVM_PIO_REGS_WRITE));
	run(m);
	expect_eq(signals(a), 3);
	expect_eq(*(u32 *)(m->page + REG), 0x05060704);

	must(set_doorbell(m->dev, REG, b));
	run(m);
	expect_eq(signals(a), 0);
	expect_eq(signals(b), 3);

	must(set_doorbell(m->dev, REG, -1));
	run(m);
	expect_eq(signals(b), 0);
	expect_eq(exits.writes, 0);

	must(set_access(m->dev, REG, 4, 0));
	run(m);
	expect_eq(exits.writes, 3);

	/* Many writes are one count, not one wakeup each. */
	must(set_doorbell(m->dev, REG, b));
	run(m);
	run(m);
	expect_eq(signals(b), 6);
}

static u8 string[64];

static void guest_uses_strings(void)
{
	void *p = string;
	u64 n = sizeof(string) / 4;

	asm volatile("rep insl" : "+D"(p), "+c"(n) : "d"(BASE + REG) : "memory");
	GUEST_SYNC(1);
	p = string;
	n = sizeof(string);
	asm volatile("rep outsb" : "+S"(p), "+c"(n) : "d"(BASE + REG) : "memory");
	GUEST_SYNC(2);
	p = string;
	asm volatile("insl" : "+D"(p) : "d"(BASE + REG) : "memory");
	GUEST_ASSERT(*(u32 *)string == (FROM_USER & ~0xffu) + 0x12);
	GUEST_DONE();
}

/* Whether the interrupt waits to be taken, which the guest does not do here */
static bool guest_is_interrupted(void)
{
	return x2apic_read_reg(APIC_IRR_FIRST + VECTOR / 32 * 0x10) >> VECTOR % 32 & 1;
}

static void guest_rings_for_an_interrupt(void)
{
	x2apic_enable();
	guest_outl(BASE + REG + 4, 1);
	GUEST_ASSERT(!guest_is_interrupted());
	guest_outb(BASE + REG, 1);
	/* Nothing came between: the interrupt was there when the write was done. */
	GUEST_ASSERT(guest_is_interrupted());
	GUEST_SYNC(1);
	guest_outl(BASE + REG, 1);
	GUEST_DONE();
}

/* An eventfd that is both a doorbell and an irqfd takes user space out of the way. */
static void test_doorbell_interrupts(void)
{
	struct machine *m = machine_create(guest_rings_for_an_interrupt);
	struct kvm_irqfd irqfd = { .fd = new_eventfd(), .gsi = GSI };
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entry;
	} routing = {
		.head = { .nr = 1 },
		.entry = {
			.gsi = GSI,
			.type = KVM_IRQ_ROUTING_MSI,
			.u.msi = { .address_lo = 0xfee00000, .data = VECTOR },
		},
	};

	vm_ioctl(m->vm, KVM_SET_GSI_ROUTING, &routing.head);
	vm_ioctl(m->vm, KVM_IRQFD, &irqfd);
	must(set_doorbell(m->dev, REG, irqfd.fd));
	must(set_access(m->dev, REG + 4, 4, KVM_PIO_REGS_WRITE));
	must(set_range(m->dev, BASE, SIZE));
	run(m);
	expect_eq(exits.reads + exits.writes, 0);

	/* Either can be taken away without the other. */
	irqfd.flags = KVM_IRQFD_FLAG_DEASSIGN;
	vm_ioctl(m->vm, KVM_IRQFD, &irqfd);
	run(m);
	expect_eq(exits.reads + exits.writes, 0);
	expect_eq(signals(irqfd.fd), 1);
}

static void test_string_input_is_one_exit(void)
{
	struct machine *m = machine_create(guest_uses_strings);

	must(set_access(m->dev, 0, SIZE, KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE));
	must(set_range(m->dev, BASE, SIZE));
	run(m);
	expect_eq(exits.reads, 1);
	expect_eq(exits.port, BASE + REG);
	expect_eq(exits.size, 4);
	expect_eq(exits.count, sizeof(string) / 4);

	/* What was read goes out byte by byte, into the same register. */
	*(u32 *)(m->page + REG) = FROM_USER;
	run(m);
	expect_eq(exits.writes, 0);
	expect_eq(m->page[REG], FROM_USER >> 24);

	m->page[REG] = 0x12;
	run(m);
	expect_eq(exits.reads, 1);
}

static void guest_reads_two_places(void)
{
	for (;;) {
		GUEST_ASSERT(guest_inl(BASE + REG) == FROM_USER);
		GUEST_ASSERT(guest_inl(OTHER_BASE + REG) == FROM_USER);
		GUEST_SYNC(1);
	}
}

static void test_it_moves_and_detaches(void)
{
	struct machine *m = machine_create(guest_reads_two_places);

	*(u32 *)(m->page + REG) = FROM_USER;
	must(set_access(m->dev, REG, 4, KVM_PIO_REGS_READ));
	run(m);
	expect_eq(exits.reads, 2);

	exits.reads = 0;
	must(set_range(m->dev, BASE, SIZE));
	run(m);
	expect_eq(exits.reads, 1);
	expect_eq(exits.port, OTHER_BASE + REG);

	exits.reads = 0;
	must(set_range(m->dev, OTHER_BASE, SIZE));
	run(m);
	expect_eq(exits.reads, 1);
	expect_eq(exits.port, BASE + REG);

	/* Smaller, so that the register is not in it any more */
	exits.reads = 0;
	must(set_range(m->dev, OTHER_BASE, REG));
	run(m);
	expect_eq(exits.reads, 2);

	exits.reads = 0;
	must(set_range(m->dev, 0, 0));
	run(m);
	expect_eq(exits.reads, 2);

	exits.reads = 0;
	must(set_range(m->dev, BASE, SIZE));
	run(m);
	expect_eq(exits.reads, 1);
}

static void guest_reads_many(void)
{
	unsigned int i;

	for (i = 0; i < 16; i++) {
		GUEST_ASSERT(guest_inl(0x1100 + i * 0x100) == i);
		guest_outl(0x1104 + i * 0x100, ~i);
	}
	GUEST_DONE();
}

static void test_devices_are_independent(void)
{
	struct machine *m = machine_create(guest_reads_many);
	u32 *pages[16];
	int devs[16];
	unsigned int i;

	for (i = 0; i < 16; i++) {
		devs[i] = kvm_create_device(m->vm, KVM_DEV_TYPE_PIO_REGS);
		pages[i] = (u32 *)map_page(devs[i]);
		pages[i][0] = i;
		must(set_access(devs[i], 0, 8, KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE));
	}
	/* Not in the order of their ports, with each other as neighbours */
	for (i = 0; i < 16; i++)
		must(set_range(devs[i * 5 % 16], 0x1100 + i * 5 % 16 * 0x100, 0x100));
	run(m);
	expect_eq(exits.reads + exits.writes, 0);
	for (i = 0; i < 16; i++) {
		expect_eq(pages[i][0], i);
		expect_eq(pages[i][1], ~i);
	}
}

/* ---- changes while vCPUs run ---- */

/* Every vCPU has a register of its own, so that it knows what is in it. */
static u16 vcpu_register(u64 vcpu)
{
	return REG + 4 * vcpu;
}

static void guest_stores_and_loads(u64 vcpu)
{
	u16 port = BASE + vcpu_register(vcpu);
	u32 i;

	for (i = 1; !READ_ONCE(stop); i++) {
		guest_outl(port, i);
		GUEST_ASSERT(guest_inl(port) == i);
		__sync_fetch_and_add(&accesses, 2);
	}
	GUEST_DONE();
}

/*
 * Changes the device, again and again, until the guest has been answered by
 * either side often enough, with a bound for the case that it never is.
 */
static void change_while_running(struct machine *m,
				 void (*change)(struct machine *m, unsigned int i))
{
	unsigned int i;

	start_vcpus(m);
	for (i = 0; i < 20000; i++) {
		unsigned int exited = exits.reads + exits.writes;

		change(m, i);
		sched_yield();
		if (i >= 200 && exited > 100 && guest_var(m, accesses) > exited + 100)
			break;
	}
	WRITE_ONCE(*guest_ptr(m, stop), 1);
	join_vcpus(m);
	TEST_ASSERT(i < 20000, "%u changes, %u exits for %u accesses: one side never had a turn",
		    i, exits.reads + exits.writes, guest_var(m, accesses));
}

static void change_access(struct machine *m, unsigned int i)
{
	must(set_access(m->dev, REG, 4 * VCPUS, i % 4));
}

static void test_access_changes_while_running(void)
{
	struct machine *m = machine_with(VCPUS, guest_stores_and_loads);

	model = m->page;
	must(set_range(m->dev, BASE, SIZE));
	change_while_running(m, change_access);
}

static void change_range(struct machine *m, unsigned int i)
{
	switch (i % 4) {
	case 0:
		must(set_range(m->dev, BASE, SIZE));
		break;
	case 1:
		must(set_range(m->dev, OTHER_BASE, SIZE));
		break;
	case 2:
		must(set_range(m->dev, BASE, SIZE + 4));
		break;
	case 3:
		must(set_range(m->dev, 0, 0));
		break;
	}
}

static void test_range_changes_while_running(void)
{
	struct machine *m = machine_with(VCPUS, guest_stores_and_loads);

	model = m->page;
	must(set_access(m->dev, 0, SIZE, KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE));
	change_while_running(m, change_range);
}

static void guest_rings_and_counts(u64 vcpu)
{
	u32 i;

	for (i = 0; i < rounds; i++) {
		guest_outl(BASE + REG, i);
		__sync_fetch_and_add(&accesses, 1);
	}
	GUEST_DONE();
}

static void test_no_doorbell_is_lost_while_it_changes(void)
{
	struct machine *m = machine_with(VCPUS, guest_rings_and_counts);
	int a = new_eventfd(), b = new_eventfd();
	const u32 each = 2000, all = VCPUS * each;
	u64 from_a, from_b;
	unsigned int i;

	WRITE_ONCE(*guest_ptr(m, rounds), each);
	must(set_range(m->dev, BASE, SIZE));
	start_vcpus(m);
	for (i = 0; guest_var(m, accesses) < all; i++) {
		must(set_doorbell(m->dev, REG, i % 3 == 0 ? a : i % 3 == 1 ? b : -1));
		sched_yield();
	}
	join_vcpus(m);
	from_a = signals(a);
	from_b = signals(b);
	expect_eq(from_a + from_b + exits.writes, all);
}

static void guest_shares_a_register(u64 lane)
{
	u16 port = BASE + REG + lane;
	u32 i;

	for (i = 0; i < rounds; i++) {
		guest_outb(port, i);
		GUEST_ASSERT(guest_inb(port) == (u8)i);
		GUEST_ASSERT((u8)(guest_inl(BASE + REG) >> (lane * 8)) == (u8)i);
	}
	guest_outb(port, 0xc0 + lane);
	GUEST_DONE();
}

static void test_vcpus_share_a_register(void)
{
	struct machine *m = machine_with(4, guest_shares_a_register);
	unsigned int i;

	model = m->page;
	WRITE_ONCE(*guest_ptr(m, rounds), 1000);
	must(set_access(m->dev, REG, 4, KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE));
	must(set_range(m->dev, BASE, SIZE));
	start_vcpus(m);
	for (i = 0; i < 500; i++) {
		change_range(m, i);
		sched_yield();
	}
	join_vcpus(m);
	expect_eq(*(u32 *)(m->page + REG), 0xc3c2c1c0);
}

static void guest_reads_one_place(u64 vcpu)
{
	while (!READ_ONCE(stop)) {
		GUEST_ASSERT(guest_inl(BASE + REG) == FROM_USER);
		__sync_fetch_and_add(&accesses, 1);
	}
	GUEST_DONE();
}

/* Waits for the guest to have done so many accesses, or exits, more */
static bool wait_for_more(unsigned int *counter, unsigned int more)
{
	unsigned int from = READ_ONCE(*counter), i;

	for (i = 0; i < 1000000 && READ_ONCE(*counter) - from < more; i++)
		sched_yield();
	return READ_ONCE(*counter) - from >= more;
}

static void test_fd_is_closed_while_running(void)
{
	struct machine *m = machine_with(VCPUS, guest_reads_one_place);
	unsigned int *count = guest_ptr(m, accesses);

	*(u32 *)(m->page + REG) = FROM_USER;
	must(set_access(m->dev, REG, 4, KVM_PIO_REGS_READ));
	must(set_range(m->dev, BASE, SIZE));
	start_vcpus(m);
	TEST_ASSERT(wait_for_more(count, 100), "the guest reads");
	expect_eq(exits.reads, 0);

	/* The mapping keeps the device. */
	close(m->dev);
	TEST_ASSERT(wait_for_more(count, 100), "the guest goes on reading");
	expect_eq(exits.reads, 0);

	must(munmap(m->page, KVM_PIO_REGS_SIZE));
	TEST_ASSERT(wait_for_more(&exits.reads, 100), "the guest's reads exit");

	/* The ports are free for another one. */
	m->dev = kvm_create_device(m->vm, KVM_DEV_TYPE_PIO_REGS);
	must(set_range(m->dev, BASE, SIZE));

	WRITE_ONCE(*guest_ptr(m, stop), 1);
	join_vcpus(m);
}

static void test_devices_come_and_go_while_running(void)
{
	struct machine *m = machine_with(VCPUS, guest_reads_one_place);
	int efd = new_eventfd();
	unsigned int i;

	start_vcpus(m);
	for (i = 0; i < 200; i++) {
		int dev = kvm_create_device(m->vm, KVM_DEV_TYPE_PIO_REGS);
		u8 *page = map_page(dev);

		*(u32 *)(page + REG) = FROM_USER;
		must(munmap(page, KVM_PIO_REGS_SIZE));
		must(set_access(dev, 0, SIZE, KVM_PIO_REGS_READ));
		must(set_doorbell(dev, REG, efd));
		must(set_range(dev, BASE, SIZE));
		sched_yield();
		close(dev);
	}
	WRITE_ONCE(*guest_ptr(m, stop), 1);
	join_vcpus(m);
	TEST_ASSERT(guest_var(m, accesses) > exits.reads,
		    "%u of %u reads exited: the devices never had a turn",
		    exits.reads, guest_var(m, accesses));
}

/* ---- the run ---- */

static const struct pio_regs_test tests[] = {
	TEST(capability_names_the_access_flags),
	TEST(attributes_exist),
	TEST(range_is_validated),
	TEST(access_is_validated),
	TEST(doorbell_is_validated),
	TEST(mapping_is_validated),
	TEST(ranges_do_not_overlap),
	TEST(full_bus_is_reported),
	TEST(reads_reach_every_lane),
	TEST(writes_reach_every_lane),
	TEST(what_is_declined_reaches_user_space),
	TEST(doorbell_signals),
	TEST(doorbell_interrupts),
	TEST(string_input_is_one_exit),
	TEST(it_moves_and_detaches),
	TEST(devices_are_independent),
	TEST(access_changes_while_running),
	TEST(range_changes_while_running),
	TEST(no_doorbell_is_lost_while_it_changes),
	TEST(vcpus_share_a_register),
	TEST(fd_is_closed_while_running),
	TEST(devices_come_and_go_while_running),
};

int main(int argc, char *argv[])
{
	run_tests(tests, ARRAY_SIZE(tests), TEST_LIMIT);
}
