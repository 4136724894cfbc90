// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "common/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/die.h"

#define BLOCK_SIZE (64 * 1024)
#define FIRST_ROOM 16	/* elements */

struct arena_block {
	struct arena_block *next;
	max_align_t data[];
};

static void new_block(struct arena *arena, size_t size)
{
	struct arena_block *block = xrealloc(NULL, sizeof(*block) + size);

	block->next = arena->blocks;
	arena->blocks = block;
	arena->size = size;
	arena->used = 0;
}

static void *take(struct arena *arena, size_t size, size_t alignment)
{
	char *result;

	arena->used = (arena->used + alignment - 1) & ~(alignment - 1);
	if (!arena->blocks || arena->used > arena->size || size > arena->size - arena->used)
		new_block(arena, size > BLOCK_SIZE / 4 ? size : BLOCK_SIZE);
	result = (char *)arena->blocks->data + arena->used;
	arena->used += size;
	return result;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(take(arena, size, sizeof(max_align_t)), 0, size);
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
	char *copy = take(arena, length + 1, 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	/* not vsnprintf(): with UBSan's check of it, gcc warns of the null that is checked for */
	char *text = xvasprintf(format, args);
	char *copy = arena_copy(arena, text, strlen(text));

	free(text);
	return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

void arena_free(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
	arena->used = 0;
	arena->size = 0;
}

void *grow_array(void *array, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		die(EXIT_CANNOT_TELL, "out of memory");
	return xrealloc(array, count * size);
}

void *array_room(void *array, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return array;
	if (*capacity > SIZE_MAX / 2)
		die(EXIT_CANNOT_TELL, "out of memory");
	*capacity = *capacity ? *capacity * 2 : FIRST_ROOM;
	return grow_array(array, *capacity, size);
}
