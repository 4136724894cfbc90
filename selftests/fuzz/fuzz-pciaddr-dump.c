// SPDX-License-Identifier: GPL-2.0-or-later
/* lspci's text, and everything that is done with what was read. */
#include <stdio.h>

#include "pciaddr/check/checks.h"
#include "pciaddr/check/expect.h"
#include "pciaddr/input/dump-reader.h"
#include "pciaddr/output/output.h"
#include "pciaddr/spec/capture.h"
#include "pciaddr/view/draw.h"
#include "pciaddr/view/views.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is printed goes nowhere, and is made all the same. */
static FILE *nowhere;

static void draw_all(struct machine *machine, struct results *results)
{
	struct names names = { 0 };
	struct picture picture = { .title = machine->name, .footer = "" };

	draw_boxes(&picture, machine, results, &names);
	draw_layout(&picture);
	draw_svg.draw(nowhere, &picture);
	draw_dot.draw(nowhere, &picture);
	draw_free(&picture);
}

static void view_all(struct machine *machine, struct results *results)
{
	static const struct output_options format = { .machines = 1, .columns = 80 };
	struct view_options options = { .output = &format, .numeric = true };

	for (const struct output_ops *const *ops = outputs; *ops; ops++) {
		const struct output_totals totals = { .machines = 1 };

		(*ops)->begin(nowhere, &format);
		(*ops)->machine(nowhere, &format, machine, results);
		(*ops)->end(nowhere, &format, &totals);
	}
	capture(nowhere, true, machine);
	print_tree(nowhere, &options, machine, results);
	print_map(nowhere, &options, machine);
	draw_all(machine, results);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct expectation expectation;
	struct results results = { 0 };
	struct machine machine;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	machine_init(&machine, SOURCE_DUMP, "fuzz");
	dump_parse(&machine, (const char *)data, size);
	machine_link(&machine);
	check_machine(&machine, &results);
	if (!expectation_parse(&expectation, &results.arena, "0x2000-0x27ff@1234:*"))
		check_expectation(&machine, &results, &expectation);
	view_all(&machine, &results);
	results_free(&results);
	machine_free(&machine);
	return 0;
}
