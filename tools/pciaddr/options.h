/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. */
#ifndef PCIADDR_OPTIONS_H
#define PCIADDR_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "pciaddr/check/expect.h"
#include "pciaddr/diff/diff.h"
#include "pciaddr/emit/emit.h"
#include "pciaddr/input/source.h"
#include "pciaddr/output/output.h"

enum action {
	ACTION_CHECK,
	ACTION_CAPTURE,
	ACTION_TREE,
	ACTION_MAP,
	ACTION_DRAW,
	ACTION_EMULATE,
	ACTION_DIFF,
	ACTION_EMIT,
	ACTION_IMPORT,
};

struct options {
	struct arena arena;		/* of the paths and selectors below */
	enum action action;
	struct source *sources;		/* at least one: this machine, if none was given */
	size_t source_count;
	size_t old_count;		/* for ACTION_DIFF: sources of OLD, before those of NEW */
	bool marked;			/* and the changes are marks in NEW's tree */
	bool by_name;			/* and they are matched by their files' names */
	diff_classes ignored;		/* and changes of these classes do not matter */
	struct expectation *expectations;
	size_t expectation_count;
	const char *spec_path;		/* NULL: no --spec */
	bool all_checks;		/* also beside --expect or --spec */
	const struct output_ops *output;
	struct output_options output_options;
	enum emit_form emit;		/* for ACTION_EMIT */
	const char *import_path;	/* for ACTION_IMPORT */
	const char *draw_path;		/* for ACTION_DRAW */
	const char *emulate_path;	/* for ACTION_EMULATE */
	const char **faults;		/* what of it is to be wrong */
	size_t fault_count;
	bool force;			/* draw_path or emulate_path may be overwritten */
	bool verbose;			/* tell what was taken of the sources */
	bool numeric;			/* no names from pci.ids */
	unsigned int jobs;		/* machines that are checked at a time */
};

/* Ends the tool when something is wrong, and after --help and --version. */
void parse_options(struct options *options, int argc, char **argv);

#endif
