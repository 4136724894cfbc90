/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the readers of a log's lines share: the line, the names of resources, what they change. */
#ifndef PCIADDR_INPUT_LOG_TOLD_H
#define PCIADDR_INPUT_LOG_TOLD_H

#include "pciaddr/input/log-resource.h"
#include "pciaddr/model/log-facts.h"

struct told_line {
	struct machine *machine;
	struct log_facts *facts;
	struct pci_function slot;
	uint32_t number;
	bool port_driver;	/* of the driver that ports alone have */
};

/* A resource's name in front of a line: what it is, as far as the name says so. */
struct item_name {
	enum { NAME_BAR, NAME_NUMBER, NAME_VF, NAME_WINDOW, NAME_CARDBUS } kind;
	unsigned int number;
};

/* "12", at most @most; returns what follows it, or NULL. */
const char *log_read_decimal(const char *text, unsigned int most, unsigned int *value);

/* "02", "02-13"; returns what follows it, or NULL. */
const char *log_read_buses(const char *text, uint64_t *first, uint64_t *last);

/* "BAR 0", "reg 0x10", "bridge window" ...; returns what follows it, NULL: no such name. */
const char *log_read_name(const char *text, struct item_name *name);

/* Which of a function's resources the name and the type together stand for: enum log_item. */
unsigned int log_item_of(const struct told_line *line, const struct item_name *name,
			 const struct printed_resource *printed);

/* The function's resource, with the type and size that this line has printed. */
struct log_resource *log_take(struct told_line *line, const struct item_name *name,
			      const struct printed_resource *printed);

void log_set_outcome(struct told_line *line, struct log_resource *resource,
		     enum log_outcome outcome);

/* An address of 0 is none: firmware has left the register as it was after reset. */
void log_set_address(struct told_line *line, struct log_resource *resource,
		     const struct printed_resource *printed, enum log_outcome outcome);

/*
 * A bridge's lines: "PCI bridge to [bus 02-13]", "  bridge window [io 0x1000-0x1fff]".  False
 * for another line.
 */
bool log_bridge_line(struct told_line *line, const char *text);

/* At the end: functions without a line of their own, whose "BAR 8" is a window. */
void log_settle_numbers(struct log_facts *facts);

/* The line's function is a bridge, with a line of its own as far as none is known. */
struct log_function *log_take_bridge(struct told_line *line);

/* Words of kernels before 2.6.34; false: another line.  The second has no slot in front. */
bool log_old_function_line(struct told_line *line, const char *text);
bool log_old_line(struct told_line *line, const char *text);

/* "32bit mmio pref: [0xe0000000-0xe0ffffff]"; returns what follows it, or NULL. */
const char *log_read_old_resource(const char *text, struct printed_resource *printed);

/* "pci_bus 0000:01: ...": numbers of buses, and the windows that a bus was left with. */
void log_bus_line(struct told_line *line, const char *text);

#endif
