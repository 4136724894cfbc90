/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A specification after it was read. */
#ifndef PCIADDR_SPEC_MODEL_H
#define PCIADDR_SPEC_MODEL_H

#include "common/arena.h"
#include "pciaddr/check/results.h"
#include "pciaddr/model/machine.h"
#include "pciaddr/model/selector.h"

/* From 1; 0 is nowhere. */
struct yaml_pos {
	unsigned int line;
	unsigned int column;
};

enum tristate { TRISTATE_ANY, TRISTATE_NO, TRISTATE_YES };

/* What an address range has to be; all that is given must hold. */
struct range_rule {
	bool has_exact, has_inside, has_covers;
	struct range exact;
	struct range inside;
	struct range covers;
	uint64_t size;		/* 0: any */
	uint64_t min_size;
	uint64_t aligned;
};

enum bar_type { BAR_TYPE_ANY, BAR_TYPE_IO, BAR_TYPE_MEMORY, BAR_TYPE_MEMORY32, BAR_TYPE_MEMORY64 };

struct spec_bar {
	struct yaml_pos place;
	unsigned int index;
	bool absent;
	enum bar_type type;
	enum tristate prefetchable;
	enum tristate enhanced;		/* by Enhanced Allocation */
	enum tristate resizable;
	uint64_t sizes;			/* each of which it must be able to have; bit n: 2^n */
	struct range_rule range;
	const char *owner;	/* NULL: any; "": none */
	struct spec_bar *next;
};

struct spec_window {
	struct yaml_pos place;
	enum window_kind kind;
	bool closed;
	struct range_rule range;
	struct spec_window *next;
};

struct spec_number {
	struct yaml_pos place;	/* line 0: not specified */
	uint32_t value;
};

struct spec_text {
	struct yaml_pos place;
	const char *text;
	struct spec_text *next;
};

struct spec_msi {
	struct yaml_pos place;
	bool absent;
	enum tristate enabled;
	unsigned int vectors;	/* 0: any */
};

struct spec_link {
	struct yaml_pos place;
	unsigned int speed, min_speed;	/* encodings of the Link Status register; 0: any */
	unsigned int width, min_width;
	unsigned int capability_speed, capability_width;	/* of Link Capabilities; 0: any */
	enum tristate full;		/* the status is what the capabilities say */
};

struct spec_acs {
	struct yaml_pos place;
	bool absent;
	uint16_t mask, value;	/* of the control register */
};

/* A key of `acs`, and its bit of the control register. */
struct spec_acs_bit {
	const char *key;
	uint16_t bit;
};

extern const struct spec_acs_bit spec_acs_bits[];	/* up to a key that is NULL */

struct spec_sriov {
	struct yaml_pos place;
	bool has_total, has_enabled;
	uint32_t total, enabled;	/* virtual functions */
};

enum presence { PRESENCE_REQUIRED, PRESENCE_OPTIONAL, PRESENCE_FORBIDDEN };

struct spec_entry {
	struct yaml_pos place;
	bool is_bridge;
	const char *name;
	bool has_selector;
	struct selector selector;
	enum presence presence;
	struct yaml_pos count_place;
	size_t min_count, max_count;
	struct yaml_pos id_place;
	struct selector id;	/* of which id, class and subsystem are asked for */
	struct spec_number revision;
	struct spec_text *drivers;	/* one of these */
	struct yaml_pos command_place;
	uint16_t command_mask, command_value;
	struct spec_msi msi, msix;
	struct spec_link link;
	struct spec_sriov sriov;
	struct spec_acs acs;
	struct spec_bar *bars;
	struct spec_window *windows;
	struct spec_number primary, secondary, subordinate;
	bool has_severity;
	enum severity severity;
	const char *advice;
	struct spec_entry *next;
};

/* A range of /proc/ioports or /proc/iomem. */
struct spec_claim {
	struct yaml_pos place;
	enum space space;
	struct range range;
	const char *owner;	/* NULL: any */
	bool free;		/* nothing may be there */
	struct spec_claim *next;
};

/* A range of I/O or memory addresses in which only specified devices may answer. */
struct spec_reserved {
	struct yaml_pos place;
	enum space space;
	struct range range;
	struct spec_reserved *next;
};

struct spec {
	struct arena arena;
	const char *name;	/* of the file */
	const char *description;
	struct spec_entry *entries;	/* in the order of the file */
	struct spec_entry **entries_end;
	struct spec_claim *claims;
	struct spec_reserved *reserved;
	struct yaml_pos nothing_else;	/* line 0: other devices are all right */
	bool machine_checks;
};

#endif
