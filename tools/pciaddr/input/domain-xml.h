/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A libvirt domain as a tree of XML elements, and what one asks of an element. */
#ifndef PCIADDR_INPUT_DOMAIN_XML_H
#define PCIADDR_INPUT_DOMAIN_XML_H

#include <libxml/tree.h>

#include "pciaddr/model/machine.h"

#define QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

/*
 * Reads a file of at most 16 MiB.  A document type declaration is refused, and with it every
 * entity; nothing is fetched.  NULL when it failed, which the machine then knows.
 */
xmlDoc *domain_xml_read(struct machine *machine, const char *path);

/*
 * The element <domain>: the root, or in the status of a running domain, in a snapshot or a
 * checkpoint, the first one within it; NULL when there is none.
 */
xmlNode *domain_xml_root(xmlDoc *document);

/* The first element of this name among the children of @parent, or NULL. */
xmlNode *xml_child(const xmlNode *parent, const char *name);

/* The next element behind @last (NULL: the first child) of @parent, whatever its name. */
xmlNode *xml_next(const xmlNode *parent, const xmlNode *last);

bool xml_is(const xmlNode *node, const char *name);

/*
 * The attribute's value in the arena, or NULL; of a @node that is NULL, also NULL.  Nothing in
 * it acts on a terminal.
 */
const char *xml_attribute(struct arena *arena, const xmlNode *node, const char *name);

/* Is the attribute there, with this value? */
bool xml_attribute_is(const xmlNode *node, const char *name, const char *value);

/*
 * A number as libvirt reads it (decimal, 0x..., or octal with a 0 in front), at most @max;
 * false when it is not there, or something else.
 */
bool xml_number(struct arena *arena, const xmlNode *node, const char *name, uint64_t max,
		uint64_t *value);

uint32_t xml_line(const xmlNode *node);

#endif
