// SPDX-License-Identifier: GPL-2.0-or-later
/* fpga-ctl read: registers by name or offset. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/alloc.h"
#include "fpgactl/command.h"
#include "fpgactl/json_result.h"
#include "fpgactl/register_arg.h"
#include "fpgactl/select.h"

struct config {
	struct invocation *call;
	bool all;
	bool names;
	uint64_t count;		/* from each register on */
	uint32_t width;		/* 0: the register's own */
	char **words;		/* the registers */
	size_t nwords;
};

static const char help[] =
	"Reads registers, and says what their bits mean.\n\n"
	REGISTER_HELP;

static const char options[] =
	"  -a, --all            all that have a name and can be read, but no arrays\n"
	"  -n, --count N        N registers, from each REGISTER on\n"
	WIDTH_HELP
	"      --names          only list the registers, by offset\n";

enum { OPT_NAMES = LONG_ONLY };

static const struct option longs[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "count", required_argument, NULL, 'n' },
	{ "width", required_argument, NULL, 'w' },
	{ "names", no_argument, NULL, OPT_NAMES },
	COMMON_LONG_OPTIONS
};

static void parse_options(struct config *config, int argc, char **argv)
{
	const struct invocation *call = config->call;
	int option;

	while ((option = next_option(config->call, argc, argv, COMMON_SHORT_OPTIONS "an:w:",
				     longs)) != -1) {
		switch (option) {
		case 'a':
			config->all = true;
			break;
		case 'n':
			config->count = number_or_die(call, "--count", optarg, 1, UINT32_MAX);
			break;
		case 'w':
			config->width = width_or_die(call, optarg);
			break;
		case OPT_NAMES:
			config->names = true;
			break;
		}
	}
	config->words = argv + optind;
	config->nwords = (size_t)(argc - optind);
	if (config->all + config->names + (config->nwords > 0) != 1)
		usage_error(call, "expected REGISTER..., --all or --names");
	if (config->all && (config->width || config->count > 1))
		usage_error(call, "--all reads each register once and as it is: no --width or "
			    "--count");
}

/* Registers in the order in which they are to be read */
struct reg_list {
	struct reg_ref *refs;
	size_t count;
};

static void add_register(struct reg_list *list, const struct reg_ref *ref)
{
	list->refs = xrealloc(list->refs, (list->count + 1) * sizeof(*ref));
	list->refs[list->count++] = *ref;
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

static void add_word(struct reg_list *list, const struct config *config,
		     const struct device *dev, const char *word)
{
	struct reg_ref ref;

	find_register_or_die(&ref, config->call, dev, word, config->width);
	for (uint64_t i = 0; i < config->count; i++) {
		if (i)
			step(dev, &ref);
		check_access_or_die(config->call, dev, &ref);
		add_register(list, &ref);
	}
}

static void add_all(struct reg_list *list, const struct device *dev)
{
	for (size_t i = 0; i < dev->nregs; i++) {
		const struct reg *reg = &dev->regs[i];
		struct reg_ref ref = { .reg = reg, .offset = reg->offset, .width = reg->width };

		if (reg->access != REG_WO && reg->count == 1)
			add_register(list, &ref);
	}
}

static void print_register(const struct reg_ref *ref, uint64_t value, struct json_object *array)
{
	bool whole = ref->reg && !ref->byte && ref->width == ref->reg->width;
	char name[64], fields[256];

	reg_name(ref, name, sizeof(name));
	reg_decode(whole ? ref->reg : NULL, value, fields, sizeof(fields));
	if (array) {
		struct json_object *object = json_object_new_object();

		json_put_text(object, "register", name);
		json_put_uint(object, "offset", ref->offset);
		json_put_uint(object, "width", ref->width);
		json_put_uint(object, "value", value);
		json_put_text(object, "fields", fields);
		json_object_array_add(array, object);
		return;
	}
	printf("0x%03" PRIx32 "  %-14s 0x%0*" PRIx64 "%s%s\n", ref->offset, ref->reg ? name : "-",
	       (int)(2 * ref->width), value, fields[0] ? "  " : "", fields);
}

/* One of all that the caller may not read is left out; one that was asked for is an error. */
static void read_register(struct device *dev, const struct reg_ref *ref, bool may_skip,
			  struct json_object *array)
{
	uint64_t value;
	char name[64];
	int ret;

	reg_name(ref, name, sizeof(name));
	if (ref->reg && ref->reg->access == REG_WO)
		warn("%s is write-only: what reads there means nothing", name);
	ret = device_reg_read(dev, ref->offset, ref->width, &value);
	if (ret == -EPERM && may_skip) {
		warn("%s is not shown: only root may read it", name);
		return;
	}
	if (ret)
		device_die(dev, ret, "reading %s", name);
	print_register(ref, value, array);
}

static void list_names(const struct device *dev, struct json_object *array)
{
	for (size_t i = 0; i < dev->nregs; i++) {
		const struct reg *reg = &dev->regs[i];

		if (array) {
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

static int run(struct invocation *call, int argc, char **argv)
{
	struct config config = { .call = call, .count = 1 };
	struct json_object *array = NULL, *object;
	struct reg_list list = { 0 };
	struct device dev;

	parse_options(&config, argc, argv);
	select_device_or_die(&dev, call, EMUCARD_CAP_REGS);
	/* reading may have effects: what is wrong with the last word is found before the first */
	for (size_t i = 0; i < config.nwords; i++)
		add_word(&list, &config, &dev, config.words[i]);
	if (config.all)
		add_all(&list, &dev);

	if (call->json)
		array = json_object_new_array();
	if (config.names)
		list_names(&dev, array);
	for (size_t i = 0; i < list.count; i++)
		read_register(&dev, &list.refs[i], config.all, array);
	if (call->json) {
		object = json_for_device(&dev);
		json_object_object_add(object, "registers", array);
		json_print(object, false);
	}
	free(list.refs);
	device_close(&dev);
	return EXIT_OK;
}

const struct command command_read = {
	.name = "read",
	.arguments = "[OPTION]... REGISTER...",
	.summary = "read registers",
	.help = help,
	.options = options,
	.run = run,
};
