/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be made of a machine that a fuzzer has brought about, written to nowhere. */
#ifndef FUZZ_SHOW_H
#define FUZZ_SHOW_H

#include <stdio.h>

#include "pciaddr/spec/capture.h"
#include "pciaddr/view/views.h"

static inline void fuzz_show(const struct machine *machine, struct results *results)
{
	static const struct output_options format = { .machines = 1, .columns = 80 };
	struct view_options options = { .output = &format, .numeric = true };
	static FILE *nowhere;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	output_text.machine(nowhere, &format, machine, results);
	print_tree(nowhere, &options, machine, results);
	print_map(nowhere, &options, machine);
	capture(nowhere, true, machine);
}

#endif
