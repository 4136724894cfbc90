// SPDX-License-Identifier: GPL-2.0-or-later
/* fpga-ctl irq: raise, wait for and count software interrupts. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fpgactl/card_message.h"
#include "fpgactl/command.h"
#include "fpgactl/json_result.h"
#include "fpgactl/select.h"
#include "fpgactl/units.h"

enum action { RAISE, WAIT, COUNT, ACTIONS };

static const char *const action_names[ACTIONS] = {
	[RAISE] = "raise",
	[WAIT] = "wait",
	[COUNT] = "count",
};

struct config {
	struct invocation *call;
	enum action action;
	uint32_t causes;	/* 0: not given */
	uint64_t count;		/* 0: not given */
	uint64_t since;
	bool since_given;
	bool no_wait;
	uint32_t timeout_ms;
};

static const char help[] =
	"Raises software interrupts, waits for them, and counts them.\n\n"
	"  raise                let the card raise one, and wait until it has arrived\n"
	"  wait                 wait for interrupts that another program raises\n"
	"  count                how many have arrived since the driver was bound\n";

static const char options[] =
	"  -c, --causes MASK    with raise: which of 0x0001 to 0x8000; default 0x1\n"
	"  -n, --count N        with raise and wait: this many; default 1\n"
	"  -s, --since COUNT    with wait: beginning at this count, as 'irq count' said\n"
	"                       it, so that none is missed between two commands\n"
	"      --no-wait        with raise: do not wait\n"
	"  -t, --timeout TIME   for each interrupt: 5, 2.5s, 500ms; default " TIMEOUT_DEFAULT "\n";

enum { OPT_NO_WAIT = LONG_ONLY };

static const struct option longs[] = {
	{ "causes", required_argument, NULL, 'c' },
	{ "count", required_argument, NULL, 'n' },
	{ "since", required_argument, NULL, 's' },
	{ "no-wait", no_argument, NULL, OPT_NO_WAIT },
	{ "timeout", required_argument, NULL, 't' },
	COMMON_LONG_OPTIONS
};

static enum action action_or_die(const struct invocation *call, const char *word)
{
	for (enum action action = 0; action < ACTIONS; action++)
		if (!strcmp(word, action_names[action]))
			return action;
	usage_error(call, "'%s' is not raise, wait or count", word);
}

static void parse_options(struct config *config, int argc, char **argv)
{
	const struct invocation *call = config->call;
	int option;

	while ((option = next_option(config->call, argc, argv, COMMON_SHORT_OPTIONS "c:n:s:t:",
				     longs)) != -1) {
		switch (option) {
		case 'c':
			config->causes = (uint32_t)number_or_die(call, "--causes", optarg, 1,
								 EMUCARD_IRQ_CAUSES);
			break;
		case 'n':
			config->count = number_or_die(call, "--count", optarg, 1, UINT32_MAX);
			break;
		case 's':
			config->since = number_or_die(call, "--since", optarg, 0, INT64_MAX);
			config->since_given = true;
			break;
		case OPT_NO_WAIT:
			config->no_wait = true;
			break;
		case 't':
			config->timeout_ms = timeout_or_die(call, "--timeout", optarg);
			break;
		}
	}
	if (argc - optind != 1)
		usage_error(call, "expected one of raise, wait, count");
	config->action = action_or_die(call, argv[optind]);
}

/* Options that the action has no use for are refused; the others get their defaults. */
static void finish_options(struct config *config)
{
	const struct invocation *call = config->call;

	if ((config->no_wait || config->causes) && config->action != RAISE)
		usage_error(call, "--causes and --no-wait are options of 'irq raise'");
	if (config->since_given && config->action != WAIT)
		usage_error(call, "--since is an option of 'irq wait'");
	if (config->count && config->action == COUNT)
		usage_error(call, "--count is an option of 'irq raise' and 'irq wait'");
	if (!config->causes)
		config->causes = 1;
	if (!config->count)
		config->count = 1;
}

struct result {
	uint64_t raised;
	uint64_t arrived;
	uint64_t count;		/* of the driver, at the end */
	uint32_t causes;
	uint64_t ns;		/* from raise to arrival, summed */
};

static int report(const struct config *config, const struct device *dev,
		  const struct result *result, const char *text)
{
	char card[CARD_TEXT_SIZE];

	if (config->call->json) {
		struct json_object *object = json_for_device(dev);

		json_put_uint(object, "count", result->count);
		if (result->raised)
			json_put_uint(object, "raised", result->raised);
		if (result->arrived) {
			json_put_uint(object, "arrived", result->arrived);
			if (result->causes)
				json_put_uint(object, "causes", result->causes);
		}
		if (result->raised && result->arrived)
			json_put_real(object, "seconds", (double)result->ns / 1e9);
		json_print(object, false);
	} else {
		printf("%s: %s\n", card_text(&dev->card, card), text);
	}
	return EXIT_OK;
}

static void current_count_or_die(struct device *dev, uint64_t *count)
{
	int ret = device_irq_count(dev, count, NULL);

	if (ret)
		device_die(dev, ret, "asking for the number of interrupts");
}

static int count(const struct config *config, struct device *dev)
{
	struct result result = { 0 };
	char text[64];

	current_count_or_die(dev, &result.count);
	snprintf(text, sizeof(text), "%" PRIu64 " interrupts so far", result.count);
	return report(config, dev, &result, text);
}

/* Until @wanted more have arrived than the @begin that the driver had counted. */
static void wait_for(const struct config *config, struct device *dev, struct result *result,
		     uint64_t begin, uint64_t wanted)
{
	while (result->count < begin + wanted) {
		uint32_t causes = 0;
		int ret = device_irq_wait(dev, &result->count, &causes, config->timeout_ms);

		result->causes |= causes;
		if (ret == -ETIMEDOUT)
			card_die(&dev->card, EXIT_FAILED, result->raised ?
				 "the card raised it, and it got lost: 'fpga-ctl reset' starts "
				 "the card afresh" :
				 "'fpga-ctl irq raise' raises one; --timeout waits longer",
				 "no interrupt in time: %" PRIu64 " of %" PRIu64 " arrived",
				 result->raised ? result->arrived : result->count - begin,
				 config->count);
		if (ret)
			device_die(dev, ret, "waiting for an interrupt");
	}
}

static int raise_some(const struct config *config, struct device *dev)
{
	struct result result = { 0 };
	char text[160];

	current_count_or_die(dev, &result.count);
	for (uint64_t i = 0; i < config->count; i++) {
		uint64_t begin = now_ns();
		int ret = device_irq_raise(dev, config->causes);

		if (ret)
			device_die(dev, ret, "raising an interrupt");
		result.raised++;
		if (config->no_wait)
			continue;
		wait_for(config, dev, &result, result.count, 1);
		result.ns += now_ns() - begin;
		result.arrived++;
	}
	if (result.arrived && (result.causes & config->causes) != config->causes)
		card_die(&dev->card, EXIT_FAILED, NULL, "raised causes %#" PRIx32 ", arrived %#"
			 PRIx32, config->causes, result.causes);
	if (config->no_wait)
		snprintf(text, sizeof(text), "%" PRIu64 " raised", result.raised);
	else
		snprintf(text, sizeof(text), "%" PRIu64 " raised and arrived, %s each; causes %#"
			 PRIx32 "; %" PRIu64 " so far", result.raised,
			 time_text(result.ns / result.arrived).text, result.causes, result.count);
	return report(config, dev, &result, text);
}

static int wait_some(const struct config *config, struct device *dev)
{
	struct result result = { 0 };
	uint64_t since = config->since;
	char text[128], causes[32] = "";

	if (!config->since_given)
		current_count_or_die(dev, &since);
	result.count = since;
	wait_for(config, dev, &result, since, config->count);
	result.arrived = result.count - since;
	/* those that came before this program was there have left no causes */
	if (result.causes)
		snprintf(causes, sizeof(causes), ", causes %#" PRIx32, result.causes);
	snprintf(text, sizeof(text), "%" PRIu64 " arrived%s; %" PRIu64 " so far", result.arrived,
		 causes, result.count);
	return report(config, dev, &result, text);
}

static int run(struct invocation *call, int argc, char **argv)
{
	static int (*const actions[ACTIONS])(const struct config *config, struct device *dev) = {
		[RAISE] = raise_some,
		[WAIT] = wait_some,
		[COUNT] = count,
	};
	struct config config = { .call = call };
	struct device dev;
	int status;

	parse_options(&config, argc, argv);
	finish_options(&config);
	select_device_or_die(&dev, call, EMUCARD_CAP_IRQ);
	status = actions[config.action](&config, &dev);
	device_close(&dev);
	return status;
}

const struct command command_irq = {
	.name = "irq",
	.arguments = "[OPTION]... raise|wait|count",
	.summary = "raise, wait for and count interrupts",
	.help = help,
	.options = options,
	.run = run,
};
