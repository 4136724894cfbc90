/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts share that read lspci's text. */
#ifndef PCIADDR_DUMP_READER_H
#define PCIADDR_DUMP_READER_H

#include "pciaddr/configspace.h"
#include "pciaddr/model.h"
#include "pciaddr/textfile.h"

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

/* One machine: start, any number of pieces of whole lines, finish. */
void dump_start(struct dump_reader *reader, struct machine *machine);
void dump_feed(struct dump_reader *reader, const char *text, size_t length);
void dump_finish(struct dump_reader *reader);

/* All three, for a text that is in memory as a whole. */
void dump_parse(struct machine *machine, const char *text, size_t length);

/* A warning with the number of the line and what it says. */
void dump_warn(struct dump_reader *reader, const struct line *line, const char *what);

/* Is it "40: 01 02 ..."?  The number of digits of the offset, 0 for another line. */
size_t dump_row_digits(const struct line *line);

/* Takes the bytes of such a line. */
void dump_read_row(struct dump_reader *reader, const struct line *line, size_t digits);

/* A line of lspci -v; most say nothing that config space does not. */
void dump_read_detail(struct dump_reader *reader, struct line line);

/* Puts the regions that were read into the BARs that config space has shown. */
void dump_apply_regions(struct dump_reader *reader, struct pci_function *function);

#endif
