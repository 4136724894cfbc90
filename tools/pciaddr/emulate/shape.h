/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine as QEMU's device pci-shape can show it: what is written by --emulate.
 *
 * What the source does not tell is made from what it does, and what cannot be shown is left
 * out; either leaves a note, by which function.
 */
#ifndef PCIADDR_EMULATE_SHAPE_H
#define PCIADDR_EMULATE_SHAPE_H

#include "pciaddr/model/machine.h"

#define SHAPE_CONFIG_SIZE	4096u
#define SHAPE_CONFIG_SMALL	256u

/* What a note is about; README has a section for each. */
enum shape_topic {
	TOPIC_LEFT_OUT,		/* the guest does not have it */
	TOPIC_ELSEWHERE,	/* it has it, at another address */
	TOPIC_MADE_UP,		/* the source does not tell it */
	TOPIC_MAY_DIFFER,	/* the guest's kernel will not keep it */
	TOPIC_FAULT,		/* it is wrong on purpose */
	TOPIC_SOURCE,		/* the source's form, as its reader found it */
	TOPICS
};

struct shape_note {
	enum shape_topic topic;
	const char *text;
	struct shape_note *next;
};

struct shape_root;

/* BARs, the ROM, and windows, in this order */
#define SHAPE_ITEMS	(BAR_ROM + 1 + WINDOWS)

struct shape_function {
	const struct pci_function *source;
	struct shape_root *root;
	uint32_t domain;	/* where the guest has it */
	bool unreachable;	/* no kernel looks there */
	bool other_offset;	/* the guest's kernel has a BAR elsewhere than the source's */
	uint16_t size;		/* SHAPE_CONFIG_SIZE or SHAPE_CONFIG_SMALL */
	uint8_t *image;		/* of that many bytes */
	/* 0: the register cannot be written */
	uint64_t bar_sizes[BAR_ROM + 1];
	uint64_t vf_bar_sizes[VF_BARS];
	bool moves[SHAPE_ITEMS];	/* the guest's kernel will place it elsewhere */
};

struct shape_window {
	uint8_t space;		/* enum space */
	bool prefetchable;
	bool told;		/* by the source; made of addresses in use otherwise */
	bool lost;		/* the guest's host bridge cannot have it */
	struct range range;	/* of the bus */
	uint64_t cpu;		/* the processor's address of the first of them */
	struct shape_window *next;
};

/* A host bridge */
struct shape_root {
	uint32_t domain;	/* where the guest has it */
	uint32_t source_domain;
	uint8_t bus;
	uint8_t last_bus;
	bool filler;		/* QEMU's own, which the source does not have */
	uint64_t mmconfig;	/* of bus 0 of the domain; 0: none */
	struct shape_window *windows;
};

struct shape {
	struct arena arena;
	const struct machine *machine;
	struct shape_function *functions;	/* by address; a bridge before what is behind it */
	size_t count;
	struct shape_root *roots;	/* by domain and bus */
	size_t root_count;
	bool express;		/* some function has extended config space */
	uint64_t ram;		/* bytes that the guest can have below its BARs */
	unsigned int address_bits;
	struct shape_note *notes;
	struct shape_note **notes_end;
	size_t note_counts[TOPICS];
};

void shape_note(struct shape *shape, enum shape_topic topic, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The parts, in the order in which they are to be called; roots.c needs the sizes. */

/* roots.c: host bridges, and the domains that the guest has them in */
void shape_find_roots(struct shape *shape);
/* functions.c: which functions there are */
void shape_take_functions(struct shape *shape);
/* image.c: their config space */
void shape_make_images(struct shape *shape);
/* sizes.c: their BARs' sizes */
void shape_find_sizes(struct shape *shape);
/* conflicts.c: which addresses cannot be kept */
void shape_find_conflicts(struct shape *shape);
/* fault.c: what is to be wrong; false, after having said so, if there is no such thing */
bool shape_make_faults(struct shape *shape, const char *const *faults, size_t count);
/* windows.c: what host bridges forward, and where config space is in memory */
void shape_find_windows(struct shape *shape);

/* The root that has this bus of the source's domain, or NULL. */
struct shape_root *shape_root_of(const struct shape *shape, uint32_t domain, uint8_t bus);

/* The machine that the guest has, made of the images; to be freed with machine_free(). */
void shape_machine(const struct shape *shape, struct machine *guest);

/* Of images: little-endian, at any offset */
uint32_t image_get(const uint8_t *image, unsigned int offset, unsigned int size);
void image_set(uint8_t *image, unsigned int offset, unsigned int size, uint32_t value);
/* As @bar and @window say, in the registers of these */
void image_set_bar(struct shape_function *function, const struct bar *bar);
void image_set_window(struct shape_function *function, enum window_kind kind,
		      const struct window *window);
/* The offset of a capability, or 0; of the list at 0x100, or 0 */
unsigned int image_capability(const struct shape_function *function, uint8_t id);
unsigned int image_extended(const struct shape_function *function, uint16_t id);

#endif
