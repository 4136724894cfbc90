// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stress for the KVM device "pio-regs": vCPUs of several VMs access ports while other
 * threads move, change, map, make and close devices. No access may be answered wrongly
 * and no doorbell be lost; what else can go wrong is for KASAN and lockdep to see.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <sched.h>
#include <stdio.h>

#include "pio_regs.h"

/* Where the device may be that is there from beginning to end */
#define BASE		0x2000
#define OTHER_BASE	0x3000
/* Where others come and go */
#define GUESTS_BASE	0x5000
/* Where nothing answers: for coalesced I/O and ioeventfds */
#define CHURN_BASE	0x7000
#define SIZE		0x800

/* Registers: one for each vCPU, and one that only the host uses */
#define REG		0x114
#define HOSTS_REG	0x200
/* Of those that come and go: reads give FROM_USER, from whatever side */
#define CONSTANT	0x10
#define BELL		0x20
/* Its eventfd is the device's alone. */
#define FLEETING_BELL	0x24
#define FROM_USER	0xa55a1234u

#define VMS		2
#define VCPUS		3
#define STRING		5
/* Seconds */
#define TEST_LIMIT	3600

static unsigned int option_rounds = 200;
static unsigned int option_seed = 1;

/* ---- guest side ---- */

static u32 stop;
static u32 accesses;
static u32 rings;
static u32 strings[MAX_VCPUS][STRING];

static void guest_accesses(u64 vcpu)
{
	const u16 reg = REG + 4 * vcpu;
	u32 *string = strings[vcpu];
	u32 value = 1;
	unsigned int i;

	while (!READ_ONCE(stop)) {
		u16 here = value & 1 ? BASE : OTHER_BASE;
		u16 there = here ^ BASE ^ OTHER_BASE;

		guest_outl(here + reg, value);
		GUEST_ASSERT(guest_inl(there + reg) == value);
		GUEST_ASSERT(guest_inw(there + reg + 1) == (u16)(value >> 8));
		guest_outb(there + reg + 3, 0x5a);
		value = (value & 0xffffff) | 0x5a000000;
		GUEST_ASSERT(guest_inl(here + reg) == value);
		guest_insl(there + reg, string, STRING);
		for (i = 0; i < STRING; i++)
			GUEST_ASSERT(string[i] == value);

		GUEST_ASSERT(guest_inl(GUESTS_BASE + CONSTANT) == FROM_USER);
		guest_outl(GUESTS_BASE + BELL, value);
		guest_outb(GUESTS_BASE + FLEETING_BELL, value);
		guest_outw(CHURN_BASE + reg, value);
		__sync_fetch_and_add(&rings, 1);
		__sync_fetch_and_add(&accesses, 8 + STRING);
		value = (value + 1) & 0xffffff;
	}
	GUEST_DONE();
}

/* ---- host side ---- */

struct box {
	struct machine m;
	int bell;
	unsigned int exits;
	unsigned int exited_rings;
	unsigned int seed;
	pthread_t thread;
};

static void answer(struct machine *m, struct kvm_run *run)
{
	struct box *box = container_of(m, struct box, m);
	void *data = (void *)run + run->io.data_offset;
	unsigned int offset = run->io.port % KVM_PIO_REGS_SIZE;
	unsigned int base = run->io.port - offset, i;
	u32 value = FROM_USER;
	void *reg = m->page + offset;

	/* A string may be answered in one exit, or in several. */
	__sync_fetch_and_add(&box->exits, run->io.count);
	if (run->io.direction == KVM_EXIT_IO_IN) {
		for (i = 0; i < run->io.count; i++)
			memcpy(data + i * run->io.size, base == GUESTS_BASE ? &value : reg,
			       run->io.size);
	} else if (base == GUESTS_BASE) {
		if (offset == BELL)
			__sync_fetch_and_add(&box->exited_rings, 1);
	} else if (base != CHURN_BASE) {
		memcpy(&value, data, run->io.size);
		if (run->io.size == 4)
			WRITE_ONCE(*(u32 *)reg, value);
		else
			WRITE_ONCE(*(u8 *)reg, (u8)value);
	}
}

/* Not on the bus twice: the second thread to add it finds it there. */
static void churn_the_bus(struct machine *m, unsigned int what)
{
	struct kvm_coalesced_mmio_zone zone = {
		.addr = CHURN_BASE + REG, .size = 4, .pio = 1,
	};
	struct kvm_ioeventfd ioeventfd = {
		.addr = CHURN_BASE + REG + 4, .fd = new_eventfd(), .len = 2,
		.flags = KVM_IOEVENTFD_FLAG_PIO,
	};

	if (what) {
		vm_ioctl(m->vm, KVM_REGISTER_COALESCED_MMIO, &zone);
		vm_ioctl(m->vm, KVM_UNREGISTER_COALESCED_MMIO, &zone);
	} else {
		vm_ioctl(m->vm, KVM_IOEVENTFD, &ioeventfd);
		ioeventfd.flags |= KVM_IOEVENTFD_FLAG_DEASSIGN;
		vm_ioctl(m->vm, KVM_IOEVENTFD, &ioeventfd);
	}
	close(ioeventfd.fd);
}

static void map_again(int dev)
{
	u8 *page = map_page(dev);
	u32 *reg = (u32 *)(page + HOSTS_REG);

	WRITE_ONCE(*reg, 1);
	expect_eq(READ_ONCE(*reg), 1);
	must(munmap(page, KVM_PIO_REGS_SIZE));
}

static void change(struct machine *m, unsigned int *seed)
{
	static const u32 sizes[] = { SIZE, KVM_PIO_REGS_SIZE, REG + 4, REG + 8, REG };
	struct kvm_pio_regs_access access;
	u32 size = sizes[rand_r(seed) % ARRAY_SIZE(sizes)];
	unsigned int vcpu = rand_r(seed) % VCPUS;
	unsigned int flags = rand_r(seed) % 4;

	switch (rand_r(seed) % 10) {
	case 0:
	case 1:
		must(set_range(m->dev, BASE, size));
		break;
	case 2:
	case 3:
		must(set_range(m->dev, OTHER_BASE, size));
		break;
	case 4:
		must(set_range(m->dev, 0, 0));
		break;
	case 5:
		must(set_access(m->dev, REG + 4 * vcpu, 4, flags));
		break;
	case 6:
		must(set_access(m->dev, 0, SIZE, KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE));
		kvm_device_attr_get(m->dev, KVM_DEV_PIO_REGS_ACCESS, 0, &access);
		expect_eq(access.flags, KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE);
		break;
	case 7:
		map_again(m->dev);
		break;
	case 8:
		churn_the_bus(m, flags & 1);
		break;
	case 9:
		refused(EINVAL, set_range(m->dev, BASE + 2, SIZE));
		refused(EBADF, set_doorbell(m->dev, BELL, -2));
		break;
	}
}

/* The device gets the only reference to the eventfd. */
static void set_fleeting_doorbell(int dev)
{
	int efd = new_eventfd();

	must(set_doorbell(dev, FLEETING_BELL, efd));
	close(efd);
}

/* The last of a device may also be its mapping, or a process that knows nothing of it. */
static void leave(int dev, u8 *page, unsigned int how)
{
	pid_t child = -1;
	int copy = -1;

	if (how % 8 == 0) {
		child = fork();
		TEST_ASSERT(child >= 0, "fork: %s", strerror(errno));
		if (!child) {
			sched_yield();
			_exit(0);
		}
	}
	if (how % 8 == 1)
		copy = dup(dev);
	if (how % 2)
		close(dev);
	must(munmap(page, KVM_PIO_REGS_SIZE));
	if (how % 2 == 0)
		close(dev);
	if (copy >= 0)
		close(copy);
	if (child > 0)
		must(waitpid(child, NULL, 0) != child);
}

static void come_and_go(struct box *box, unsigned int *seed)
{
	int dev = kvm_create_device(box->m.vm, KVM_DEV_TYPE_PIO_REGS);
	u8 *page = map_page(dev);
	unsigned int i;

	*(u32 *)(page + CONSTANT) = FROM_USER;
	must(set_access(dev, CONSTANT, 4, KVM_PIO_REGS_READ));
	must(set_doorbell(dev, BELL, box->bell));
	set_fleeting_doorbell(dev);
	if (set_range(dev, GUESTS_BASE, SIZE)) {
		/* Another is there. */
		expect_eq(errno, EEXIST);
	} else {
		for (i = rand_r(seed) % 4; i; i--) {
			sched_yield();
			set_fleeting_doorbell(dev);
		}
		sched_yield();
	}
	leave(dev, page, rand_r(seed));
}

static void *come_and_go_thread(void *arg)
{
	struct box *box = arg;
	unsigned int seed = box->seed + 1000;
	unsigned int i;

	for (i = 0; i < option_rounds; i++)
		come_and_go(box, &seed);
	return NULL;
}

/* Whichever thread was quicker, some of the guest's accesses were answered without an exit. */
static bool answered_inside(struct box *box)
{
	return guest_var(&box->m, accesses) > READ_ONCE(box->exits) + VCPUS * (8 + STRING);
}

/* From a VM's beginning to its end */
static void *box_thread(void *arg)
{
	struct box *box = arg;
	struct machine *m = &box->m;
	unsigned int seed = box->seed, vm_first = seed & 1, i;
	pthread_t others[2];

	box->bell = new_eventfd();
	machine_init(m, VCPUS, guest_accesses, answer);
	must(set_access(m->dev, 0, SIZE, KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE));
	start_vcpus(m);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		must(pthread_create(&others[i], NULL, come_and_go_thread, box));
	for (i = 0; i < 100 * option_rounds; i++) {
		change(m, &seed);
		sched_yield();
		if (i >= 2 * option_rounds && answered_inside(box))
			break;
	}
	for (i = 0; i < ARRAY_SIZE(others); i++)
		pthread_join(others[i], NULL);
	/* The changes may have been over before a vCPU came to run. */
	must(set_range(m->dev, BASE, SIZE));
	must(set_access(m->dev, 0, SIZE, KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE));
	while (!answered_inside(box))
		usleep(1000);
	WRITE_ONCE(*guest_ptr(m, stop), 1);
	join_vcpus(m);

	expect_eq(signals(box->bell) + box->exited_rings, guest_var(m, rings));
	ksft_print_msg("seed %u: %u accesses, %u of them exited\n", box->seed,
		       guest_var(m, accesses), box->exits);

	close(box->bell);
	if (vm_first)
		kvm_vm_free(m->vm);
	must(munmap(m->page, KVM_PIO_REGS_SIZE));
	/* A device outlives the file descriptor of its VM. */
	must(set_range(m->dev, BASE, SIZE));
	close(m->dev);
	if (!vm_first)
		kvm_vm_free(m->vm);
	return NULL;
}

static void run_boxes(unsigned int count)
{
	struct box *boxes = calloc(count, sizeof(*boxes));
	unsigned int i;

	for (i = 0; i < count; i++) {
		boxes[i].seed = option_seed++;
		must(pthread_create(&boxes[i].thread, NULL, box_thread, &boxes[i]));
	}
	for (i = 0; i < count; i++)
		pthread_join(boxes[i].thread, NULL);
	free(boxes);
}

static void test_one_vm(void)
{
	run_boxes(1);
	run_boxes(1);
}

static void test_several_vms(void)
{
	run_boxes(VMS);
	run_boxes(VMS);
}

/* ---- the run ---- */

static const struct pio_regs_test tests[] = {
	TEST(one_vm),
	TEST(several_vms),
};

int main(int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "r:s:")) != -1) {
		switch (c) {
		case 'r':
			option_rounds = atoi(optarg);
			break;
		case 's':
			option_seed = atoi(optarg);
			break;
		default:
			fprintf(stderr, "Usage: %s [-r ROUNDS] [-s SEED]\n", argv[0]);
			return 2;
		}
	}
	run_tests(tests, ARRAY_SIZE(tests), TEST_LIMIT);
}
