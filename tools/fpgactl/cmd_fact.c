// SPDX-License-Identifier: GPL-2.0-or-later
/* fpga-ctl fact: the edu card's own computation. */
#include <inttypes.h>
#include <stdio.h>

#include "fpgactl/card_message.h"
#include "fpgactl/command.h"
#include "fpgactl/factorial.h"
#include "fpgactl/json_result.h"
#include "fpgactl/select.h"
#include "fpgactl/units.h"

static const char help[] =
	"Lets an edu card compute N! modulo 2^32, and compares with what it should be.\n";

static const char options[] =
	"  -t, --timeout TIME   5, 2.5s, 500ms; default " TIMEOUT_DEFAULT "\n";

static const struct option longs[] = {
	{ "timeout", required_argument, NULL, 't' },
	COMMON_LONG_OPTIONS
};

/* The largest n whose factorial is below 2^32 */
#define EXACT_MAX	12

static int run(struct invocation *call, int argc, char **argv)
{
	uint32_t n, result, timeout_ms = 0;
	struct json_object *object;
	struct device dev;
	uint64_t begin, ns;
	int option, ret;

	while ((option = next_option(call, argc, argv, COMMON_SHORT_OPTIONS "t:", longs)) != -1)
		if (option == 't')
			timeout_ms = timeout_or_die(call, "--timeout", optarg);
	if (argc - optind != 1)
		usage_error(call, "expected one number N");
	n = (uint32_t)number_or_die(call, "N", argv[optind], 0, UINT32_MAX);

	select_device_or_die(&dev, call, EMUCARD_CAP_FACT);
	begin = now_ns();
	ret = device_fact(&dev, n, timeout_ms, &result);
	ns = now_ns() - begin;
	if (ret)
		device_die(&dev, ret, "computing %" PRIu32 "!", n);
	if (result != factorial32(n))
		card_die(&dev.card, EXIT_FAILED, NULL, "%" PRIu32 "! modulo 2^32 is %" PRIu32
			 ", the card says %" PRIu32, n, factorial32(n), result);

	if (call->json) {
		object = json_for_device(&dev);
		json_put_uint(object, "n", n);
		json_put_uint(object, "result", result);
		json_put_bool(object, "modulo_2_32", n > EXACT_MAX);
		json_put_real(object, "seconds", (double)ns / 1e9);
		json_print(object, false);
	} else {
		printf("%" PRIu32 "!%s = %" PRIu32 "\n", n, n > EXACT_MAX ? " modulo 2^32" : "",
		       result);
	}
	device_close(&dev);
	return EXIT_OK;
}

const struct command command_fact = {
	.name = "fact",
	.arguments = "[OPTION]... N",
	.summary = "a factorial, computed by an edu card",
	.help = help,
	.options = options,
	.run = run,
};
