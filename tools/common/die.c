// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "common/die.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/wrap.h"

static const char *name = "?";
static int usage_status = EXIT_USAGE;

void set_usage_status(int status)
{
	usage_status = status;
}

static void __attribute__((noreturn)) end_with(enum exit_status status)
{
	exit(status == EXIT_USAGE ? usage_status : (int)status);
}

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

/* The first line of a message is broken to fit; what follows it shows a file as it is. */
static void say_message(unsigned int columns, unsigned int hang, char *message)
{
	char *rest = strchr(message, '\n');

	if (rest)
		*rest++ = '\0';
	print_wrapped(stderr, columns, hang, hang, message);
	if (rest)
		fprintf(stderr, "\n%s", rest);
}

static void say(const char *advice, int error, const char *format, va_list args)
{
	unsigned int columns = terminal_columns(STDERR_FILENO);
	unsigned int hang = (unsigned int)strlen(name) + 2;
	char *message;

	/* one message is not to be torn apart by what else writes to the same terminal */
	flockfile(stderr);
	fprintf(stderr, "%s: ", name);
	if (vasprintf(&message, format, args) >= 0) {
		say_message(columns, hang, message);
		free(message);
	}
	if (error)
		fprintf(stderr, ": %s", strerror(error));
	fputc('\n', stderr);
	while (advice && *advice) {
		size_t length = strcspn(advice, "\n");
		char *line = strndup(advice, length);

		fprintf(stderr, "%*s", (int)hang, "");
		if (line)
			print_wrapped(stderr, columns, hang, hang, line);
		fputc('\n', stderr);
		free(line);
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

void warn_advice(const char *advice, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(advice, 0, format, args);
	va_end(args);
}

void die(enum exit_status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(NULL, 0, format, args);
	va_end(args);
	end_with(status);
}

void die_advice(enum exit_status status, const char *advice, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(advice, 0, format, args);
	va_end(args);
	end_with(status);
}

void die_errno(enum exit_status status, const char *format, ...)
{
	int error = errno;
	va_list args;

	va_start(args, format);
	say(NULL, error, format, args);
	va_end(args);
	end_with(status);
}

int finish_output(int status)
{
	if (fflush(stdout) || ferror(stdout)) {
		warn("writing to standard output: %s", strerror(errno));
		return status == EXIT_OK ? EXIT_CANNOT_TELL : status;
	}
	return status;
}
