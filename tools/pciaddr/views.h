/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What shows a machine instead of checking it. */
#ifndef PCIADDR_VIEWS_H
#define PCIADDR_VIEWS_H

#include "pciaddr/options.h"

/* Does what options->action says; returns an exit status. */
int view(const struct options *options, struct machine *machine, struct results *results);

/* The specification of the machine, with comments. */
int capture(FILE *out, const struct options *options, struct machine *machine);

int print_tree(FILE *out, const struct options *options, struct machine *machine,
	       struct results *results);

int print_map(FILE *out, const struct options *options, struct machine *machine);

int draw(const struct options *options, struct machine *machine, struct results *results);

#endif
