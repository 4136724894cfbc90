/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machines whose dumps are in a directory. */
#ifndef PCIADDR_INPUT_DUMP_DIRECTORY_H
#define PCIADDR_INPUT_DUMP_DIRECTORY_H

#include "pciaddr/input/source.h"

/* Called for each machine; @source and its arrays are in the arena of dump_directory(). */
typedef void dump_directory_found(void *context, const struct source *source);

/*
 * Finds the machines in the directory @path: those of the directories in it, then its own.
 *
 * A file with PCI devices is a machine.  Files with the parts of one machine are joined: its
 * /proc/ioports, /proc/iomem and kernel log beside the only dump, or beside one of several
 * dumps with the same name but for the suffixes; and lspci's text and its hex in a file each.
 * A directory inside is looked at in the same way; where it holds one machine, that bears the
 * directory's name, and where it holds none, source->error says so.
 *
 * FILE.ioports, FILE.iomem and FILE.dmesg beside FILE are FILE's.  A file that is no dump is
 * passed over with a warning; one that is empty or cannot be read counts as a machine.
 *
 * Returns false with errno set when @path cannot be read.
 */
bool dump_directory(struct arena *arena, const char *path, dump_directory_found *found,
		    void *context);

#endif
