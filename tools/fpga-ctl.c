// SPDX-License-Identifier: GPL-2.0-or-later
/* fpga-ctl: the fpga and edu cards from the command line. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/descriptors.h"
#include "common/die.h"
#include "common/nearest.h"
#include "common/options.h"
#include "fpgactl/command.h"

static const struct command *const commands[] = {
	&command_list, &command_info, &command_read, &command_write, &command_dma, &command_irq,
	&command_fact, &command_reset, &command_bench, &command_watch, &command_selftest,
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static const struct option longs[] = {
	{ "version", no_argument, NULL, 'V' },
	COMMON_LONG_OPTIONS
};

static void print_help(void)
{
	printf("Usage: %s [OPTION]... COMMAND [ARGUMENT]...\n"
	       "Drives QEMU's emulated PCI cards fpga and edu through their Linux drivers.\n\n"
	       "Commands:\n",
	       program_name());
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
	printf("\n"
	       "Options:\n"
	       "  -d, --device CARD  fpga0, 01:01.0 or 1234:f96a; else the first capable card\n"
	       "  -j, --json         the result as JSON\n"
	       "  -h, --help         this text; '%s COMMAND --help': that of a command\n"
	       "  -V, --version      the version\n\n"
	       "Exit status: 0 all right, 1 failed, 2 wrong usage or input, 3 not possible here.\n",
	       program_name());
}

static const struct command *find_command(const char *name)
{
	struct nearest nearest;
	char advice[128];

	nearest_start(&nearest, name);
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
		nearest_offer(&nearest, commands[i]->name);
	}
	if (nearest.best)
		snprintf(advice, sizeof(advice), "did you mean '%s'? see '%s --help'",
			 nearest.best, program_name());
	else
		snprintf(advice, sizeof(advice), "see '%s --help'", program_name());
	die_advice(EXIT_USAGE, advice, "unknown command '%s'", name);
}

static void parse_globals(struct invocation *call, int argc, char **argv)
{
	int option;

	opterr = 0;
	/* '+': what follows the command belongs to it; ':' tells a missing value from the rest */
	while ((option = getopt_long(argc, argv, "+:" COMMON_SHORT_OPTIONS "V", longs, NULL)) != -1) {
		switch (option) {
		case 'd':
			call->device = optarg;
			break;
		case 'j':
			call->json = true;
			break;
		case 'h':
			print_help();
			exit(finish_output(EXIT_OK));
		case 'V':
			printf("%s (%s) %s\n", program_name(), PACKAGE_NAME, PACKAGE_VERSION);
			exit(finish_output(EXIT_OK));
		default:
			die_advice(EXIT_USAGE, option == ':' ? "see --help" :
				   "options of a command come after its name; see --help",
				   "%s", option_error(option, argv, longs));
		}
	}
}

int main(int argc, char **argv)
{
	struct invocation call = { 0 };

	set_program_name(argv[0]);
	keep_standard_descriptors();
	parse_globals(&call, argc, argv);
	if (optind == argc)
		die_advice(EXIT_USAGE, "give one of list, info, dma, ...; see --help",
			   "no command given");
	call.command = find_command(argv[optind]);
	argc -= optind;
	argv += optind;
	/* 0 makes getopt start afresh, with other options */
	optind = 0;
	return finish_output(call.command->run(&call, argc, argv));
}
