/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FNV-1a of 64 bits, to tell contents apart that are not made to collide. */
#ifndef COMMON_HASH_H
#define COMMON_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START	0xcbf29ce484222325u

/* The hash of what @hash is of, or HASH_START of nothing, and @size bytes after it. */
static inline uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3u;
	return hash;
}

#endif
