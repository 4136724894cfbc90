// SPDX-License-Identifier: GPL-2.0-or-later
/* fpga-ctl watch: the driver's counters as they grow. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/alloc.h"
#include "fpgactl/card_message.h"
#include "fpgactl/command.h"
#include "fpgactl/json_result.h"
#include "fpgactl/select.h"
#include "fpgactl/stats.h"
#include "fpgactl/units.h"

struct config {
	struct invocation *call;
	uint64_t interval_ms;
	uint64_t intervals;	/* 0: without end */
};

static const char help[] =
	"Shows how much all cards do, or the one that --device names, once in each\n"
	"interval, until it is stopped: rates, and errors since the driver was bound.\n"
	"Opens no card and needs no privileges.\n";

static const char options[] =
	"  -i, --interval TIME  2, 0.5s, 100ms; default 1s\n"
	"  -n, --count N        stop after N intervals\n";

static const struct option longs[] = {
	{ "interval", required_argument, NULL, 'i' },
	{ "count", required_argument, NULL, 'n' },
	COMMON_LONG_OPTIONS
};

static void parse_options(struct config *config, int argc, char **argv)
{
	const struct invocation *call = config->call;
	int option;

	while ((option = next_option(config->call, argc, argv, COMMON_SHORT_OPTIONS "i:n:",
				     longs)) != -1) {
		switch (option) {
		case 'i':
			config->interval_ms = timeout_or_die(call, "--interval", optarg);
			break;
		case 'n':
			config->intervals = number_or_die(call, "--count", optarg, 1, UINT32_MAX);
			break;
		}
	}
	no_arguments_or_die(call, argc, argv);
}

/* Lines between two headings */
#define HEADING_EVERY	20

struct watched {
	struct card card;
	struct stats before;
};

static size_t find_watched_or_die(struct watched **watched, const struct invocation *call)
{
	struct card_list list;
	size_t count = 0, matched = 0;

	find_cards_or_die(&list, call);
	*watched = xcalloc(list.count, sizeof(**watched));
	for (size_t i = 0; i < list.count; i++) {
		if (call->device && !selector_matches(call->device, &list.cards[i]))
			continue;
		matched++;
		if (!list.cards[i].name[0])
			continue;
		(*watched)[count].card = list.cards[i];
		count++;
	}
	if (!matched)
		die_no_match(&list, call->device);
	if (!count)
		die_advice(EXIT_CANNOT_TELL, "'fpga-ctl list' says which driver is missing",
			   "no driver serves the card%s", matched == 1 ? "" : "s");
	cards_free(&list);
	return count;
}

static void read_or_die(const struct card *card, struct stats *stats)
{
	if (!stats_read(card, "/sys", stats))
		card_die(card, EXIT_FAILED, "'fpga-ctl list' shows what is there now",
			 "the counters are gone: was the card removed?");
}

static uint64_t grown(const struct stats *now, const struct stats *before, enum stats_index stat)
{
	return now->value[stat] - before->value[stat];
}

static void print_row(const struct watched *w, const struct stats *now, uint64_t ns)
{
	printf("%-8s %10.1f %13s %13s %10.1f %8" PRIu64 " %8" PRIu64 "\n", w->card.name,
	       per_second(grown(now, &w->before, STAT_TRANSFERS), ns),
	       rate_text(grown(now, &w->before, STAT_BYTES_TO_CARD), ns).text,
	       rate_text(grown(now, &w->before, STAT_BYTES_FROM_CARD), ns).text,
	       per_second(grown(now, &w->before, STAT_INTERRUPTS), ns),
	       now->value[STAT_ERRORS], now->value[STAT_TIMEOUTS]);
}

static void print_json(const struct watched *w, const struct stats *now, uint64_t ns)
{
	struct json_object *object = json_object_new_object();
	struct json_object *rates = json_object_new_object();

	json_put_text(object, "device", w->card.name);
	json_put_text(object, "slot", w->card.slot);
	json_put_real(object, "interval_seconds", (double)ns / 1e9);
	for (int i = 0; i < STATS; i++) {
		json_put_uint(object, stats_names[i], now->value[i]);
		json_put_real(rates, stats_names[i], per_second(grown(now, &w->before, i), ns));
	}
	json_object_object_add(object, "per_second", rates);
	json_print(object, true);
}

static void pause_ms(uint64_t ms)
{
	struct timespec t = {
		.tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000) * 1000000,
	};

	while (nanosleep(&t, &t))
		;
}

static void watch(const struct config *config, struct watched *watched, size_t count)
{
	bool json = config->call->json;
	uint64_t begin = now_ns(), lines = 0;

	for (size_t i = 0; i < count; i++)
		read_or_die(&watched[i].card, &watched[i].before);

	for (uint64_t n = 0; !config->intervals || n < config->intervals; n++) {
		uint64_t now, ns;

		pause_ms(config->interval_ms);
		now = now_ns();
		ns = now - begin;
		begin = now;
		if (!json && lines % HEADING_EVERY == 0)
			printf("%-8s %10s %13s %13s %10s %8s %8s\n", "CARD", "TRANSFER/s",
			       "TO CARD", "FROM CARD", "IRQ/s", "ERRORS", "TIMEOUTS");
		for (size_t i = 0; i < count; i++, lines++) {
			struct stats stats;

			read_or_die(&watched[i].card, &stats);
			if (json)
				print_json(&watched[i], &stats, ns);
			else
				print_row(&watched[i], &stats, ns);
			watched[i].before = stats;
		}
		/* the reader of a pipe is to see it now; a closed pipe ends it */
		if (fflush(stdout))
			break;
	}
}

static int run(struct invocation *call, int argc, char **argv)
{
	struct config config = { .call = call, .interval_ms = 1000 };
	struct watched *watched;
	size_t count;

	parse_options(&config, argc, argv);
	count = find_watched_or_die(&watched, call);
	watch(&config, watched, count);
	free(watched);
	return EXIT_OK;
}

const struct command command_watch = {
	.name = "watch",
	.arguments = "[OPTION]...",
	.summary = "live counters of transfers and interrupts",
	.help = help,
	.options = options,
	.every_card = true,
	.run = run,
};
