/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is given back all at once.  A machine and its results live in one arena each,
 * so that 60,000 functions cost no 60,000 small allocations and nothing can leak singly.
 */
#ifndef TOOLS_COMMON_ARENA_H
#define TOOLS_COMMON_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

/* All zeroes is an empty arena. */
struct arena {
	struct arena_block *blocks;
	size_t used;
	size_t size;
};

/* Zeroed memory, aligned for any type.  Never NULL: without memory the tool ends. */
void *arena_alloc(struct arena *arena, size_t size);

/* A NUL-terminated copy of @length characters. */
char *arena_copy(struct arena *arena, const char *text, size_t length);

char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

void arena_free(struct arena *arena);

/* realloc() for an array of @count elements of @size bytes; never NULL. */
void *grow_array(void *array, size_t count, size_t size);

/*
 * Room for one more than @count elements of @size bytes: the array, moved where it was full.
 * *@capacity is what it has room for, 0 for the NULL that an array begins as; it doubles, so
 * that as many calls as there are elements cost linear time.  Never NULL.
 */
void *array_room(void *array, size_t count, size_t *capacity, size_t size);

#endif
