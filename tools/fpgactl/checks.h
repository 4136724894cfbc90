/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "fpga-ctl selftest" tries on a card. */
#ifndef FPGACTL_CHECKS_H
#define FPGACTL_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fpgactl/device.h"

struct check {
	const char *name;	/* the behaviour that is expected */
	uint64_t caps;		/* EMUCARD_CAP_* that it needs, ORed */
	uint32_t kind;		/* EMUCARD_KIND_* it is for; 0: any */
	/*
	 * Returns true if the card behaves so; else @why, of size CHECK_WHY_SIZE, says
	 * what was expected and what came.
	 */
	bool (*run)(struct device *dev, char *why);
};

#define CHECK_WHY_SIZE	256

/* Says why, and is false: "return check_failed(why, ...)" */
bool check_failed(char *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * all_checks - the table, in the order in which to run them
 * @index: from 0 on
 *
 * Return: NULL after the last one.
 */
const struct check *all_checks(size_t index);

/* Parts of the table; each ends with an entry without a name. */
extern const struct check register_checks[];
extern const struct check dma_checks[];
extern const struct check irq_checks[];
extern const struct check other_checks[];

#endif
