/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a machine's topology comes from.  A source that cannot be read leaves the reason in
 * machine->error; what it does not know stays unknown.
 */
#ifndef PCIADDR_INPUT_SOURCE_H
#define PCIADDR_INPUT_SOURCE_H

#include "pciaddr/model/machine.h"

struct source {
	enum source_kind kind;
	/* instead of the kind's own; what is above input/ knows more of them */
	void (*load)(struct machine *machine, const struct source *source);
	const char *path;	/* file or directory; NULL for the live machine */
	const char *name;	/* of the machine; NULL: the path, or what it is */
	const char *host;	/* the host's name; NULL: the machine's */
	const char *error;	/* why there is nothing to read, or NULL */
	const char *const *parts;	/* of the same machine: files beside path */
	size_t part_count;
	const char *ioports;	/* a copy of /proc/ioports, or NULL */
	const char *iomem;	/* a copy of /proc/iomem, or NULL */
	const char *log;	/* a kernel log, or NULL */
	bool keep_extended;	/* functions keep all bytes of their config space */
};

/* Initialises @machine and fills it; to be freed with machine_free(), also after an error. */
void machine_load(struct machine *machine, const struct source *source);

/* What follows when all has been read; machine_load() does it. */
void machine_settle(struct machine *machine);

void source_live_load(struct machine *machine, const struct source *source);
void source_sysfs_load(struct machine *machine, const struct source *source);
void source_dump_load(struct machine *machine, const struct source *source);
void source_qmp_load(struct machine *machine, const struct source *source);
void source_domain_load(struct machine *machine, const struct source *source);
void source_agent_load(struct machine *machine, const struct source *source);

#endif
