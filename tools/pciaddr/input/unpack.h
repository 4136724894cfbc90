/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of a file, unpacked if it is packed by gzip, xz or zstd: what it is, its first
 * bytes say.  What comes out is bounded, and so is the memory for it, whatever the file holds.
 */
#ifndef PCIADDR_INPUT_UNPACK_H
#define PCIADDR_INPUT_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* lspci's text of 60,000 functions has 50 MB. */
#define UNPACKED_MAX (256ull * 1024 * 1024)

/* A dictionary of more than this is refused: xz -9 needs 65 MiB, zstd -19 8 MiB. */
#define UNPACK_MEMORY_MAX (128ull * 1024 * 1024)

struct unpack;

/* From a file descriptor, which stays the caller's. */
struct unpack *unpack_open(int fd);

/* From memory, which must stay. */
struct unpack *unpack_open_memory(const void *data, size_t length);

/* As read(): 0 at the end, -1 after an error, which unpack_error() then tells. */
ssize_t unpack_read(struct unpack *unpack, void *buffer, size_t size);

/* Why it ended before its time, or NULL.  What was read until then is good. */
const char *unpack_error(const struct unpack *unpack);

/* "gzip", ..., or NULL if the file is not packed; known after the first unpack_read(). */
const char *unpack_name(const struct unpack *unpack);

void unpack_close(struct unpack *unpack);

#endif
