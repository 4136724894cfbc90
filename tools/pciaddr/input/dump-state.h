/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function of lspci's text while it is read: what its lines have told so far. */
#ifndef PCIADDR_INPUT_DUMP_STATE_H
#define PCIADDR_INPUT_DUMP_STATE_H

#include "pciaddr/configspace/read.h"
#include "pciaddr/input/textfile.h"
#include "pciaddr/model/machine.h"

/* A line "Region 0: Memory at ... [size=16K]": the kernel's view when lspci ran. */
struct region {
	int index;		/* -1: lspci -v gives no number */
	enum space space;
	bool has_address;
	bool virtual;
	bool has_size;
	uint64_t address;
	uint64_t size;
	uint32_t line;
};

#define REGIONS_MAX (BAR_ROM + 1)

struct dump_reader {
	struct machine *machine;
	struct lines lines;
	bool in_function;	/* rows belong to the last function of the machine */
	bool skipping;		/* rows of a function that could not be taken */
	bool out_of_order;
	bool any_driver;
	int last_row;
	size_t config_end;	/* bytes of config up to the last one read */
	size_t present_count;
	uint8_t config[CONFIG_KEPT];
	uint8_t present[CONFIG_KEPT / 8];
	struct region regions[REGIONS_MAX];
	unsigned int region_count;
};

/* A warning with the number of the line and what it says. */
void dump_warn(struct dump_reader *reader, const struct line *line, const char *what);

#endif
