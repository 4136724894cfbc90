/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel log tells beside a dump: the host bridges' windows with their offsets. */
#ifndef PCIADDR_INPUT_KERNEL_LOG_H
#define PCIADDR_INPUT_KERNEL_LOG_H

#include "pciaddr/input/textfile.h"
#include "pciaddr/model/machine.h"

/*
 * Takes the lines "pci_bus 0000:00: root bus resource [io 0x0000-0xefff] (bus address
 * [0x1000-0xffff])" of drivers/pci/probe.c; what a log says otherwise is not looked at.
 */
void kernel_log_parse(struct machine *machine, const char *path, const char *text,
		      size_t length);

/* One line of a log, without what syslog puts before it. */
void kernel_log_line(struct machine *machine, const char *path, uint32_t number,
		     const struct line *line);

/* The same of a file; a missing one is no failure. */
void kernel_log_load(struct machine *machine, const char *path);

#endif
