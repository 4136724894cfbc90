// SPDX-License-Identifier: GPL-2.0-or-later
/* fpga-ctl selftest: does the card behave as the data sheet and the driver promise? */
#include <stdio.h>

#include "fpgactl/checks.h"
#include "fpgactl/command.h"
#include "fpgactl/json_result.h"
#include "fpgactl/select.h"

static const char help[] =
	"Tries everything that the card can do and says what holds, as TAP (ok, not ok).\n"
	"Overwrites the card's memory and registers; no other program may use the card\n"
	"meanwhile.\n";

static const char options[] =
	"  -v, --verbose        also show the tests that do not apply to this card\n";

static const struct option longs[] = {
	{ "verbose", no_argument, NULL, 'v' },
	COMMON_LONG_OPTIONS
};

struct totals {
	unsigned int passed;
	unsigned int failed;
};

static struct json_object *result_json(const struct check *check, bool passed, const char *why)
{
	struct json_object *object = json_object_new_object();

	json_put_text(object, "test", check->name);
	json_put_bool(object, "passed", passed);
	if (!passed)
		json_put_text(object, "why", why);
	return object;
}

static void run_one(struct device *dev, const struct check *check, struct totals *totals,
		    struct json_object *results)
{
	char why[CHECK_WHY_SIZE] = "";
	bool passed = check->run(dev, why);

	if (passed)
		totals->passed++;
	else
		totals->failed++;
	if (results) {
		json_object_array_add(results, result_json(check, passed, why));
		return;
	}
	printf("%sok %u - %s: %s\n", passed ? "" : "not ", totals->passed + totals->failed,
	       dev->card.name, check->name);
	if (!passed)
		printf("# %s\n", why);
	fflush(stdout);
}

static int run(struct invocation *call, int argc, char **argv)
{
	struct json_object *results = NULL, *object;
	struct totals totals = { 0 };
	const struct check *check;
	bool verbose = false;
	struct device dev;
	int option;

	while ((option = next_option(call, argc, argv, COMMON_SHORT_OPTIONS "v", longs)) != -1)
		if (option == 'v')
			verbose = true;
	no_arguments_or_die(call, argc, argv);

	select_device_or_die(&dev, call, 0);
	if (call->json)
		results = json_object_new_array();
	for (size_t i = 0; (check = all_checks(i)); i++) {
		if (!device_can(&dev, check->caps) ||
		    (check->kind && check->kind != dev.info.kind)) {
			if (verbose && !call->json)
				printf("# not for %s: %s\n", dev.card.name, check->name);
			continue;
		}
		run_one(&dev, check, &totals, results);
	}

	if (call->json) {
		object = json_for_device(&dev);
		json_put_uint(object, "passed", totals.passed);
		json_put_uint(object, "failed", totals.failed);
		json_object_object_add(object, "results", results);
		json_print(object, false);
	} else {
		printf("1..%u\n", totals.passed + totals.failed);
	}
	device_close(&dev);
	return totals.failed ? EXIT_FAILED : EXIT_OK;
}

const struct command command_selftest = {
	.name = "selftest",
	.arguments = "[OPTION]...",
	.summary = "does the card behave as it should? (overwrites its memory)",
	.help = help,
	.options = options,
	.run = run,
};
