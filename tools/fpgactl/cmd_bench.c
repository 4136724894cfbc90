// SPDX-License-Identifier: GPL-2.0-or-later
/* fpga-ctl bench: latency and throughput, of work that was verified. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/alloc.h"
#include "common/numbers.h"
#include "fpgactl/card_message.h"
#include "fpgactl/command.h"
#include "fpgactl/json_result.h"
#include "fpgactl/measure.h"
#include "fpgactl/select.h"
#include "fpgactl/units.h"

#define SIZES_MAX	16

static const uint64_t default_sizes[] = { 4 << 10, 64 << 10, 1 << 20, 16 << 20 };

enum { WHAT_DMA = 1, WHAT_IRQ = 2, WHAT_REGISTER = 4 };

static const struct {
	const char *name;
	unsigned int what;
	uint64_t cap;
} subjects[] = {
	{ "dma", WHAT_DMA, EMUCARD_CAP_DMA },
	{ "irq", WHAT_IRQ, EMUCARD_CAP_IRQ },
	{ "register", WHAT_REGISTER, EMUCARD_CAP_REGS },
};

#define SUBJECTS	(sizeof(subjects) / sizeof(subjects[0]))

struct config {
	struct invocation *call;
	struct measure_limit limit;
	uint64_t sizes[SIZES_MAX];
	size_t nsizes;
	bool registered;
	unsigned int what;
	uint64_t caps;		/* that are needed for what was asked for */
	struct json_object *results;
};

static const char help[] =
	"Measures how long single requests take. Every transfer carries new data, is read\n"
	"back and compared; making and comparing the data is not in the times. A transfer\n"
	"that is not timed comes before each two, so that caches are as in a stream of\n"
	"transfers. WHAT is dma, irq or register; default: all that the card can do.\n"
	"Overwrites the card's memory. - means too few samples for a percentile; JSON\n"
	"leaves it out.\n";

static const char options[] =
	"  -s, --size LIST      of transfers; default: of 4K,64K,1M,16M those that fit\n"
	"  -T, --time TIME      for each line of the result; default 2s\n"
	"  -n, --samples N      measure so many of each instead\n"
	"  -r, --registered     dma: in memory that is registered with the card once\n";

static const struct option longs[] = {
	{ "size", required_argument, NULL, 's' },
	{ "time", required_argument, NULL, 'T' },
	{ "samples", required_argument, NULL, 'n' },
	{ "registered", no_argument, NULL, 'r' },
	COMMON_LONG_OPTIONS
};

static void parse_sizes(struct config *config, const char *text)
{
	char *list = xstrdup(text), *rest = list;
	const char *item;

	config->nsizes = 0;
	while ((item = strsep(&rest, ","))) {
		if (config->nsizes == SIZES_MAX)
			usage_error(config->call, "--size: more than %d sizes", SIZES_MAX);
		config->sizes[config->nsizes++] = size_or_die(config->call, "--size", item);
	}
}

static void add_subject_or_die(struct config *config, const char *word)
{
	for (size_t i = 0; i < SUBJECTS; i++) {
		if (strcmp(word, subjects[i].name))
			continue;
		if (config->what & subjects[i].what)
			usage_error(config->call, "'%s' is given twice", word);
		config->what |= subjects[i].what;
		config->caps |= subjects[i].cap;
		return;
	}
	usage_error(config->call, "'%s' is not dma, irq or register", word);
}

static void parse_options(struct config *config, int argc, char **argv)
{
	const struct invocation *call = config->call;
	int option;

	while ((option = next_option(config->call, argc, argv, COMMON_SHORT_OPTIONS "s:T:n:r",
				     longs)) != -1) {
		switch (option) {
		case 's':
			parse_sizes(config, optarg);
			break;
		case 'T':
			config->limit.ns = timeout_or_die(call, "--time", optarg) *
					   UINT64_C(1000000);
			break;
		case 'n':
			config->limit.ns = 0;
			config->limit.samples = number_or_die(call, "--samples", optarg, 1,
							      10000000);
			break;
		case 'r':
			config->registered = true;
			config->caps |= EMUCARD_CAP_BUF;
			break;
		}
	}
	for (; optind < argc; optind++)
		add_subject_or_die(config, argv[optind]);
}

/* What the card decides: what can be measured, and up to which size */
static void settle(struct config *config, const struct device *dev)
{
	uint64_t room = dev->info.dma_size;
	bool default_all = !config->what;

	if (room > EMUCARD_DMA_LEN_MAX)
		room = EMUCARD_DMA_LEN_MAX;
	for (size_t i = 0; i < SUBJECTS; i++)
		if (default_all && device_can(dev, subjects[i].cap))
			config->what |= subjects[i].what;

	if (!config->nsizes) {
		for (size_t i = 0; i < sizeof(default_sizes) / sizeof(default_sizes[0]); i++)
			if (default_sizes[i] <= room)
				config->sizes[config->nsizes++] = default_sizes[i];
	}
	for (size_t i = 0; i < config->nsizes; i++) {
		char text[SIZE_TEXT_MAX], limit[SIZE_TEXT_MAX];

		if (config->sizes[i] > room)
			usage_error(config->call, "--size: %s is more than %s can transfer at once, "
				    "%s", size_text(config->sizes[i], text), dev->card.name,
				    size_text(room, limit));
	}
}

/* The percentiles that are reported */
static const struct {
	const char *name;
	double percent;
	size_t samples;		/* with fewer it would be the longest: it is left out */
} percentiles[] = {
	{ "p50", 50, 1 }, { "p90", 90, 10 }, { "p99", 99, 100 }, { "p99.9", 99.9, 1000 },
	{ "max", 100, 1 },
};

#define PERCENTILES	(sizeof(percentiles) / sizeof(percentiles[0]))

static void print_heading(const struct device *dev)
{
	char card[CARD_TEXT_SIZE];

	printf("%s: time of one request; all of them verified\n", card_text(&dev->card, card));
	printf("%-9s %8s %8s", "", "size", "samples");
	for (size_t i = 0; i < PERCENTILES; i++)
		printf(" %7s", percentiles[i].name);
	printf(" %11s\n", "rate");
}

static void print_row(const char *name, uint64_t bytes, struct samples *samples)
{
	char size[SIZE_TEXT_MAX] = "";

	printf("%-9s %8s %8zu", name, bytes ? size_text(bytes, size) : "", samples->count);
	for (size_t i = 0; i < PERCENTILES; i++) {
		struct units_text time =
			time_text(samples_percentile(samples, percentiles[i].percent));

		printf(" %7s", samples->count < percentiles[i].samples ? "-" : time.text);
	}
	if (bytes)
		printf(" %11s\n", rate_text(bytes * samples->count, samples->sum_ns).text);
	else
		printf(" %9.0f/s\n", per_second(samples->count, samples->sum_ns));
	/* the next row may take a while */
	fflush(stdout);
}

static void put_result(const struct config *config, const char *name, uint64_t bytes,
		       struct samples *samples)
{
	struct json_object *object = json_object_new_object();
	struct json_object *latency = json_object_new_object();

	json_put_text(object, "operation", name);
	if (bytes)
		json_put_uint(object, "bytes", bytes);
	json_put_uint(object, "samples", samples->count);
	json_put_uint(latency, "min", samples->ns[0]);
	for (size_t i = 0; i < PERCENTILES; i++) {
		if (samples->count < percentiles[i].samples)
			continue;
		json_put_uint(latency, percentiles[i].name,
			      samples_percentile(samples, percentiles[i].percent));
	}
	json_object_object_add(object, "latency_ns", latency);
	json_put_real(object, "per_second", per_second(samples->count, samples->sum_ns));
	if (bytes)
		json_put_real(object, "bytes_per_second",
			      per_second(bytes * samples->count, samples->sum_ns));
	if (bytes)
		json_put_bool(object, "registered", config->registered);
	json_put_bool(object, "verified", true);
	json_object_array_add(config->results, object);
}

static void report(const struct config *config, const char *name, uint64_t bytes,
		   struct samples *samples)
{
	samples_sort(samples);
	if (config->call->json)
		put_result(config, name, bytes, samples);
	else
		print_row(name, bytes, samples);
	samples_free(samples);
}

static void measure(const struct config *config, struct device *dev)
{
	struct samples a = { 0 }, b = { 0 };

	for (size_t i = 0; config->what & WHAT_DMA && i < config->nsizes; i++) {
		measure_dma(dev, config->sizes[i], config->registered, &config->limit, &a, &b);
		report(config, "to-card", config->sizes[i], &a);
		report(config, "from-card", config->sizes[i], &b);
	}
	if (config->what & WHAT_IRQ) {
		measure_irq(dev, &config->limit, &a);
		report(config, "irq", 0, &a);
	}
	if (config->what & WHAT_REGISTER) {
		measure_register(dev, &config->limit, &a);
		report(config, "register", 0, &a);
	}
}

static int run(struct invocation *call, int argc, char **argv)
{
	struct config config = { .call = call, .limit.ns = UINT64_C(2000000000) };
	struct json_object *object;
	struct device dev;

	parse_options(&config, argc, argv);
	select_device_or_die(&dev, call, config.caps);
	settle(&config, &dev);

	if (call->json)
		config.results = json_object_new_array();
	else
		print_heading(&dev);
	measure(&config, &dev);
	if (call->json) {
		object = json_for_device(&dev);
		json_object_object_add(object, "results", config.results);
		json_print(object, false);
	}
	device_close(&dev);
	return EXIT_OK;
}

const struct command command_bench = {
	.name = "bench",
	.arguments = "[OPTION]... [WHAT]...",
	.summary = "latency percentiles and throughput, of verified work",
	.help = help,
	.options = options,
	.run = run,
};
