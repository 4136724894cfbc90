/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which cards this machine has, as sysfs tells; no card is opened for it. */
#ifndef FPGACTL_CARD_H
#define FPGACTL_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A card that the drivers are for */
struct card_kind {
	uint32_t kind;		/* EMUCARD_KIND_* */
	uint16_t vendor;
	uint16_t device;
	const char *name;	/* "fpga"; also the beginning of its nodes' names */
	const char *module;
};

struct card {
	const struct card_kind *kind;
	char slot[24];		/* "0000:01:01.0" */
	char driver[32];	/* that is bound; "" if none is */
	bool module_loaded;	/* that of our driver, built in or not */
	char name[32];		/* "fpga0"; "" as long as our driver is not bound */
	char node[64];		/* "/dev/fpga0"; "" likewise */
};

/* Sorted: by kind, then by slot */
struct card_list {
	struct card *cards;
	size_t count;
	bool has_pci;		/* sysfs told about PCI at all */
};

/**
 * cards_find - all cards, also those that no driver serves
 * @list: result
 * @sysfs: where sysfs is mounted: "/sys"
 */
void cards_find(struct card_list *list, const char *sysfs);

/**
 * cards_free - let go of the list's memory
 * @list: list
 */
void cards_free(struct card_list *list);

/* What a user can call a card by */
enum selector_form {
	SELECTOR_NODE,		/* /dev/fpga0, or a link to it */
	SELECTOR_NAME,		/* fpga0 */
	SELECTOR_SLOT,		/* 0000:01:01.0 or 01:01.0 */
	SELECTOR_ID,		/* 1234:f96a */
	SELECTOR_INVALID,
};

/**
 * selector_form - which form a selector has
 * @selector: as given
 */
enum selector_form selector_form(const char *selector);

/**
 * selector_matches - does a selector mean this card?
 * @selector: of any form but SELECTOR_INVALID
 * @card: card
 */
bool selector_matches(const char *selector, const struct card *card);

#endif
