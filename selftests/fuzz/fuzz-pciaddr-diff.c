// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two texts, parted by a line "%%": what changed between them, from both sides, and that neither
 * differs from itself.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pciaddr/diff/diff.h"
#include "pciaddr/input/dump-reader.h"
#include "pciaddr/input/source.h"
#include "pciaddr/output/output.h"
#include "pciaddr/view/views.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void load(struct machine *machine, const char *name, const char *text, size_t length)
{
	machine_init(machine, SOURCE_DUMP, name);
	dump_parse(machine, text, length);
	machine_settle(machine);
}

static size_t compare(struct machine *old, struct machine *new)
{
	static const struct output_options format = {
		.machines = 1, .columns = 80, .comparing = true,
	};
	struct view_options options = { .output = &format, .numeric = true };
	struct results results = { 0 };
	static FILE *nowhere;
	size_t changes;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	diff_machines(&results, old, new, 0);
	changes = results_total(&results, STATUS_FAIL);
	output_text.machine(nowhere, &format, new, &results);
	print_tree(nowhere, &options, new, &results);
	results_free(&results);
	return changes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char mark[] = "%%\n";
	const char *text = (const char *)data;
	const char *second = size ? memmem(text, size, mark, strlen(mark)) : NULL;
	size_t length = second ? (size_t)(second - text) : size;
	struct machine old, new;

	second = second ? second + strlen(mark) : text + size;
	load(&old, "old", text, length);
	load(&new, "new", second, (size_t)(text + size - second));
	if (compare(&old, &old) || compare(&new, &new))
		abort();
	if (compare(&old, &new) != compare(&new, &old))
		abort();
	machine_free(&old);
	machine_free(&new);
	return 0;
}
