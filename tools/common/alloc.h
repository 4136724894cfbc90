/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is there, or the tool ends: a short-lived tool has nothing better to do. */
#ifndef TOOLS_COMMON_ALLOC_H
#define TOOLS_COMMON_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

/* Zeroed. */
void *xcalloc(size_t count, size_t size) __attribute__((malloc));
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text) __attribute__((malloc));
char *xasprintf(const char *format, ...) __attribute__((malloc, format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list args) __attribute__((malloc, format(printf, 1, 0)));

#endif
