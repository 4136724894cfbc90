/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel log's lines about PCI functions. */
#ifndef PCIADDR_INPUT_DUMP_LOG_H
#define PCIADDR_INPUT_DUMP_LOG_H

#include "pciaddr/input/dump-state.h"

/*
 * Is it "pci 0000:00:02.0: ..." or "DRIVER 0000:00:02.0: ..."?  Returns the length up to the
 * text, 0 for another line, and fills in the slot.
 */
size_t dump_log_function(const struct line *line, struct pci_function *slot);

/* A line of a kernel's log without its stamp, by how it begins: "pci_bus 0000:00: ..." */
bool dump_log_is_line(const struct line *line);

struct log_found {
	uint16_t vendor;
	uint16_t device;
	uint8_t type;		/* of the header */
	uint32_t class;
	bool whole_class;	/* with the programming interface, which kernels before 3.4 leave out */
	size_t length;		/* of the text up to what may follow */
};

/* "[8086:15d3] type 01 class 0x060400": what the kernel found there; false: another text */
bool dump_log_found(const struct line *text, struct log_found *found);

/* The same as bytes of config space. */
void dump_log_tell(struct told *told, const struct log_found *found, uint32_t number);

/* "config space:", which rows follow (pci=earlydump) */
bool dump_log_config(const struct line *text);

#endif
