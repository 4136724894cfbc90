/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What shows a machine instead of checking it.  Each returns an exit status. */
#ifndef PCIADDR_VIEW_VIEWS_H
#define PCIADDR_VIEW_VIEWS_H

#include "pciaddr/output/output.h"

struct view_options {
	const struct output_options *output;
	bool numeric;		/* no names from pci.ids */
	const char *draw_path;	/* for draw() */
	bool overwrite;		/* draw_path may be there already */
};

/* Buses, bridges, devices and BARs; failures among @results are marked. */
int print_tree(FILE *out, const struct view_options *options, const struct machine *machine,
	       struct results *results);

/* The address spaces as nested ranges. */
/* What /proc/ioports and /proc/iomem say, for a machine of which nothing else is known. */
void print_resources(FILE *out, const struct view_options *options,
		     const struct machine *machine);

int print_map(FILE *out, const struct view_options *options, const struct machine *machine);

/* A picture in a file; failures among @results are marked. */
int draw(const struct view_options *options, const struct machine *machine,
	 struct results *results);

#endif
