/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds of access that are compared. */
#ifndef PIO_VMM_SCENARIOS_H
#define PIO_VMM_SCENARIOS_H

#include "vm.h"

/* Who is expected to answer, access by access */
enum answered_by {
	BY_KERNEL,
	BY_EXIT_IO,
	BY_EXIT_MMIO,
	BY_BULK,	/* by the kernel, with one exit when its ring is full */
	BY_STRING,	/* one exit for many elements */
};

struct scenario {
	const char *name;
	const char *title;
	const struct program *program;
	uint16_t port;
	enum answered_by answered_by;
	bool needs_pio_regs;
	void (*set_up)(struct vm *vm);
	/* Did all of @count accesses do what they should? @eax is the guest's. */
	bool (*verify)(struct vm *vm, uint32_t count, uint32_t eax);
};

extern const struct scenario scenarios[];
extern const size_t scenarios_count;

#endif /* PIO_VMM_SCENARIOS_H */
