/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options on a command line, as far as getopt_long() leaves something to do. */
#ifndef TOOLS_COMMON_OPTIONS_H
#define TOOLS_COMMON_OPTIONS_H

#include <getopt.h>

/**
 * option_error - what is wrong with the option that getopt_long() has refused just now
 * @kind: what it has returned: '?' or, as the short options begin with ':', that
 * @argv: as it was given
 * @longs: as they were given; a letter among their values is a short option, too
 *
 * Return: a message, malloc()ed, with the option that was probably meant.
 */
char *option_error(int kind, char *const argv[], const struct option *longs);

#endif
