/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A libvirt domain as a tree of XML elements, and what one asks of an element. */
#ifndef PCIADDR_INPUT_DOMAIN_XML_H
#define PCIADDR_INPUT_DOMAIN_XML_H

#include "pciaddr/model/machine.h"

#define QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

struct xml_attribute {
	struct xml_attribute *next;
	const char *name;
	const char *value;
};

/* Nothing in names, values and text acts on a terminal. */
struct xml_element {
	struct xml_element *next;	/* behind it, with the same parent */
	struct xml_element *children;
	struct xml_attribute *attributes;	/* those without a name space */
	const char *name_space;		/* NULL: none */
	const char *name;
	const char *text;		/* "" where it has children */
	uint32_t line;
};

/*
 * Reads a file of at most 16 MiB into the machine's arena.  A document type declaration is
 * refused, and with it every entity; nothing is fetched.  Returns the root, or NULL when it
 * failed, which the machine then knows.
 */
const struct xml_element *domain_xml_read(struct machine *machine, const char *path);

/*
 * The element <domain>: the root, or in the status of a running domain, in a snapshot or a
 * checkpoint, the first one within it; NULL when there is none.
 */
const struct xml_element *domain_xml_domain(const struct xml_element *root);

/* What follows takes NULL for an element that is not there, and finds nothing in it. */

/* The first element of this name among the children of @parent, or NULL. */
const struct xml_element *xml_child(const struct xml_element *parent, const char *name);

bool xml_is(const struct xml_element *element, const char *name);

/* The attribute's value, or NULL. */
const char *xml_attribute(const struct xml_element *element, const char *name);

/* Is the attribute there, with this value? */
bool xml_attribute_is(const struct xml_element *element, const char *name, const char *value);

/*
 * A number as libvirt reads it (decimal, 0x..., or octal with a 0 in front), at most @max;
 * false when it is not there, or something else.
 */
bool xml_number(const struct xml_element *element, const char *name, uint64_t max,
		uint64_t *value);

#endif
