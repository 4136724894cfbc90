/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed between two machines, or between two states of one. */
#ifndef PCIADDR_DIFF_DIFF_H
#define PCIADDR_DIFF_DIFF_H

#include "pciaddr/check/results.h"

/* Classes of change are the checks from CHECK_DIFF_GONE on; a set has one bit for each. */
typedef uint32_t diff_classes;

/*
 * Adds the class that is called @name, with or without "diff-" before it, to the set; false
 * when there is no such class.
 */
bool diff_class_parse(const char *name, diff_classes *classes);

/*
 * Compares two machines that were read: a finding for each change that is not of a class in
 * @ignored, worst first, then what is known on one side only.  What is the same is counted.
 * Both machines are to live as long as the results.
 */
void diff_machines(struct results *results, const struct machine *old,
		   const struct machine *new, diff_classes ignored);

/* A machine that is on one side only. */
void diff_single_machine(struct results *results, enum check_id check, diff_classes ignored);

#endif
