/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What mail programs and logs put in front of a line: quotes, time stamps, the host, the
 * program's name.
 */
#ifndef PCIADDR_INPUT_PREFIX_H
#define PCIADDR_INPUT_PREFIX_H

#include <stdbool.h>

#include "pciaddr/input/textfile.h"

/*
 * Takes all of these from the front of the line, and blanks that nothing follows from its end;
 * what stays begins with the blanks and tabs that the line itself had.  Returns whether one of
 * them was a log's.
 */
bool strip_prefix(struct line *line);

/*
 * '-' or '+' in front of a line of a kernel's log, which `diff -u` of two logs has put there:
 * takes what comes before the sign from the line, and the sign.  Otherwise 0, and the line stays.
 */
char strip_diff_sign(struct line *line);

#endif
