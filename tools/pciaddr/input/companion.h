/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FILE.ioports, FILE.iomem and FILE.dmesg beside a dump FILE are of the same machine.  Each may
 * be packed (.gz, .xz, .zst), and so may FILE: FILE.gz has FILE.gz.ioports, or FILE.ioports.
 */
#ifndef PCIADDR_INPUT_COMPANION_H
#define PCIADDR_INPUT_COMPANION_H

#include <stdbool.h>

#include "common/arena.h"

/* The file beside @dump with this @suffix (".ioports") that can be read; NULL: there is none. */
const char *companion_find(struct arena *arena, const char *dump, const char *suffix);

/* Is @path such a file, of a dump that is there? */
bool is_companion(struct arena *arena, const char *path);

#endif
