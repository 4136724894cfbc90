// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test for the KVM device "pio-regs" where memory is short: each allocation of each
 * operation fails once. Then the operation must say so or have done without, and what
 * the devices say of themselves must still be true. Leaks are for kmemleak to find.
 *
 * Needs CONFIG_FAULT_INJECTION, CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC and their
 * debugfs, see Documentation/fault-injection/fault-injection.rst.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>

#include "pio_regs.h"

/* Devices are a page of ports apart; the first is nowhere at the beginning. */
#define BASE		0x2000
#define SIZE		0x800
#define DEVICES		3
/* Registers: one that the guest reads, from whatever side, and a doorbell */
#define REG		0x114
#define BELL		0x20
#define FROM_USER	0xa55a1234u

#define FAULTS		"/sys/kernel/debug/"
#define FAIL_NTH	"/proc/thread-self/fail-nth"
/* Seconds */
#define TEST_LIMIT	3600

/* ---- guest side ---- */

static void guest_reads_all(u64 vcpu)
{
	unsigned int i;

	for (;;) {
		for (i = 0; i < DEVICES; i++)
			GUEST_ASSERT(guest_inl(BASE + i * KVM_PIO_REGS_SIZE + REG) == FROM_USER);
		GUEST_SYNC(1);
	}
}

/* ---- host side ---- */

struct trio {
	struct machine m;
	unsigned int exits;
	int bell;
	int devs[DEVICES];
};

static void answer(struct machine *m, struct kvm_run *run)
{
	struct trio *t = container_of(m, struct trio, m);
	u32 value = FROM_USER;

	memcpy((void *)run + run->io.data_offset, &value, run->io.size);
	t->exits++;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	TEST_ASSERT(fd >= 0 && write(fd, text, strlen(text)) == strlen(text), "%s: %s", path,
		    strerror(errno));
	close(fd);
}

/* 0 when it has happened */
static unsigned int failure(int fd)
{
	char text[16] = "";

	TEST_ASSERT(pread(fd, text, sizeof(text) - 1, 0) > 0, "fail-nth: %s", strerror(errno));
	return atoi(text);
}

static void set_failure(int fd, unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	TEST_ASSERT(pwrite(fd, text, len, 0) == len, "fail-nth: %s", strerror(errno));
}

static int attach(struct trio *t)
{
	return set_range(t->devs[0], BASE, SIZE);
}

static int move(struct trio *t)
{
	return set_range(t->devs[1], BASE, SIZE);
}

static int detach(struct trio *t)
{
	return set_range(t->devs[1], 0, 0);
}

static int access_and_doorbell(struct trio *t)
{
	return set_access(t->devs[1], BELL, 4, KVM_PIO_REGS_WRITE) ||
	       set_doorbell(t->devs[1], BELL, t->bell);
}

static int create(struct trio *t)
{
	struct kvm_create_device device = { .type = KVM_DEV_TYPE_PIO_REGS };

	if (__vm_ioctl(t->m.vm, KVM_CREATE_DEVICE, &device))
		return -1;
	return close(device.fd);
}

static int map(struct trio *t)
{
	void *page = mmap(NULL, KVM_PIO_REGS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			  t->devs[1], 0);

	if (page == MAP_FAILED)
		return -1;
	expect_eq(*(u32 *)(page + REG), FROM_USER);
	return munmap(page, KVM_PIO_REGS_SIZE);
}

static int end(struct trio *t)
{
	int ret = close(t->devs[1]);

	t->devs[1] = -1;
	return ret;
}

static struct trio *trio_create(void)
{
	struct trio *t = calloc(1, sizeof(*t));
	struct machine *m = &t->m;
	u8 *page;
	unsigned int i;

	t->bell = new_eventfd();
	machine_init(m, 1, guest_reads_all, answer);
	for (i = 0; i < DEVICES; i++) {
		t->devs[i] = kvm_create_device(m->vm, KVM_DEV_TYPE_PIO_REGS);
		page = map_page(t->devs[i]);
		*(u32 *)(page + REG) = FROM_USER;
		must(munmap(page, KVM_PIO_REGS_SIZE));
		must(set_access(t->devs[i], REG, 4, KVM_PIO_REGS_READ));
		if (i)
			must(set_range(t->devs[i], BASE + i * KVM_PIO_REGS_SIZE, SIZE));
	}
	return t;
}

/* Those that say that they are at a port answer there, and no others. */
static void trio_check(struct trio *t)
{
	unsigned int attached = 0, i;

	for (i = 0; i < DEVICES; i++)
		attached += t->devs[i] >= 0 && get_range(t->devs[i]).size;
	t->exits = 0;
	run(&t->m);
	expect_eq(t->exits + attached, DEVICES);
}

static void trio_free(struct trio *t)
{
	struct machine *m = &t->m;
	unsigned int i;

	for (i = 0; i < DEVICES; i++)
		if (t->devs[i] >= 0)
			close(t->devs[i]);
	must(munmap(m->page, KVM_PIO_REGS_SIZE));
	close(m->dev);
	kvm_vm_free(m->vm);
	close(t->bell);
	free(t);
}

/* How many allocations it makes: each of them has failed then. */
static unsigned int fail_each(int fd, const char *name, int (*operation)(struct trio *t))
{
	unsigned int nth;
	bool failed = true;

	for (nth = 1; failed; nth++) {
		struct trio *t = trio_create();
		int ret, error;

		set_failure(fd, nth);
		ret = operation(t);
		error = errno;
		failed = !failure(fd);
		set_failure(fd, 0);
		TEST_ASSERT(!ret || (failed && error == ENOMEM), "%s, allocation %u%s: %s", name,
			    nth, failed ? " failed" : "", strerror(error));
		trio_check(t);
		trio_free(t);
	}
	ksft_print_msg("%s: %u allocations\n", name, nth - 2);
	return nth - 2;
}

/* ---- the run ---- */

static void fail_each_of(const char *name, int (*operation)(struct trio *t), bool allocates)
{
	unsigned int allocations;
	int fd = open(FAIL_NTH, O_RDWR);

	TEST_ASSERT(fd >= 0, "%s: %s", FAIL_NTH, strerror(errno));
	allocations = fail_each(fd, name, operation);
	expect_eq(!!allocations, allocates);
	close(fd);
}

#define DEFINE_TEST(operation, allocates)					\
static void test_##operation(void)						\
{										\
	fail_each_of(#operation, operation, allocates);				\
}

DEFINE_TEST(access_and_doorbell, false)
DEFINE_TEST(attach, true)
DEFINE_TEST(move, true)
DEFINE_TEST(detach, true)
DEFINE_TEST(end, true)
DEFINE_TEST(map, true)
DEFINE_TEST(create, true)

static const struct pio_regs_test tests[] = {
	TEST(access_and_doorbell),
	TEST(attach),
	TEST(move),
	TEST(detach),
	TEST(end),
	TEST(map),
	TEST(create),
};

int main(int argc, char *argv[])
{
	if (access(FAIL_NTH, W_OK) || access(FAULTS "failslab", X_OK) ||
	    access(FAULTS "fail_page_alloc", X_OK))
		ksft_exit_skip("this kernel injects no faults\n");

	/* Also allocations that may wait, and single pages */
	write_file(FAULTS "failslab/ignore-gfp-wait", "N");
	write_file(FAULTS "failslab/verbose", "0");
	write_file(FAULTS "fail_page_alloc/ignore-gfp-wait", "N");
	write_file(FAULTS "fail_page_alloc/min-order", "0");
	write_file(FAULTS "fail_page_alloc/verbose", "0");
	run_tests(tests, ARRAY_SIZE(tests), TEST_LIMIT);
}
