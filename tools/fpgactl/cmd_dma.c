// SPDX-License-Identifier: GPL-2.0-or-later
/* fpga-ctl dma: data to the card and back. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/alloc.h"
#include "common/numbers.h"
#include "fpgactl/card_message.h"
#include "fpgactl/command.h"
#include "fpgactl/file_data.h"
#include "fpgactl/interrupt.h"
#include "fpgactl/json_result.h"
#include "fpgactl/select.h"
#include "fpgactl/transfer.h"
#include "fpgactl/units.h"

#define LEN_DEFAULT	4096
#define BLOCK_DEFAULT	(4 << 20)

enum { TO_CARD = EMUCARD_DMA_TO_CARD, FROM_CARD = EMUCARD_DMA_FROM_CARD };

struct config {
	struct invocation *call;
	uint64_t len;			/* 0: not given */
	uint64_t offset;
	uint64_t block;
	uint64_t loops;
	uint32_t timeout_ms;
	unsigned int directions;	/* TO_CARD, FROM_CARD, ORed; 0: not given */
	const char *from_file;
	const char *to_file;
	bool force;
	bool verify;
	bool verify_given;
	struct pattern pattern;
	bool pattern_given;
};

struct result {
	struct tally to_card;
	struct tally from_card;
	struct mismatch mismatch;
	uint64_t loops;			/* that were run */
	struct pattern pattern;		/* of the last one */
};

static const char help[] =
	"Overwrites the card's memory with data by DMA, reads back, compares, measures.\n";

static const char options[] =
	"  -l, --len SIZE       bytes, with K, M or G; default 4096, or the size of FILE\n"
	"  -o, --offset SIZE    where in the card's memory; default 0\n"
	"  -D, --direction DIR  both (default), to-card or from-card\n"
	"  -p, --pattern NAME   random[:SEED] (default), counter, walking, zeros, ones,\n"
	"                       or hexadecimal bytes such as 0xdeadbeef\n"
	"      --from FILE      send FILE (- is standard input); alone: to-card\n"
	"      --to FILE        keep what comes back (- is standard output); alone:\n"
	"                       from-card, all of the memory from --offset on\n"
	"      --force          let --to overwrite a file\n"
	"      --verify         with to-card: read back and compare; with from-card:\n"
	"                       compare with the --pattern that an earlier run has sent\n"
	"      --no-verify      do not compare\n"
	"  -n, --loops N        N times, each with new random data; default 1\n"
	"  -b, --block SIZE     bytes in one request to the driver; default 4M\n"
	"  -t, --timeout TIME   for one request: 5, 2.5s, 500ms; default " TIMEOUT_DEFAULT "\n";

enum { OPT_FROM = LONG_ONLY, OPT_TO, OPT_FORCE, OPT_VERIFY, OPT_NO_VERIFY };

static const struct option longs[] = {
	{ "len", required_argument, NULL, 'l' },
	{ "offset", required_argument, NULL, 'o' },
	{ "direction", required_argument, NULL, 'D' },
	{ "pattern", required_argument, NULL, 'p' },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "to", required_argument, NULL, OPT_TO },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "verify", no_argument, NULL, OPT_VERIFY },
	{ "no-verify", no_argument, NULL, OPT_NO_VERIFY },
	{ "loops", required_argument, NULL, 'n' },
	{ "block", required_argument, NULL, 'b' },
	{ "timeout", required_argument, NULL, 't' },
	COMMON_LONG_OPTIONS
};

static unsigned int direction_or_die(const struct config *config, const char *text)
{
	if (!strcmp(text, "both"))
		return TO_CARD | FROM_CARD;
	if (!strcmp(text, "to-card"))
		return TO_CARD;
	if (!strcmp(text, "from-card"))
		return FROM_CARD;
	usage_error(config->call, "--direction: '%s' is not both, to-card or from-card", text);
}

static void parse_options(struct config *config, int argc, char **argv)
{
	const struct invocation *call = config->call;
	char text[SIZE_TEXT_MAX];
	int option;

	while ((option = next_option(config->call, argc, argv,
				     COMMON_SHORT_OPTIONS "l:o:D:p:n:b:t:", longs)) != -1) {
		switch (option) {
		case 'l':
			config->len = size_or_die(call, "--len", optarg);
			break;
		case 'o':
			config->offset = offset_or_die(call, "--offset", optarg);
			break;
		case 'D':
			config->directions = direction_or_die(config, optarg);
			break;
		case 'p':
			if (!pattern_parse(&config->pattern, optarg))
				usage_error(call, "--pattern: '%s' is not " PATTERN_NAMES, optarg);
			config->pattern_given = true;
			break;
		case 'n':
			config->loops = number_or_die(call, "--loops", optarg, 1, UINT32_MAX);
			break;
		case 'b':
			config->block = size_or_die(call, "--block", optarg);
			if (config->block > EMUCARD_DMA_LEN_MAX)
				usage_error(call, "--block: the driver takes at most %s",
					    size_text(EMUCARD_DMA_LEN_MAX, text));
			break;
		case 't':
			config->timeout_ms = timeout_or_die(call, "--timeout", optarg);
			break;
		case OPT_FROM:
			config->from_file = optarg;
			break;
		case OPT_TO:
			config->to_file = optarg;
			break;
		case OPT_FORCE:
			config->force = true;
			break;
		case OPT_VERIFY:
		case OPT_NO_VERIFY:
			config->verify = option == OPT_VERIFY;
			config->verify_given = true;
			break;
		}
	}
	no_arguments_or_die(call, argc, argv);
}

/* What the options mean together, before any card is looked at */
static void finish_options(struct config *config)
{
	const struct invocation *call = config->call;

	if (!config->directions) {
		if (config->from_file && !config->to_file)
			config->directions = TO_CARD;
		else if (config->to_file && !config->from_file && !config->pattern_given)
			config->directions = FROM_CARD;
		else
			config->directions = TO_CARD | FROM_CARD;
	}
	if (config->from_file && config->pattern_given)
		usage_error(call, "--from and --pattern: the data can have one origin only");
	if (config->from_file && !(config->directions & TO_CARD))
		usage_error(call, "--from sends to the card, --direction from-card does not");
	if (config->to_file && !(config->directions & FROM_CARD))
		usage_error(call, "--to reads from the card, --direction to-card does not");
	if (config->to_file && config->loops > 1)
		usage_error(call, "--to keeps the result of one loop, not of %" PRIu64,
			    config->loops);
	if (config->to_file && !strcmp(config->to_file, "-") && call->json)
		usage_error(call, "--to - and --json: standard output can hold one of them only");

	if (!config->verify_given)
		config->verify = config->directions == (TO_CARD | FROM_CARD);
	if (config->verify && config->directions == TO_CARD)
		config->directions |= FROM_CARD;
	if (config->verify && config->directions == FROM_CARD &&
	    (!config->pattern_given ||
	     (config->pattern.kind == PATTERN_RANDOM && !config->pattern.seeded)))
		usage_error(call, "--verify with --direction from-card needs --pattern, and of "
			    "'random' the seed, to know what the card should hold");
}

static void check_range_or_die(const struct config *config, const struct device *dev)
{
	uint64_t size = dev->info.dma_size;
	char text[SIZE_TEXT_MAX];

	if (config->offset >= size)
		die_advice(EXIT_USAGE, "offsets count from 0 in bytes",
			   "--offset %" PRIu64 " is outside the memory of %s, which has %s",
			   config->offset, dev->card.name, size_text(size, text));
	if (config->len > size - config->offset)
		die_advice(EXIT_USAGE,
			   xasprintf("at most: --len %" PRIu64
				     "; to move more, the same memory again: --loops N",
				     size - config->offset),
			   "%" PRIu64 " bytes from offset %" PRIu64
			   " do not fit into the memory of %s, which has %s",
			   config->len, config->offset, dev->card.name, size_text(size, text));
}

/* The length, if it was not given, and of --from the data; neither is more than there is room */
static uint8_t *load(struct config *config, const struct device *dev)
{
	uint64_t room = dev->info.dma_size - config->offset, got;
	uint8_t *data;

	if (!config->from_file) {
		if (!config->len && config->directions == FROM_CARD && config->to_file)
			config->len = room;
		if (!config->len)
			config->len = room < LEN_DEFAULT ? room : LEN_DEFAULT;
		return NULL;
	}

	data = file_load_or_die(config->from_file, config->len ? config->len : room, &got);
	if (!got)
		die(EXIT_USAGE, "--from %s: the file is empty", config->from_file);
	if (config->len && got < config->len)
		die(EXIT_USAGE, "--from %s holds %" PRIu64 " bytes, --len asks for %" PRIu64,
		    config->from_file, got, config->len);
	if (!config->len && got > room)
		die_advice(EXIT_USAGE, xasprintf("--len %" PRIu64 " sends the beginning", room),
			   "--from %s is larger than the memory of %s from offset %" PRIu64,
			   config->from_file, dev->card.name, config->offset);
	if (!config->len)
		config->len = got;
	return data;
}

static void random_seed(struct pattern *pattern)
{
	uint32_t seed;

	if (pattern->kind != PATTERN_RANDOM || pattern->seeded)
		return;
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (uint32_t)now_ns();
	pattern->seed = seed;
}

static void run_loops(const struct config *config, struct device *dev, const uint8_t *data,
		      uint8_t *keep, struct result *result)
{
	bool both = config->directions == (TO_CARD | FROM_CARD);
	struct progress progress;
	struct transfer transfer = {
		.dev = dev,
		.offset = config->offset,
		.len = config->len,
		.block = config->block,
		.timeout_ms = config->timeout_ms,
		.progress = &progress,
	};

	progress_start(&progress, dev->card.name, config->len * config->loops * (both ? 2 : 1));
	for (uint64_t i = 0; i < config->loops && !result->mismatch.wrong; i++) {
		struct source source = { .data = data, .pattern = config->pattern };

		random_seed(&source.pattern);
		result->pattern = source.pattern;
		if (config->directions & TO_CARD)
			transfer_to_card(&transfer, &source, &result->to_card);
		if (config->directions & FROM_CARD)
			transfer_from_card(&transfer, config->verify ? &source : NULL, keep,
					   &result->from_card, &result->mismatch);
		if (interrupt_noted())
			break;
		result->loops++;
	}
	progress_end(&progress);
}

static void json_put_tally(struct json_object *object, const char *key, const struct tally *tally)
{
	struct json_object *part = json_object_new_object();

	json_put_uint(part, "bytes", tally->bytes);
	json_put_uint(part, "requests", tally->requests);
	json_put_real(part, "seconds", (double)tally->ns / 1e9);
	json_put_real(part, "bytes_per_second", per_second(tally->bytes, tally->ns));
	json_object_object_add(object, key, part);
}

static void print_json(const struct config *config, const struct device *dev,
		       const struct result *result)
{
	struct json_object *object = json_for_device(dev);
	char pattern[PATTERN_TEXT_SIZE];

	json_put_uint(object, "offset", config->offset);
	json_put_uint(object, "bytes", config->len);
	json_put_uint(object, "loops", result->loops);
	if (config->from_file) {
		json_put_text(object, "from", config->from_file);
	} else if (config->directions & TO_CARD || config->verify) {
		pattern_format(&result->pattern, pattern, sizeof(pattern));
		json_put_text(object, "pattern", pattern);
	}
	if (config->to_file)
		json_put_text(object, "to", config->to_file);
	if (config->directions & TO_CARD)
		json_put_tally(object, "to_card", &result->to_card);
	if (config->directions & FROM_CARD)
		json_put_tally(object, "from_card", &result->from_card);
	if (interrupt_noted())
		json_put_bool(object, "interrupted", true);
	if (config->verify && (result->loops || result->mismatch.wrong))
		json_put_bool(object, "verified", !result->mismatch.wrong);
	else
		json_object_object_add(object, "verified", NULL);
	if (result->mismatch.wrong) {
		json_put_uint(object, "wrong_bytes", result->mismatch.wrong);
		json_put_uint(object, "first_wrong", result->mismatch.position);
	}
	json_print(object, false);
}

static void print_tally(FILE *out, const char *label, const struct tally *tally)
{
	if (!tally->requests)
		return;
	fprintf(out, "  %-14s %" PRIu64 " bytes in %s, %s\n", label, tally->bytes,
		time_text(tally->ns).text, rate_text(tally->bytes, tally->ns).text);
}

static void print_text(FILE *out, const struct config *config, const struct device *dev,
		       const struct result *result)
{
	static const char *const where[] = {
		[TO_CARD] = "to the card",
		[FROM_CARD] = "from the card",
		[TO_CARD | FROM_CARD] = "to the card and back",
	};
	char card[CARD_TEXT_SIZE];

	fprintf(out, "%s: %" PRIu64 " bytes %s", card_text(&dev->card, card), config->len,
		where[config->directions]);
	if (result->loops > 1)
		fprintf(out, ", %" PRIu64 " times", result->loops);
	if (interrupt_noted())
		fprintf(out, ", interrupted");
	if (config->verify && (result->loops || result->mismatch.wrong))
		fprintf(out, ": %s", result->mismatch.wrong ? "DIFFERENT" : "verified");
	fputc('\n', out);
	print_tally(out, "to the card", &result->to_card);
	print_tally(out, "from the card", &result->from_card);
}

static void match_or_die(const struct config *config, const struct device *dev,
			 const struct result *result)
{
	const struct mismatch *mismatch = &result->mismatch;
	char bytes[MISMATCH_TEXT_SIZE], pattern[PATTERN_TEXT_SIZE];

	if (!mismatch->wrong)
		return;
	mismatch_format(mismatch, bytes, sizeof(bytes));
	pattern_format(&result->pattern, pattern, sizeof(pattern));
	card_die(&dev->card, EXIT_FAILED,
		 config->from_file ? NULL :
			xasprintf("to see the same again: --pattern %s", pattern),
		 "%" PRIu64 " of %" PRIu64 " bytes came back wrong, the first at offset %#" PRIx64
		 ": %s", mismatch->wrong, config->len, mismatch->position, bytes);
}

static int run(struct invocation *call, int argc, char **argv)
{
	struct config config = {
		.call = call,
		.block = BLOCK_DEFAULT,
		.loops = 1,
		.pattern = { .kind = PATTERN_RANDOM },
	};
	struct result result = { 0 };
	struct device dev;
	uint8_t *data, *keep = NULL;
	int fd = -1;

	parse_options(&config, argc, argv);
	finish_options(&config);
	select_device_or_die(&dev, call, EMUCARD_CAP_DMA);
	check_range_or_die(&config, &dev);
	data = load(&config, &dev);
	if (config.to_file) {
		fd = file_create_or_die(config.to_file, config.force);
		keep = xcalloc(1, config.len);
	}

	interrupt_note();
	run_loops(&config, &dev, data, keep, &result);

	if (keep && !interrupt_noted())
		file_write_or_die(fd, config.to_file, keep, config.len);
	if (call->json)
		print_json(&config, &dev, &result);
	else	/* the result may be data that goes to standard output */
		print_text(fd == 1 ? stderr : stdout, &config, &dev, &result);
	free(keep);
	free(data);
	device_close(&dev);
	fflush(stdout);
	match_or_die(&config, &dev, &result);
	interrupt_end();
	return EXIT_OK;
}

const struct command command_dma = {
	.name = "dma",
	.arguments = "[OPTION]...",
	.summary = "move data to the card and back, compare, measure",
	.help = help,
	.options = options,
	.run = run,
};
