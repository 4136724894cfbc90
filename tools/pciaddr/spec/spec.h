/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The specification file: docs/pciaddr-spec.5 describes the format. */
#ifndef PCIADDR_SPEC_SPEC_H
#define PCIADDR_SPEC_SPEC_H

#include <stddef.h>

#include "pciaddr/check/results.h"
#include "pciaddr/model/machine.h"

struct spec;

/* Reads the file ("-": standard input); ends the tool with EXIT_USAGE when it is wrong. */
struct spec *spec_load(const char *path);

/*
 * Reads @text, which messages call @name.  NULL when it is wrong; *@error is then a malloc()ed
 * message with the place, the line and a caret.
 */
struct spec *spec_parse(const char *name, const char *text, size_t length, char **error);

void spec_free(struct spec *spec);

/* Checks the machine; may run for several machines at a time. */
void spec_check(const struct machine *machine, struct results *results, const struct spec *spec);

#endif
