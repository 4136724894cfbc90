// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "common/alloc.h"

#define INPUT_SIZE (64 * 1024)
#define FIRST_INPUT 4096	/* has any magic; the rest may need no copy */

struct packing;

struct unpack {
	int fd;				/* -1: from memory */
	const uint8_t *memory;
	size_t memory_left;
	const struct packing *packing;	/* NULL: not looked at yet */
	const char *error;
	uint64_t produced;
	bool input_ended;
	bool between;			/* one packed stream has ended; another may follow */
	size_t next;			/* of input[] */
	size_t end;
	z_stream gzip;
	lzma_stream xz;
	ZSTD_DStream *zstd;
	uint8_t input[];		/* INPUT_SIZE */
};

/*
 * One kind of packed file.  @step unpacks from input[] into @buffer and returns how many bytes
 * came out; it may set error, or between when a stream has ended.
 */
struct packing {
	const char *name;
	const char *magic;
	size_t magic_length;
	bool (*start)(struct unpack *unpack);
	size_t (*step)(struct unpack *unpack, uint8_t *buffer, size_t size);
	void (*stop)(struct unpack *unpack);
};

static const char damaged[] = "the packed data are damaged; what came before counts";
static const char needs_memory[] = "unpacking it needs too much memory";

static bool start_gzip(struct unpack *unpack)
{
	/* 15: the largest window, 16: gzip's header */
	return inflateInit2(&unpack->gzip, 15 + 16) == Z_OK;
}

static size_t step_gzip(struct unpack *unpack, uint8_t *buffer, size_t size)
{
	z_stream *stream = &unpack->gzip;
	int result;

	if (unpack->between) {
		inflateReset(stream);
		unpack->between = false;
	}
	stream->next_in = unpack->input + unpack->next;
	stream->avail_in = (uInt)(unpack->end - unpack->next);
	stream->next_out = buffer;
	stream->avail_out = (uInt)size;
	result = inflate(stream, Z_NO_FLUSH);
	unpack->next = unpack->end - stream->avail_in;
	if (result == Z_STREAM_END)
		unpack->between = true;
	else if (result != Z_OK && result != Z_BUF_ERROR)
		unpack->error = damaged;
	return size - stream->avail_out;
}

static void stop_gzip(struct unpack *unpack)
{
	inflateEnd(&unpack->gzip);
}

static bool start_xz(struct unpack *unpack)
{
	unpack->xz = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_stream_decoder(&unpack->xz, UNPACK_MEMORY_MAX, 0) == LZMA_OK;
}

static size_t step_xz(struct unpack *unpack, uint8_t *buffer, size_t size)
{
	lzma_stream *stream = &unpack->xz;
	lzma_ret result;

	if (unpack->between) {
		lzma_end(stream);
		unpack->between = false;
		if (!start_xz(unpack)) {
			unpack->error = needs_memory;
			return 0;
		}
	}
	stream->next_in = unpack->input + unpack->next;
	stream->avail_in = unpack->end - unpack->next;
	stream->next_out = buffer;
	stream->avail_out = size;
	result = lzma_code(stream, LZMA_RUN);
	unpack->next = unpack->end - stream->avail_in;
	if (result == LZMA_STREAM_END)
		unpack->between = true;
	else if (result == LZMA_MEMLIMIT_ERROR || result == LZMA_MEM_ERROR)
		unpack->error = needs_memory;
	else if (result != LZMA_OK && result != LZMA_BUF_ERROR)
		unpack->error = damaged;
	return size - stream->avail_out;
}

static void stop_xz(struct unpack *unpack)
{
	lzma_end(&unpack->xz);
}

static bool start_zstd(struct unpack *unpack)
{
	unpack->zstd = ZSTD_createDStream();
	return unpack->zstd &&
		!ZSTD_isError(ZSTD_DCtx_setParameter(unpack->zstd, ZSTD_d_windowLogMax, 27));
}

static size_t step_zstd(struct unpack *unpack, uint8_t *buffer, size_t size)
{
	ZSTD_inBuffer in = { unpack->input, unpack->end, unpack->next };
	ZSTD_outBuffer out = { buffer, size, 0 };
	size_t result;

	unpack->between = false;
	result = ZSTD_decompressStream(unpack->zstd, &out, &in);
	unpack->next = in.pos;
	if (ZSTD_isError(result))
		unpack->error = damaged;
	else if (!result)
		unpack->between = true;
	return out.pos;
}

static void stop_zstd(struct unpack *unpack)
{
	ZSTD_freeDStream(unpack->zstd);
}

/* As read(); at the end, and after an error, which it notes, it returns 0. */
static size_t take_input(struct unpack *unpack, void *buffer, size_t size)
{
	ssize_t count;

	if (unpack->input_ended)
		return 0;
	if (unpack->fd < 0) {
		count = (ssize_t)(size < unpack->memory_left ? size : unpack->memory_left);
		memcpy(buffer, unpack->memory, (size_t)count);
		unpack->memory += count;
		unpack->memory_left -= (size_t)count;
	} else {
		do {
			count = read(unpack->fd, buffer, size);
		} while (count < 0 && errno == EINTR);
	}
	if (count < 0)
		unpack->error = strerror(errno);
	if (count <= 0)
		unpack->input_ended = true;
	return count > 0 ? (size_t)count : 0;
}

/* Not packed at all: only what the kind was told by comes from input[]. */
static bool start_plain(struct unpack *unpack)
{
	unpack->between = true;
	return true;
}

static size_t step_plain(struct unpack *unpack, uint8_t *buffer, size_t size)
{
	size_t count = unpack->end - unpack->next;

	if (!count)
		return take_input(unpack, buffer, size);
	if (count > size)
		count = size;
	memcpy(buffer, unpack->input + unpack->next, count);
	unpack->next += count;
	return count;
}

static void stop_plain(struct unpack *unpack)
{
	(void)unpack;
}

static const struct packing packings[] = {
	{ "gzip", "\x1f\x8b", 2, start_gzip, step_gzip, stop_gzip },
	{ "xz", "\xfd\x37zXZ\0", 6, start_xz, step_xz, stop_xz },
	{ "zstd", "\x28\xb5\x2f\xfd", 4, start_zstd, step_zstd, stop_zstd },
};

static const struct packing plain = { NULL, "", 0, start_plain, step_plain, stop_plain };

/* What is known by its first bytes, and not unpacked here. */
static const struct {
	const char *magic;
	size_t length;
	const char *error;
} refused[] = {
	{ "BZh", 3, "packed by bzip2; unpack it first (bzip2 -d)" },
	{ "PK\x03\x04", 4, "a zip archive; unpack it first (unzip)" },
	{ "7z\xbc\xaf\x27\x1c", 6, "a 7z archive; unpack it first (7z x)" },
	{ "\x89PNG", 4, "a picture; expected text" },
	{ "\xff\xd8\xff", 3, "a picture; expected text" },
	{ "%PDF", 4, "a PDF document; expected text" },
};

static struct unpack *new_unpack(int fd, const void *data, size_t length)
{
	struct unpack *unpack = xrealloc(NULL, sizeof(*unpack) + INPUT_SIZE);

	*unpack = (struct unpack) { .fd = fd, .memory = data, .memory_left = length };
	return unpack;
}

struct unpack *unpack_open(int fd)
{
	return new_unpack(fd, NULL, 0);
}

struct unpack *unpack_open_memory(const void *data, size_t length)
{
	return new_unpack(-1, data, length);
}

static void fill(struct unpack *unpack, size_t size)
{
	if (unpack->next == unpack->end) {
		unpack->next = 0;
		unpack->end = 0;
	}
	if (size > INPUT_SIZE - unpack->end)
		size = INPUT_SIZE - unpack->end;
	unpack->end += take_input(unpack, unpack->input + unpack->end, size);
}

static bool begins_with(const struct unpack *unpack, const char *magic, size_t length)
{
	return unpack->end >= length && !memcmp(unpack->input, magic, length);
}

static void look_at_magic(struct unpack *unpack)
{
	while (unpack->end < 16 && !unpack->input_ended)
		fill(unpack, FIRST_INPUT);
	unpack->packing = &plain;
	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++)
		if (begins_with(unpack, packings[i].magic, packings[i].magic_length))
			unpack->packing = &packings[i];
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (begins_with(unpack, refused[i].magic, refused[i].length))
			unpack->error = refused[i].error;
	if (!unpack->packing->start(unpack))
		unpack->error = needs_memory;
}

ssize_t unpack_read(struct unpack *unpack, void *buffer, size_t size)
{
	if (!unpack->packing)
		look_at_magic(unpack);
	while (!unpack->error) {
		size_t count;

		if (unpack->next == unpack->end && unpack->packing != &plain) {
			fill(unpack, INPUT_SIZE);
			if (unpack->error)
				break;
			if (unpack->next == unpack->end && unpack->between)
				return 0;
		}
		count = unpack->packing->step(unpack, buffer, size);
		unpack->produced += count;
		if (unpack->packing->name && unpack->produced > UNPACKED_MAX)
			unpack->error = "it unpacks to more than 256 MiB; what came before counts";
		if (count)
			return (ssize_t)count;
		if (unpack->input_ended && unpack->next == unpack->end && !unpack->error) {
			if (unpack->between)
				return 0;
			unpack->error = "the packed data are cut off here; what came before counts";
		}
	}
	return -1;
}

const char *unpack_error(const struct unpack *unpack)
{
	return unpack->error;
}

const char *unpack_name(const struct unpack *unpack)
{
	return unpack->packing ? unpack->packing->name : NULL;
}

void unpack_close(struct unpack *unpack)
{
	if (unpack->packing)
		unpack->packing->stop(unpack);
	free(unpack);
}
