// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/command.h"

#include <inttypes.h>
#include <linux/emucard.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/numbers.h"
#include "common/options.h"
#include "fpgactl/units.h"

static void print_command_help(const struct command *command)
{
	printf("Usage: %s %s %s\n\n%s\nOptions:\n%s", program_name(), command->name,
	       command->arguments, command->help, command->options ? command->options : "");
	printf("  -d, --device CARD    fpga0, 01:01.0 or 1234:f96a; else %s\n"
	       "  -j, --json           the result as JSON\n"
	       "  -h, --help           this text\n",
	       command->every_card ? "all" : "the first capable card");
}

void usage_error(const struct invocation *call, const char *format, ...)
{
	char message[512], advice[128];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	snprintf(advice, sizeof(advice), "see '%s %s --help'", program_name(),
		 call->command->name);
	die_advice(EXIT_USAGE, advice, "%s: %s", call->command->name, message);
}

int next_option(struct invocation *call, int argc, char **argv, const char *shorts,
		const struct option *longs)
{
	char leading_colon[64];
	int option;

	/* ':' makes getopt tell a missing value from an unknown option */
	snprintf(leading_colon, sizeof(leading_colon), ":%s", shorts);
	for (;;) {
		opterr = 0;
		option = getopt_long(argc, argv, leading_colon, longs, NULL);
		switch (option) {
		case 'd':
			call->device = optarg;
			break;
		case 'j':
			call->json = true;
			break;
		case 'h':
			print_command_help(call->command);
			exit(finish_output(EXIT_OK));
		case '?':
		case ':':
			usage_error(call, "%s", option_error(option, argv, longs));
		default:
			return option;
		}
	}
}

void no_arguments_or_die(const struct invocation *call, int argc, char **argv)
{
	if (optind < argc)
		usage_error(call, "unexpected argument '%s'", argv[optind]);
}

void no_options_or_die(struct invocation *call, int argc, char **argv)
{
	static const struct option longs[] = { COMMON_LONG_OPTIONS };

	while (next_option(call, argc, argv, COMMON_SHORT_OPTIONS, longs) != -1)
		;
	no_arguments_or_die(call, argc, argv);
}

uint64_t size_or_die(const struct invocation *call, const char *option, const char *text)
{
	uint64_t size;

	if (!parse_size(text, &size))
		usage_error(call, "%s: '%s' is not a size above 0; for example 4096, 64K, 16M or 1G",
			    option, text);
	return size;
}

uint64_t offset_or_die(const struct invocation *call, const char *option, const char *text)
{
	uint64_t offset;

	if (parse_u64(text, &offset) || parse_size(text, &offset))
		return offset;
	usage_error(call, "%s: '%s' is not an offset; for example 0, 0x1000, 64K or 1M", option, text);
}

uint64_t number_or_die(const struct invocation *call, const char *option, const char *text,
		       uint64_t min, uint64_t max)
{
	uint64_t number;

	if (!parse_u64_max(text, max, &number) || number < min)
		usage_error(call, "%s: '%s' is not a number from %" PRIu64 " to %" PRIu64, option,
			    text, min, max);
	return number;
}

_Static_assert(EMUCARD_TIMEOUT_DEFAULT_MS == 5000, "TIMEOUT_DEFAULT says something else");

uint32_t timeout_or_die(const struct invocation *call, const char *option, const char *text)
{
	uint64_t ms;

	if (!parse_duration(text, &ms) || ms > EMUCARD_TIMEOUT_MAX_MS)
		usage_error(call, "%s: '%s' is not a time from 1ms to %us; for example 5, 2.5s or 500ms",
			    option, text, EMUCARD_TIMEOUT_MAX_MS / 1000);
	return (uint32_t)ms;
}
