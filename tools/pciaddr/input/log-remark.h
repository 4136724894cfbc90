/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people, tables and consoles put behind a line of the kernel's. */
#ifndef PCIADDR_INPUT_LOG_REMARK_H
#define PCIADDR_INPUT_LOG_REMARK_H

#include "pciaddr/input/textfile.h"

/*
 * How long the line is without a remark.  A line of the PCI code ends in a resource, or goes on
 * with words that the kernel has there: "[mem 0x80000000-0x800fffff]  <-- too small", "... ]." and
 * "... ] |" have a remark, "... ]: assigned" has none.
 */
size_t log_length_without_remark(const struct line *line);

#endif
