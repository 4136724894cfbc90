/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which devices are meant.
 *
 *	1234:f96a			vendor and device; * or ? for digits that do not matter
 *	0000:01:01.0, 01:01.0		slot (without a domain: in any domain); 0000:01:*.*
 *	00:04.0/01.0			path: the slot on the root bus, then device.function below
 *					each bridge, as lspci -P writes it: survives renumbering
 *	KEY=VALUE,...			all of: slot, id, subsystem, class (2, 4 or 6 digits),
 *					path, driver
 */
#ifndef PCIADDR_MODEL_SELECTOR_H
#define PCIADDR_MODEL_SELECTOR_H

#include "common/arena.h"
#include "pciaddr/model/machine.h"

/* Matches where (number & mask) == value. */
struct pattern {
	uint32_t value;
	uint32_t mask;
};

struct slot_pattern {
	struct pattern domain;
	struct pattern bus;
	struct pattern device;
	struct pattern function;
};

#define SELECTOR_PATH_MAX 32

struct selector {
	const char *text;	/* as it was written */
	bool has_slot;
	bool has_id;
	bool has_subsystem;
	bool has_class;
	struct slot_pattern slot;
	struct pattern vendor, product;
	struct pattern subsystem_vendor, subsystem;
	struct pattern class;
	struct slot_pattern path[SELECTOR_PATH_MAX];
	unsigned int path_length;
	const char *driver;
};

/*
 * NULL when all is well, otherwise what is wrong with @text.  Texts are kept in @arena; a
 * selector may be built from several parts, each of which must match.
 */
const char *selector_parse(struct selector *selector, struct arena *arena, const char *text);

/* One part by its key ("id", ...). */
const char *selector_set(struct selector *selector, struct arena *arena, const char *key,
			 const char *value);

enum match { MATCH_NO, MATCH_YES, MATCH_UNKNOWN };

/* Does it name one number for the bus? */
bool slot_names_bus(const struct slot_pattern *slot);

/* MATCH_UNKNOWN: what is asked for was not read. */
enum match selector_match(const struct selector *selector, const struct pci_function *function);

#endif
