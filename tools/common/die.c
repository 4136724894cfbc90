// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/die.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *name = "?";

void set_program_name(const char *argv0)
{
	const char *slash;

	if (!argv0)
		return;
	slash = strrchr(argv0, '/');
	name = slash ? slash + 1 : argv0;
	/* libtool's wrapper names the real program so */
	if (!strncmp(name, "lt-", 3))
		name += 3;
}

const char *program_name(void)
{
	return name;
}

static void say(const char *advice, int error, const char *format, va_list args)
{
	/* one message is not to be torn apart by what else writes to the same terminal */
	flockfile(stderr);
	fprintf(stderr, "%s: ", name);
	vfprintf(stderr, format, args);
	if (error)
		fprintf(stderr, ": %s", strerror(error));
	fputc('\n', stderr);
	while (advice && *advice) {
		int length = (int)strcspn(advice, "\n");

		fprintf(stderr, "%*s  %.*s\n", (int)strlen(name), "", length, advice);
		advice += length;
		advice += *advice == '\n';
	}
	funlockfile(stderr);
}

void warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(NULL, 0, format, args);
	va_end(args);
}

void die(enum exit_status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(NULL, 0, format, args);
	va_end(args);
	exit(status);
}

void die_advice(enum exit_status status, const char *advice, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(advice, 0, format, args);
	va_end(args);
	exit(status);
}

void die_errno(enum exit_status status, const char *format, ...)
{
	int error = errno;
	va_list args;

	va_start(args, format);
	say(NULL, error, format, args);
	va_end(args);
	exit(status);
}

int finish_output(int status)
{
	if (fflush(stdout) || ferror(stdout)) {
		warn("writing to standard output: %s", strerror(errno));
		return status == EXIT_OK ? EXIT_CANNOT_TELL : status;
	}
	return status;
}
