/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function of lspci's text while it is read: what its lines have told so far. */
#ifndef PCIADDR_INPUT_DUMP_STATE_H
#define PCIADDR_INPUT_DUMP_STATE_H

#include "pciaddr/configspace/extended.h"
#include "pciaddr/configspace/read.h"
#include "pciaddr/input/textfile.h"
#include "pciaddr/model/machine.h"

/* A line "Region 0: Memory at ... [size=16K]": the kernel's view when lspci ran. */
struct region {
	int index;		/* -1: lspci -v gives no number */
	enum space space;
	bool has_address;
	bool unassigned;	/* "<unassigned>" */
	bool ignored;		/* "<ignored>": the kernel has none, whatever is there */
	bool garbled;		/* there is no address where lspci has one */
	bool virtual;
	bool has_size;
	bool disabled;
	bool is_64bit;
	bool prefetchable;
	bool enhanced;		/* "[enhanced]": from an Enhanced Allocation capability */
	uint64_t address;
	uint64_t size;
	uint32_t line;
};

#define REGIONS_MAX (BAR_ROM + 1)

/* A line "I/O behind bridge: ..." */
struct told_window {
	bool told;
	bool open;
	bool assumed;		/* there is no line of it */
	bool unclear;		/* there is a line of it, and it is none of lspci's */
	bool maybe_kernel;	/* newer versions of lspci print the kernel's where it has one */
	struct range range;
	uint32_t line;
};

/* The entry of an Enhanced Allocation capability whose lines are being read. */
struct told_allocation {
	unsigned int next;	/* offset of the next entry in config space; 0: unknown */
	unsigned int offset;	/* of this one; 0: none */
	uint32_t header;
	uint32_t base;
	uint32_t base_high;
	bool has_base;
	bool has_base_high;
	uint32_t line;
};

#define RESIZES_MAX 6

struct told_resize {
	unsigned int index;
	unsigned int size;	/* a power of two MiB */
	uint64_t sizes;		/* bit n: 2^n MiB */
	uint32_t line;
};

/* The extended config space, as far as the text tells it. */
struct told_extended {
	bool used;
	bool broken;		/* the list of capabilities does not end in the text */
	uint16_t capability;	/* offset of the one whose lines are being read, or 0 */
	uint16_t id;
	uint8_t version;
	bool vf_bars;		/* those of SR-IOV that have no line are zero */
	unsigned int resize_count;
	struct told_resize resizes[RESIZES_MAX];
	uint8_t bytes[EXTENDED_SIZE];
	uint8_t present[EXTENDED_SIZE / 8];
};

#define ORIGINS_MAX 120

/* What the text says of config space: the registers that lspci has read and put into words. */
struct told {
	uint8_t bytes[CONFIG_KEPT];
	uint8_t present[CONFIG_KEPT / 8];
	unsigned int origin_count;
	struct told_window windows[WINDOWS];
	uint32_t silent_line;	/* "Unknown header type 7f", the low bits of a byte that reads ff */
	bool windows_unclear;	/* lspci could not tell them either */
	bool flags;		/* "Flags:", of lspci -v */
	bool bus_master;
	bool capability_seen;	/* a line "Capabilities:", of whatever kind */
	bool capabilities_told;	/* all of them, and not "<access denied>" */
	uint8_t capability;	/* offset of the one whose lines are being read, or 0 */
	uint8_t capability_id;
	uint8_t capability_link;	/* where the next one's offset belongs */
	uint8_t port_type;	/* enum port_type */
	uint16_t control;	/* low half of "BridgeCtl:" */
	bool control_told;
	uint32_t flags_line;
	uint32_t class;		/* by its name or number */
	bool class_told;
	uint8_t programming;
	struct told_allocation allocation;
	struct text_origin origins[ORIGINS_MAX];	/* as many as are counted */
	struct told_extended *extended;	/* NULL: not wanted */
};

/* A row that ended early: a line of the kernel's log may have come between. */
struct broken_row {
	bool open;
	unsigned int offset;
	unsigned int count;
	unsigned int waited;	/* lines since */
	uint32_t line;
	char shown[64];
};

/* A header or a detail of lspci's: the next line may be the rest of it, broken off by mail. */
struct held_line {
	bool header;
	uint32_t number;
	size_t columns;		/* of its last part, as it is shown */
	size_t length;		/* 0: there is none */
	char text[1024];
};

/* What the lines of a file belong to; they are told apart by content. */
enum section {
	SECTION_NONE,
	SECTION_LSPCI,
	SECTION_TREE,
	SECTION_IOPORTS,
	SECTION_IOMEM,
	SECTION_LOG,
};

struct resource_block {
	struct resource *entries;
	size_t count;
	size_t capacity;
	bool wide;		/* eight digits and more */
	bool ram;		/* a name that only /proc/iomem has */
};

struct slot_table;

/* Lines in a row that are nothing of what is looked for; blank ones between them do not count. */
struct left_out {
	size_t count;		/* 0: there are none */
	uint32_t first;
	uint32_t last;
	const char *path;
	char shown[64];		/* the first */
};

struct dump_reader {
	struct machine *machine;
	struct lines lines;	/* numbered through all parts of a machine */
	size_t current;		/* index of the function that rows belong to */
	bool in_function;
	bool skipping;		/* rows of a function that could not be taken */
	bool cut_off;		/* the last line that was read was not whole */
	bool after_blank;
	bool indented;		/* the whole of lspci's text is */
	bool out_of_order;
	bool any_driver;
	bool any_rows;		/* some function before this one had config space */
	bool from_log;		/* a log names the function */
	bool config_follows;	/* ... and says "config space:" */
	bool keyed;		/* of lspci -vmm */
	bool unindented;	/* details of this function have lost the tab in front */
	struct held_line held;
	uint32_t detail_line;	/* number of the detail that is read */
	uint32_t unread_line;	/* of what lspci could not read, without the slot yet; or 0 */
	const char *foreign;	/* see dump-foreign.h */
	bool again;		/* the function was there before, as @before */
	struct pci_function before;
	struct slot_table *slots;	/* NULL while they come in order */
	int last_row;
	size_t config_end;	/* bytes of config up to the last one read */
	size_t present_count;
	uint8_t config[CONFIG_KEPT];
	uint8_t present[CONFIG_KEPT / 8];
	size_t extended_end;	/* bytes of the extended config space up to the last one */
	uint8_t extended[EXTENDED_SIZE];
	uint8_t extended_present[EXTENDED_SIZE / 8];
	struct broken_row broken;
	struct region regions[REGIONS_MAX];
	unsigned int region_count;
	struct told told;
	struct told_extended told_extended;
	struct resource_block block;
	struct left_out left_out;
	size_t old_count;	/* lines of the old side of a diff */
	uint32_t old_line;	/* the first of them */
	enum section hint;	/* what the line before says that follows */
	enum section section;
	unsigned int seen;	/* a bit for each section that there was */
	uint32_t section_first;
	uint32_t section_last;
	size_t section_functions;
	unsigned int sections_told;
};

/* The function that is being read. */
static inline struct pci_function *dump_function(struct dump_reader *reader)
{
	return &reader->machine->functions[reader->current];
}

static inline bool bit_is_set(const uint8_t *bits, unsigned int at)
{
	return bits[at / 8] >> (at % 8) & 1;
}

static inline void set_bit(uint8_t *bits, unsigned int at)
{
	bits[at / 8] |= (uint8_t)(1u << (at % 8));
}

/* The file that is being read, and the number there of the last line that was read. */
const char *dump_path(const struct dump_reader *reader);
uint32_t dump_number(const struct dump_reader *reader);

/* A warning with the number of the line and what it says. */
void dump_warn(struct dump_reader *reader, const struct line *line, const char *what);

/* As much of the line as a warning shows, with nothing in it that acts on a terminal. */
void dump_shown(const struct line *line, char shown[64]);

#endif
