// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "common/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/numbers.h"
#include "common/wrap.h"

#define WIDTH_DEFAULT 80
#define WIDTH_MIN 40
#define WIDTH_MAX 200

unsigned int terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	uint64_t width = terminal_columns(STDOUT_FILENO);

	if (!width && !(columns && parse_u64_max(columns, 10000, &width)))
		width = WIDTH_DEFAULT;
	return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : (unsigned int)width;
}

bool terminal_is_utf8(void)
{
	/* of the character set alone: numbers and messages stay as they are */
	setlocale(LC_CTYPE, "");
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}
