/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every command of fpga-ctl has in common: its entry in the table, its options.
 *
 * A function whose name ends in _or_die says what is wrong and ends the tool; one without
 * it that does so too is declared noreturn, or says so.
 */
#ifndef FPGACTL_COMMAND_H
#define FPGACTL_COMMAND_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/die.h"

struct command;

/* One call of a command: the options that every command takes */
struct invocation {
	const struct command *command;
	const char *device;	/* selector; NULL: the first card that can do it */
	bool json;
};

struct command {
	const char *name;
	const char *arguments;	/* "[OPTION]... REGISTER..." */
	const char *summary;	/* for the list of commands */
	const char *help;	/* what it does, and what else a user must know */
	const char *options;	/* its own, as lines of the help; NULL: none */
	bool every_card;	/* without --device it is about all, not about the first */
	/* argv[0] is the command's name; returns an exit status */
	int (*run)(struct invocation *call, int argc, char **argv);
};

extern const struct command command_list;
extern const struct command command_info;
extern const struct command command_read;
extern const struct command command_write;
extern const struct command command_dma;
extern const struct command command_fact;
extern const struct command command_irq;
extern const struct command command_reset;
extern const struct command command_bench;
extern const struct command command_watch;
extern const struct command command_selftest;

#define COMMON_SHORT_OPTIONS	"d:jh"
#define COMMON_LONG_OPTIONS \
	{ "device", required_argument, NULL, 'd' }, \
	{ "json", no_argument, NULL, 'j' }, \
	{ "help", no_argument, NULL, 'h' }, \
	{ 0 }

/* Values of long options that have no letter begin here. */
#define LONG_ONLY	256

/**
 * next_option - getopt_long() that serves the common options itself
 * @call: filled with the common options
 * @argc: as run() got it
 * @argv: as run() got it
 * @shorts: COMMON_SHORT_OPTIONS and the command's own
 * @longs: the command's own and COMMON_LONG_OPTIONS
 *
 * Ends after --help, and with EXIT_USAGE after an option that there is not.
 *
 * Return: the command's own option, or -1 at the end of the options.
 */
int next_option(struct invocation *call, int argc, char **argv, const char *shorts,
		const struct option *longs);

/**
 * no_arguments_or_die - for a command that takes options only, behind their end
 */
void no_arguments_or_die(const struct invocation *call, int argc, char **argv);

/**
 * no_options_or_die - next_option() to the end for a command without options of its own,
 * then no_arguments_or_die()
 */
void no_options_or_die(struct invocation *call, int argc, char **argv);

/**
 * usage_error - say what is wrong with the command line, name the help, exit
 * @call: the command
 */
void usage_error(const struct invocation *call, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/* Values of options, or a usage error that names the option */
uint64_t size_or_die(const struct invocation *call, const char *option, const char *text);
uint64_t offset_or_die(const struct invocation *call, const char *option, const char *text);
uint64_t number_or_die(const struct invocation *call, const char *option, const char *text,
		       uint64_t min, uint64_t max);

/* How helps name EMUCARD_TIMEOUT_DEFAULT_MS, which the driver takes where none is given */
#define TIMEOUT_DEFAULT	"5s"

/* In milliseconds, in the range that the driver takes */
uint32_t timeout_or_die(const struct invocation *call, const char *option, const char *text);

#endif
