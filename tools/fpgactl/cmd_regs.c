// SPDX-License-Identifier: GPL-2.0-or-later
/* fpga-ctl read, fpga-ctl write: registers by name or offset. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/alloc.h"
#include "common/numbers.h"
#include "fpgactl/choose.h"
#include "fpgactl/command.h"
#include "fpgactl/json_result.h"
#include "fpgactl/regs.h"

#define WORD_HELP \
	"REGISTER is a name as in the data sheet (SCRATCH, or FPGA_SCRATCH, in any case),\n" \
	"one of an array (REGFILE[3]), or an offset in bytes (0x00c).\n\n"

static const char read_help[] =
	WORD_HELP
	"  -a, --all            all that have a name and can be read, but no arrays\n"
	"  -n, --count N        N registers, from each REGISTER on\n"
	"  -w, --width BYTES    1, 2, 4 or 8; default: the register's own, 4 at an offset\n"
	"      --names          only list the registers, by offset\n";

static const char write_help[] =
	WORD_HELP
	"  -w, --width BYTES    1, 2, 4 or 8; default: the register's own, 4 at an offset\n";

enum { OPT_NAMES = LONG_ONLY };

static const struct option read_longs[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "count", required_argument, NULL, 'n' },
	{ "width", required_argument, NULL, 'w' },
	{ "names", no_argument, NULL, OPT_NAMES },
	COMMON_LONG_OPTIONS
};

static const struct option write_longs[] = {
	{ "width", required_argument, NULL, 'w' },
	COMMON_LONG_OPTIONS
};

struct config {
	struct invocation *call;
	bool all;
	bool names;
	uint64_t count;
	uint32_t width;		/* 0: the register's own */
};

static uint32_t width_or_die(const struct invocation *call, const char *text)
{
	uint64_t width = number_or_die(call, "--width", text, 1, 8);

	if (width & (width - 1))
		usage_error(call, "--width: %" PRIu64 " is not 1, 2, 4 or 8", width);
	return (uint32_t)width;
}

static void find_register_or_die(const struct config *config, const struct device *dev,
				 const char *word, struct reg_ref *ref)
{
	const char *nearest;

	if (reg_parse(dev->regs, dev->nregs, word, ref))
		return;
	nearest = reg_nearest(dev->regs, dev->nregs, word);
	die_advice(EXIT_USAGE,
		   nearest ? xasprintf("did you mean %s? '%s read --names' lists them", nearest,
				       program_name())
			   : xasprintf("'%s read --names' lists them", program_name()),
		   "%s: %s has no register '%s'", config->call->command->name, dev->card.name,
		   word);
}

static void check_access_or_die(const struct config *config, const struct device *dev,
				const struct reg_ref *ref)
{
	char name[64];

	reg_name(ref, name, sizeof(name));
	if (!(dev->info.reg_widths & ref->width))
		usage_error(config->call, "%s takes no accesses of %" PRIu32 " byte%s",
			    dev->card.name, ref->width, ref->width == 1 ? "" : "s");
	if (ref->offset % ref->width)
		usage_error(config->call, "%s: offset %#" PRIx32 " is not a multiple of the width, "
			    "%" PRIu32 " bytes", name, ref->offset, ref->width);
	if (ref->width > dev->info.regs_size || ref->offset > dev->info.regs_size - ref->width)
		usage_error(config->call, "%s: offset %#" PRIx32 " is outside the registers of %s, "
			    "which have %#" PRIx32 " bytes", name, ref->offset, dev->card.name,
			    dev->info.regs_size);
}

static void put_one(const struct config *config, const struct reg_ref *ref, uint64_t value,
		    struct json_object *array)
{
	bool whole = ref->reg && !ref->byte && ref->width == ref->reg->width;
	char name[64], fields[256];

	reg_name(ref, name, sizeof(name));
	reg_decode(whole ? ref->reg : NULL, value, fields, sizeof(fields));
	if (config->call->json) {
		struct json_object *object = json_object_new_object();

		json_put_text(object, "register", name);
		json_put_uint(object, "offset", ref->offset);
		json_put_uint(object, "width", ref->width);
		json_put_uint(object, "value", value);
		json_put_text(object, "fields", fields);
		json_object_array_add(array, object);
		return;
	}
	printf("0x%03" PRIx32 "  %-16s 0x%0*" PRIx64 "%s%s\n", ref->offset, ref->reg ? name : "-",
	       (int)(2 * ref->width), value, fields[0] ? "  " : "", fields);
}

static void read_one(const struct config *config, struct device *dev, const struct reg_ref *ref,
		     struct json_object *array)
{
	uint64_t value;
	char name[64];
	int ret;

	check_access_or_die(config, dev, ref);
	reg_name(ref, name, sizeof(name));
	if (ref->reg && ref->reg->access == REG_WO)
		warn("%s is write-only: what reads there means nothing", name);
	ret = device_reg_read(dev, ref->offset, ref->width, &value);
	if (ret)
		device_die(dev, ret, "reading %s", name);
	put_one(config, ref, value, array);
}

/* The register after this one, as far as it has one of the same width */
static void step(const struct device *dev, struct reg_ref *ref)
{
	char word[16];
	uint32_t width = ref->width;

	snprintf(word, sizeof(word), "%" PRIu32, ref->offset + width);
	reg_parse(dev->regs, dev->nregs, word, ref);
	ref->width = width;
}

static void read_word(const struct config *config, struct device *dev, const char *word,
		      struct json_object *array)
{
	struct reg_ref ref;

	find_register_or_die(config, dev, word, &ref);
	if (config->width)
		ref.width = config->width;
	for (uint64_t i = 0; i < config->count; i++) {
		if (i)
			step(dev, &ref);
		read_one(config, dev, &ref, array);
	}
}

static void read_all(const struct config *config, struct device *dev, struct json_object *array)
{
	for (size_t i = 0; i < dev->nregs; i++) {
		const struct reg *reg = &dev->regs[i];
		struct reg_ref ref = { .reg = reg, .offset = reg->offset, .width = reg->width };

		if (reg->access != REG_WO && reg->count == 1)
			read_one(config, dev, &ref, array);
	}
}

static void list_names(const struct config *config, const struct device *dev,
		       struct json_object *array)
{
	for (size_t i = 0; i < dev->nregs; i++) {
		const struct reg *reg = &dev->regs[i];

		if (config->call->json) {
			struct json_object *object = json_object_new_object();

			json_put_text(object, "register", reg->name);
			json_put_uint(object, "offset", reg->offset);
			json_put_uint(object, "width", reg->width);
			json_put_uint(object, "count", reg->count);
			json_put_text(object, "access", reg_access_name(reg->access));
			json_put_text(object, "summary", reg->summary);
			json_object_array_add(array, object);
		} else if (reg->count > 1) {
			printf("0x%03" PRIx32 "  %s[0-%" PRIu32 "]  %-3s  %s\n", reg->offset,
			       reg->name, reg->count - 1, reg_access_name(reg->access),
			       reg->summary);
		} else {
			printf("0x%03" PRIx32 "  %-14s  %-3s  %s\n", reg->offset, reg->name,
			       reg_access_name(reg->access), reg->summary);
		}
	}
}

static int run_read(struct invocation *call, int argc, char **argv)
{
	struct config config = { .call = call, .count = 1 };
	struct json_object *array = NULL, *object;
	struct device dev;
	int option;

	while ((option = next_option(call, argc, argv, COMMON_SHORT_OPTIONS "an:w:",
				     read_longs)) != -1) {
		switch (option) {
		case 'a':
			config.all = true;
			break;
		case 'n':
			config.count = number_or_die(call, "--count", optarg, 1, UINT32_MAX);
			break;
		case 'w':
			config.width = width_or_die(call, optarg);
			break;
		case OPT_NAMES:
			config.names = true;
			break;
		}
	}
	if (config.all + config.names + (optind < argc) != 1)
		usage_error(call, "say which registers: REGISTER..., or --all, or --names");
	if (config.all && (config.width || config.count > 1))
		usage_error(call, "--all reads each register once and as it is: no --width or "
			    "--count");

	choose_device_or_die(&dev, call, EMUCARD_CAP_REGS);
	if (call->json)
		array = json_object_new_array();
	if (config.names)
		list_names(&config, &dev, array);
	if (config.all)
		read_all(&config, &dev, array);
	for (; optind < argc; optind++)
		read_word(&config, &dev, argv[optind], array);
	if (call->json) {
		object = json_for_device(&dev);
		json_object_object_add(object, "registers", array);
		json_print(object, false);
	}
	device_close(&dev);
	return EXIT_OK;
}

static int run_write(struct invocation *call, int argc, char **argv)
{
	struct config config = { .call = call };
	struct json_object *object;
	struct reg_ref ref;
	struct device dev;
	uint64_t value, max;
	char name[64];
	int option, ret;

	while ((option = next_option(call, argc, argv, COMMON_SHORT_OPTIONS "w:",
				     write_longs)) != -1)
		if (option == 'w')
			config.width = width_or_die(call, optarg);
	if (argc - optind != 2)
		usage_error(call, "say one register and one value");
	if (!parse_u64(argv[optind + 1], &value))
		usage_error(call, "'%s' is not a number; say 17 or 0x11", argv[optind + 1]);

	choose_device_or_die(&dev, call, EMUCARD_CAP_REGS);
	find_register_or_die(&config, &dev, argv[optind], &ref);
	if (config.width)
		ref.width = config.width;
	check_access_or_die(&config, &dev, &ref);
	max = UINT64_MAX >> (64 - 8 * ref.width);
	if (value > max)
		usage_error(call, "%#" PRIx64 " does not fit into %" PRIu32 " byte%s", value,
			    ref.width, ref.width == 1 ? "" : "s");

	reg_name(&ref, name, sizeof(name));
	ret = device_reg_write(&dev, ref.offset, ref.width, value);
	if (ret)
		device_die(&dev, ret, "writing %s", name);
	if (ref.reg && ref.reg->access == REG_RO)
		warn("%s is read-only: the card ignores what is written", name);
	if (call->json) {
		object = json_for_device(&dev);
		json_put_text(object, "register", name);
		json_put_uint(object, "offset", ref.offset);
		json_put_uint(object, "width", ref.width);
		json_put_uint(object, "written", value);
		json_print(object, false);
	} else {
		printf("%s: 0x%0*" PRIx64 " written to %s\n", dev.card.name,
		       (int)(2 * ref.width), value, name);
	}
	device_close(&dev);
	return EXIT_OK;
}

const struct command command_read = {
	.name = "read",
	.arguments = "[OPTION]... REGISTER...",
	.summary = "read registers",
	.help = read_help,
	.run = run_read,
};

const struct command command_write = {
	.name = "write",
	.arguments = "[OPTION]... REGISTER VALUE",
	.summary = "write a register",
	.help = write_help,
	.run = run_write,
};
