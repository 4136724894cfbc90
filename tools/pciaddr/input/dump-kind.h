/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a file holds of a machine, by its content. */
#ifndef PCIADDR_INPUT_DUMP_KIND_H
#define PCIADDR_INPUT_DUMP_KIND_H

#include <stdbool.h>
#include <stdint.h>

enum dump_kind {
	DUMP_OTHER,		/* nothing of a machine */
	DUMP_BROKEN,		/* empty, or not to be read */
	DUMP_LSPCI,		/* functions */
	DUMP_LOG,		/* a kernel's log */
	DUMP_IOPORTS,
	DUMP_IOMEM,
	DUMP_TREE,		/* lspci -t, which says nothing more */
	DUMP_KINDS,
};

struct dump_content {
	enum dump_kind kind;
	bool hex;		/* config space */
	bool details;		/* lines of lspci -v */
	bool functions;		/* also those of a log */
	uint64_t slots;		/* a hash of the first functions' slots */
};

/* Looks at the file's beginning, as far as it takes to tell. */
struct dump_content dump_content(const char *path);

#endif
