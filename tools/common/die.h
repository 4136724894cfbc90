/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the tools end and what they say when they cannot go on.
 *
 * Messages go to standard error as "NAME: message"; advice, where there is any,
 * follows on lines of its own.  Standard output belongs to the result.
 */
#ifndef TOOLS_COMMON_DIE_H
#define TOOLS_COMMON_DIE_H

#include <stdarg.h>

/* The exit status of every tool; scripts rely on these values. */
enum exit_status {
	EXIT_OK = 0,		/* all right */
	EXIT_FAILED = 1,	/* a check or an operation failed */
	EXIT_USAGE = 2,		/* usage, specification or input error */
	EXIT_CANNOT_TELL = 3,	/* no permission, or data missing */
};

/* The name that messages begin with; the last component of @argv0. */
void set_program_name(const char *argv0);
const char *program_name(void);

/*
 * What EXIT_USAGE becomes when a tool ends with it: callers such as Nagios have statuses of
 * their own.
 */
void set_usage_status(int status);

/* Says the message and goes on. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says the message and then @advice (what to do about it; NULL for none), and goes on. */
void warn_advice(const char *advice, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Says the message and exits. */
void die(enum exit_status status, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/* As warn_advice(), and exits.  Advice may have several lines. */
void die_advice(enum exit_status status, const char *advice, const char *format, ...)
	__attribute__((format(printf, 3, 4), noreturn));

/* As die(), with ": " and the text of errno at the end. */
void die_errno(enum exit_status status, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/*
 * Flushes standard output and says so if what was written did not arrive (a full disk, a
 * closed pipe): to be called before a tool returns @status; returns the status to exit with.
 */
int finish_output(int status);

#endif
