// SPDX-License-Identifier: GPL-2.0-or-later
/* fpga-ctl write: one register, by name or offset. */
#include <inttypes.h>
#include <stdio.h>

#include "common/numbers.h"
#include "fpgactl/command.h"
#include "fpgactl/json_result.h"
#include "fpgactl/register_arg.h"
#include "fpgactl/select.h"

struct config {
	struct invocation *call;
	uint32_t width;		/* 0: the register's own */
	const char *word;	/* the register */
	uint64_t value;
};

static const char help[] =
	"Writes one register.\n\n"
	REGISTER_HELP;

static const char options[] =
	WIDTH_HELP;

static const struct option longs[] = {
	{ "width", required_argument, NULL, 'w' },
	COMMON_LONG_OPTIONS
};

static void parse_options(struct config *config, int argc, char **argv)
{
	const struct invocation *call = config->call;
	int option;

	while ((option = next_option(config->call, argc, argv, COMMON_SHORT_OPTIONS "w:",
				     longs)) != -1) {
		switch (option) {
		case 'w':
			config->width = width_or_die(call, optarg);
			break;
		}
	}
	if (argc - optind != 2)
		usage_error(call, "expected one register and one value");
	config->word = argv[optind];
	if (!parse_u64(argv[optind + 1], &config->value))
		usage_error(call, "'%s' is not a number; for example 17 or 0x11", argv[optind + 1]);
}

static void report(const struct invocation *call, const struct device *dev,
		   const struct reg_ref *ref, uint64_t value)
{
	struct json_object *object;
	char name[64];

	reg_name(ref, name, sizeof(name));
	if (call->json) {
		object = json_for_device(dev);
		json_put_text(object, "register", name);
		json_put_uint(object, "offset", ref->offset);
		json_put_uint(object, "width", ref->width);
		json_put_uint(object, "written", value);
		json_print(object, false);
	} else {
		printf("%s: 0x%0*" PRIx64 " written to %s\n", dev->card.name, (int)(2 * ref->width),
		       value, name);
	}
}

static int run(struct invocation *call, int argc, char **argv)
{
	struct config config = { .call = call };
	struct reg_ref ref;
	struct device dev;
	char name[64];
	int ret;

	parse_options(&config, argc, argv);
	select_device_or_die(&dev, call, EMUCARD_CAP_REGS);
	find_register_or_die(&ref, call, &dev, config.word, config.width);
	check_access_or_die(call, &dev, &ref);
	if (config.value > UINT64_MAX >> (64 - 8 * ref.width))
		usage_error(call, "%#" PRIx64 " does not fit into %" PRIu32 " byte%s", config.value,
			    ref.width, ref.width == 1 ? "" : "s");

	reg_name(&ref, name, sizeof(name));
	ret = device_reg_write(&dev, ref.offset, ref.width, config.value);
	if (ret)
		device_die(&dev, ret, "writing %s", name);
	if (ref.reg && ref.reg->access == REG_RO)
		warn("%s is read-only: the card ignores what is written", name);
	report(call, &dev, &ref, config.value);
	device_close(&dev);
	return EXIT_OK;
}

const struct command command_write = {
	.name = "write",
	.arguments = "[OPTION]... REGISTER VALUE",
	.summary = "write a register",
	.help = help,
	.options = options,
	.run = run,
};
