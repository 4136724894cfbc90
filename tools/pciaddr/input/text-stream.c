// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/text-stream.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/die.h"
#include "pciaddr/input/clean.h"
#include "pciaddr/input/encoding.h"
#include "pciaddr/input/transfer-encoding.h"

/*
 * The file is read in pieces: a dump of 60,000 functions has 50 MB, of which a third is kept.
 * A line that does not fit into a piece is none of lspci's, and is given on in parts.
 */
#define PIECE (256 * 1024)

struct text_stream {
	text_stream_feed *feed;
	void *context;
	enum encoding encoding;
	size_t raw_used;	/* half a character of UTF-16 */
	size_t used;		/* the beginning of a line */
	uint64_t fed;
	bool tags;		/* it began as a web page does */
	struct mail mail;
	uint8_t raw[PIECE];
	char text[2 * PIECE];
};

/* POSIX.1-2017, pax: "ustar" in the header of each member; also inside what was packed. */
static bool is_tar(const struct text_stream *stream)
{
	static const char magic[] = "ustar";
	const size_t offset = 257;

	return !stream->fed && stream->used >= offset + strlen(magic) &&
		!memcmp(stream->text + offset, magic, strlen(magic));
}

static void feed_clean(struct text_stream *stream, size_t length)
{
	size_t undone = mail_undo(&stream->mail, stream->text, length);

	if (!stream->fed)
		stream->tags = text_has_tags(stream->text, undone);
	if (undone)
		stream->feed(stream->context, stream->text,
			     clean_text(stream->text, undone, stream->tags));
	stream->fed += length;
}

/* The last line feed that ends a line; NULL: none. */
static const char *last_line_end(const struct text_stream *stream)
{
	const char *feed = memrchr(stream->text, '\n', stream->used);

	while (feed && mail_line_goes_on(stream->text, feed))
		feed = memrchr(stream->text, '\n', (size_t)(feed - stream->text));
	return feed;
}

static void feed_whole_lines(struct text_stream *stream, bool last)
{
	const char *feed = last_line_end(stream);
	size_t whole = last || (!feed && stream->used >= PIECE) ? stream->used :
		feed ? (size_t)(feed + 1 - stream->text) : 0;
	char *rest = stream->text + whole;

	/* what is cleaned moves forward only within what is fed */
	feed_clean(stream, whole);
	memmove(stream->text, rest, stream->used - whole);
	stream->used -= whole;
}

/* Into the text itself, once it is known that nothing is to be converted. */
static ssize_t read_bytes(struct text_stream *stream, struct unpack *unpack)
{
	ssize_t count = unpack_read(unpack, (uint8_t *)stream->text + stream->used, PIECE / 2);

	if (count > 0)
		stream->used += (size_t)count;
	return count;
}

static void take_raw(struct text_stream *stream, size_t count, bool last)
{
	size_t taken, mark = 0, put;

	stream->raw_used += count;
	if (stream->encoding == ENCODING_UNKNOWN) {
		stream->encoding = encoding_guess(stream->raw, stream->raw_used, &mark);
		stream->raw_used -= mark;
		memmove(stream->raw, stream->raw + mark, stream->raw_used);
	}
	if (stream->encoding == ENCODING_BYTES) {
		memcpy(stream->text + stream->used, stream->raw, stream->raw_used);
		stream->used += stream->raw_used;
		stream->raw_used = 0;
		return;
	}
	taken = encoding_convert(stream->encoding, stream->raw, stream->raw_used, last,
				 stream->text + stream->used, &put);
	stream->used += put;
	stream->raw_used -= taken;
	memmove(stream->raw, stream->raw + taken, stream->raw_used);
}

static void tell_mail(struct machine *machine, const char *name, const struct mail *mail)
{
	if (mail->quoted_line)
		machine_warn_of_source(machine, "%s:%" PRIu32 ": quoted-printable of a mail is "
				       "undone from here on; lines are numbered as they are then",
				       name, mail->quoted_line);
	if (!mail->base64_line)
		return;
	machine->encoded_part = "a part of a mail in base64, which is not read; save this text or "
		"attachment from the mail program, and give that file";
	machine_warn_of_source(machine, "%s:%" PRIu32 ": %s", name, mail->base64_line,
			       machine->encoded_part);
}

void text_stream_read(struct machine *machine, const char *name, struct unpack *unpack,
		      text_stream_feed *feed, void *context)
{
	struct text_stream *stream = xcalloc(1, sizeof(*stream));
	ssize_t count;

	stream->feed = feed;
	stream->context = context;
	do {
		if (stream->encoding == ENCODING_BYTES) {
			count = read_bytes(stream, unpack);
		} else {
			/* half a piece of UTF-16 can be three quarters of a piece of UTF-8 */
			count = unpack_read(unpack, stream->raw + stream->raw_used,
					    PIECE / 2 - stream->raw_used);
			take_raw(stream, count < 0 ? 0 : (size_t)count, count <= 0);
		}
		if (is_tar(stream)) {
			machine_fail(machine, EXIT_USAGE, "%s: a tar archive; unpack it first (tar -xf), "
				     "and give the file with lspci's text, or the directory", name);
			break;
		}
		/* enough at once to tell what it is, however little a pipe gives */
		if (count <= 0 || stream->used >= PIECE / 4)
			feed_whole_lines(stream, count <= 0);
	} while (count > 0);
	if (count < 0 && stream->fed)
		machine_warn_of_source(machine, "%s: %s", name, unpack_error(unpack));
	else if (count < 0)
		machine_fail(machine, EXIT_USAGE, "%s: %s", name, unpack_error(unpack));
	tell_mail(machine, name, &stream->mail);
	if (unpack_name(unpack))
		machine_tell(machine, "%s: unpacked (%s)", name, unpack_name(unpack));
	if (encoding_name(stream->encoding))
		machine_tell(machine, "%s: read as %s", name, encoding_name(stream->encoding));
	free(stream);
}

void text_stream_read_file(struct machine *machine, const char *name, const char *path,
			   text_stream_feed *feed, void *context)
{
	bool standard_input = !strcmp(path, "-");
	int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct unpack *unpack;

	if (fd < 0) {
		machine_fail(machine, EXIT_USAGE, "%s: %s", name, strerror(errno));
		return;
	}
	unpack = unpack_open(fd);
	text_stream_read(machine, name, unpack, feed, context);
	unpack_close(unpack);
	if (!standard_input)
		close(fd);
}

struct whole {
	char *text;
	size_t length;
	size_t size;
};

static void add_to_whole(void *context, char *text, size_t length)
{
	struct whole *whole = context;

	if (whole->size - whole->length <= length) {
		whole->size = (whole->length + length) * 2 + 1;
		whole->text = xrealloc(whole->text, whole->size);
	}
	memcpy(whole->text + whole->length, text, length);
	whole->length += length;
	whole->text[whole->length] = '\0';
}

char *text_stream_read_whole(struct machine *machine, const char *name, const char *path,
			     size_t *length)
{
	struct whole whole = { .text = xcalloc(1, 1), .size = 1 };

	text_stream_read_file(machine, name, path, add_to_whole, &whole);
	*length = whole.length;
	if (machine->error) {
		free(whole.text);
		return NULL;
	}
	return whole.text;
}
