/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the KVM device "pio-regs" share: its attributes, port I/O of
 * the guest, a machine with the device, and the run of tests.
 */
#ifndef SELFTEST_KVM_PIO_REGS_H
#define SELFTEST_KVM_PIO_REGS_H

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/compiler.h>
#include <linux/kvm_pio_regs.h>

#include "kvm_util.h"
#include "processor.h"
#include "test_util.h"
#include "kselftest.h"

#define MAX_VCPUS	4

/* ---- guest side ---- */

#define DEFINE_PIO(suffix, type)						\
static inline type guest_in##suffix(u16 port)					\
{										\
	type value;								\
										\
	asm volatile("in" #suffix " %1, %0" : "=a"(value) : "d"(port));		\
	return value;								\
}										\
										\
static inline void guest_out##suffix(u16 port, type value)			\
{										\
	asm volatile("out" #suffix " %0, %1" : : "a"(value), "d"(port));	\
}

DEFINE_PIO(b, u8)
DEFINE_PIO(w, u16)
DEFINE_PIO(l, u32)

static inline void guest_insl(u16 port, u32 *to, u64 count)
{
	asm volatile("rep insl" : "+D"(to), "+c"(count) : "d"(port) : "memory");
}

/* Guest memory is the host's too. */
#define guest_ptr(m, var) ((typeof(var) *)addr_gva2hva((m)->vm, (unsigned long)&(var)))
#define guest_var(m, var) READ_ONCE(*guest_ptr(m, var))

/* ---- host side ---- */

#define must(call) TEST_ASSERT(!(call), "%s: %s", #call, strerror(errno))

#define refused(error, call)							\
do {										\
	int ret_ = (call), error_ = (error);					\
										\
	TEST_ASSERT(ret_ == -1 && errno == error_, "%s: expected %s, is %s",	\
		    #call, strerror(error_), ret_ ? strerror(errno) : "no error"); \
} while (0)

#define expect_eq(a, b)								\
do {										\
	u64 a_ = (a), b_ = (b);						\
										\
	TEST_ASSERT(a_ == b_, "%s is 0x%lx, expected %s, 0x%lx", #a, a_, #b, b_); \
} while (0)

static inline int set_range(int dev, u32 base, u32 size)
{
	struct kvm_pio_regs_range range = { .base = base, .size = size };

	return __kvm_device_attr_set(dev, KVM_DEV_PIO_REGS_CTRL,
				     KVM_DEV_PIO_REGS_CTRL_RANGE, &range);
}

static inline struct kvm_pio_regs_range get_range(int dev)
{
	struct kvm_pio_regs_range range;

	kvm_device_attr_get(dev, KVM_DEV_PIO_REGS_CTRL, KVM_DEV_PIO_REGS_CTRL_RANGE, &range);
	return range;
}

static inline int set_access(int dev, u64 offset, u32 len, u32 flags)
{
	struct kvm_pio_regs_access access = { .len = len, .flags = flags };

	return __kvm_device_attr_set(dev, KVM_DEV_PIO_REGS_ACCESS, offset, &access);
}

static inline int set_doorbell(int dev, u64 offset, s32 fd)
{
	return __kvm_device_attr_set(dev, KVM_DEV_PIO_REGS_DOORBELL, offset, &fd);
}

static inline u8 *map_page(int dev)
{
	u8 *page = mmap(NULL, KVM_PIO_REGS_SIZE, PROT_READ | PROT_WRITE,
			     MAP_SHARED, dev, 0);

	TEST_ASSERT(page != MAP_FAILED, "mmap of the register page: %s", strerror(errno));
	return page;
}

static inline u64 signals(int efd)
{
	u64 count;

	return read(efd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

static inline int new_eventfd(void)
{
	int efd = eventfd(0, EFD_NONBLOCK);

	TEST_ASSERT(efd >= 0, "eventfd: %s", strerror(errno));
	return efd;
}

struct machine;

struct worker {
	struct machine *m;
	struct kvm_vcpu *vcpu;
	pthread_t thread;
};

/* A VM with the device, its page, and threads for its vCPUs */
struct machine {
	struct kvm_vm *vm;
	int dev;
	u8 *page;
	unsigned int vcpus;
	struct worker workers[MAX_VCPUS];
	/* Answers an access that has reached user space */
	void (*io)(struct machine *m, struct kvm_run *run);
};

/* The guest's argument is the number of the vCPU. */
static inline void machine_init(struct machine *m, unsigned int vcpus, void *guest,
				void (*io)(struct machine *m, struct kvm_run *run))
{
	struct kvm_vcpu *vcpu[MAX_VCPUS];
	unsigned int i;

	m->vm = vm_create_with_vcpus(vcpus, guest, vcpu);
	m->vcpus = vcpus;
	m->io = io;
	for (i = 0; i < vcpus; i++) {
		m->workers[i].m = m;
		m->workers[i].vcpu = vcpu[i];
		vcpu_args_set(vcpu[i], 1, (u64)i);
	}
	m->dev = kvm_create_device(m->vm, KVM_DEV_TYPE_PIO_REGS);
	m->page = map_page(m->dev);
}

/* Runs a vCPU until the guest is done, or wants the host to look */
static inline void run_vcpu(struct machine *m, struct kvm_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	struct ucall uc;

	for (;;) {
		vcpu_run(vcpu);
		switch (get_ucall(vcpu, &uc)) {
		case UCALL_DONE:
			return;
		case UCALL_ABORT:
			REPORT_GUEST_ASSERT(uc);
		case UCALL_SYNC:
			return;
		}
		TEST_ASSERT(run->exit_reason == KVM_EXIT_IO, "unexpected exit: %s",
			    exit_reason_str(run->exit_reason));
		m->io(m, run);
	}
}

static inline void run(struct machine *m)
{
	run_vcpu(m, m->workers[0].vcpu);
}

static inline void *worker_thread(void *arg)
{
	struct worker *w = arg;

	run_vcpu(w->m, w->vcpu);
	return NULL;
}

static inline void start_vcpus(struct machine *m)
{
	unsigned int i;

	for (i = 0; i < m->vcpus; i++)
		must(pthread_create(&m->workers[i].thread, NULL, worker_thread, &m->workers[i]));
}

static inline void join_vcpus(struct machine *m)
{
	unsigned int i;

	for (i = 0; i < m->vcpus; i++)
		pthread_join(m->workers[i].thread, NULL);
}

/* ---- the run ---- */

struct pio_regs_test {
	const char *name;
	void (*run)(void);
};

#define TEST(name) { #name, test_##name }

/* Each in a process of its own, which ends within so many seconds. Does not return. */
static inline void run_tests(const struct pio_regs_test *tests, unsigned int count,
			     unsigned int limit)
{
	unsigned int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ksft_print_header();
	if (access("/dev/kvm", R_OK | W_OK))
		ksft_exit_skip("/dev/kvm: %s\n", strerror(errno));
	if (!kvm_check_cap(KVM_CAP_PIO_REGS))
		ksft_exit_skip("this kernel's KVM lacks the capability KVM_CAP_PIO_REGS\n");

	ksft_set_plan(count);
	for (i = 0; i < count; i++) {
		int status;
		pid_t pid = fork();

		if (!pid) {
			alarm(limit);
			tests[i].run();
			exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			ksft_test_result_fail("%s\n", tests[i].name);
		else
			ksft_test_result_pass("%s\n", tests[i].name);
	}

	/* Prints the totals */
	if (ksft_get_fail_cnt())
		ksft_exit_fail();
	ksft_exit_pass();
}

#endif /* SELFTEST_KVM_PIO_REGS_H */
