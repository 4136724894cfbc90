/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the terminal can show. */
#ifndef TOOLS_COMMON_TERMINAL_H
#define TOOLS_COMMON_TERMINAL_H

#include <stdbool.h>

/* Columns to fill: of the terminal, of $COLUMNS, or 80; between 40 and 200. */
unsigned int terminal_width(void);

/* Does the locale say UTF-8? */
bool terminal_is_utf8(void);

#endif
