/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host that a source is of, as the names of its files tell. */
#ifndef PCIADDR_INPUT_HOST_NAME_H
#define PCIADDR_INPUT_HOST_NAME_H

#include "pciaddr/model/machine.h"

/*
 * Of this machine, its own name; of a copy of /sys, the directory's, or where that is "sys",
 * the one it is in; of a dump, the file's without the suffixes of dumps and packers ("web01"
 * of "fleet/web01.lspci.xz"), or where it is named for lspci, its directory's.  NULL: unknown.
 */
const char *host_name(struct arena *arena, enum source_kind kind, const char *path);

/* What is behind the last slash. */
const char *last_component(const char *path);

/* The name of the directory, also of "." */
const char *directory_name(struct arena *arena, const char *path);

/* Takes the suffix off, in either case; false: the name has another one, or is all suffix. */
bool strip_suffix(const char *name, size_t *length, const char *suffix);

/* How long the name is without the suffixes of packers, texts and of what a dump holds. */
size_t stem_length(const char *name);

/* Does the name begin as the program's does? */
bool is_named_lspci(const char *name);

#endif
