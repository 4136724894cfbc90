// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "common/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/die.h"

static void *check(void *memory)
{
	if (!memory)
		die(EXIT_CANNOT_TELL, "out of memory");
	return memory;
}

void *xcalloc(size_t count, size_t size)
{
	return check(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *old, size_t size)
{
	return check(realloc(old, size ? size : 1));
}

char *xstrdup(const char *text)
{
	return check(strdup(text));
}

char *xvasprintf(const char *format, va_list args)
{
	char *text = NULL;
	int length = vasprintf(&text, format, args);

	return check(length < 0 ? NULL : text);
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	return text;
}
