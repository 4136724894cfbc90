// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/transfer-encoding.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/numbers.h"

/* RFC 2045, 6.7 (5) has at most 76 in a line; what is far shorter was not broken for that */
#define BROKEN_COLUMNS 40

/* What is "=" in the text, and what might be quoted-printable in it */
struct signs {
	size_t ends;		/* "=", "=20" or "=0D" at the end of a line */
	size_t characters;	/* "=A0" */
	size_t equals;		/* "=3D", one of these */
	size_t others;		/* which quoted-printable does not have */
};

static const char *line_end(const char *text, const char *end)
{
	const char *feed = memchr(text, '\n', (size_t)(end - text));

	return feed ? feed : end;
}

/* The end of the line without the blanks that a mail program may have added there */
static const char *without_blanks(const char *text, const char *end)
{
	while (end > text && strchr(" \t\r", end[-1]))
		end--;
	return end;
}

/* "=3D" and its like; "[size=32]" is none: letters and digits need it not, save the F of "From". */
static bool is_character(const char *text, const char *end)
{
	int byte = end - text >= 3 ? hex_byte(text + 1) : -1;

	if (byte < 0 || islower((unsigned char)text[1]) || islower((unsigned char)text[2]))
		return false;
	return byte == 'F' || byte == '\t' || byte == '\n' || byte == '\r' ||
		(byte >= ' ' && (byte > '~' || !isalnum(byte)));
}

bool mail_line_goes_on(const char *text, const char *feed)
{
	const char *begin = feed;

	while (begin > text && begin[-1] != '\n')
		begin--;
	feed = without_blanks(begin, feed);
	if (feed == begin || feed[-1] != '=')
		return false;
	/* "=0A=": the text's own line feed is before it */
	return feed - begin < 4 || (memcmp(feed - 4, "=0A", 3) && memcmp(feed - 4, "=0D", 3));
}

static struct signs count_signs(const char *text, const char *end)
{
	struct signs signs = { 0 };

	for (const char *at = text; (at = memchr(at, '=', (size_t)(end - at))); at++) {
		const char *feed = line_end(at, end), *begin = at;

		if (is_character(at, end)) {
			signs.characters++;
			signs.equals += !memcmp(at, "=3D", 3);
			signs.ends += at + 3 == feed && (!memcmp(at, "=0D", 3) ||
							 !memcmp(at, "=20", 3));
		} else if (feed < end && without_blanks(at + 1, feed) == at + 1) {
			while (begin > text && begin[-1] != '\n' && at - begin < BROKEN_COLUMNS)
				begin--;
			if (at - begin >= BROKEN_COLUMNS || !mail_line_goes_on(text, feed))
				signs.ends++;
			else
				signs.others++;
		} else {
			signs.others++;
		}
	}
	return signs;
}

/* A part of a mail, without its header */
static bool looks_quoted(const char *text, const char *end)
{
	struct signs signs = count_signs(text, end);

	if (!signs.others)
		return signs.ends && signs.ends + signs.characters > 1;
	/* with text that was added later */
	return signs.ends && signs.equals && signs.others < signs.ends + signs.characters;
}

/* "Name:" in front of the line, in any case: what follows it, or NULL. */
static const char *header_value(const char *line, const char *end, const char *name)
{
	size_t length = strlen(name);

	if ((size_t)(end - line) <= length || line[length] != ':' ||
	    strncasecmp(line, name, length))
		return NULL;
	for (line += length + 1; line < end && (*line == ' ' || *line == '\t'); line++)
		;
	return line;
}

static bool is_word(const char *text, const char *end, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(end - text) >= length && !strncasecmp(text, word, length) &&
		((size_t)(end - text) == length || !isalnum((unsigned char)text[length]));
}

static const char transfer_header[] = "Content-Transfer-Encoding";

/* A mail as a whole, or somewhere in what was pasted: one of these is in each. */
static bool find_headers(const char *text, const char *end)
{
	static const char *const names[] = { transfer_header, "MIME-Version", "Message-ID" };

	for (const char *line = text; line < end; line = line_end(line, end) + 1)
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (header_value(line, line_end(line, end), names[i]))
				return true;
	return false;
}

/* "Content-Type: multipart/mixed; boundary="...", which may be on a line of its own" */
static void take_boundary(struct mail *mail, const char *line, const char *end)
{
	static const char word[] = "boundary=";
	char *boundary = mail->boundaries[mail->boundary_count % MAIL_BOUNDARIES];
	size_t length = 0;
	bool quote;

	for (; line + strlen(word) < end; line++)
		if (!strncasecmp(line, word, strlen(word)))
			break;
	line += strlen(word);
	if (line >= end)
		return;
	quote = *line == '"';
	for (line += quote; line < end && length < MAIL_BOUNDARY_MAX &&
	     !strchr(quote ? "\"" : " \t;", *line); line++)
		boundary[length++] = *line;
	boundary[length] = '\0';
	if (length)
		mail->boundary_count++;
}

/* "--BOUNDARY", "--BOUNDARY--" */
static bool is_boundary(const struct mail *mail, const char *line, const char *end)
{
	if (end - line < 3 || line[0] != '-' || line[1] != '-')
		return false;
	for (unsigned int i = 0; i < MAIL_BOUNDARIES; i++) {
		size_t length = strlen(mail->boundaries[i]);

		if (length && (size_t)(end - line) >= length + 2 &&
		    !memcmp(line + 2, mail->boundaries[i], length))
			return true;
	}
	return false;
}

/* "From git@z Thu Jan  1 00:00:00 1970", with which a mailbox begins each mail */
static bool is_mailbox_line(const struct mail *mail, const char *line, const char *end)
{
	return (mail->after_blank || mail->number == 1) && end - line > 20 &&
		!memcmp(line, "From ", 5) && isdigit((unsigned char)end[-1]) &&
		memchr(line, ':', (size_t)(end - line));
}

/* A line that says what the lines after it are; false: it is one of the text. */
static bool read_structure(struct mail *mail, const char *line, const char *end)
{
	const char *value = header_value(line, end, transfer_header);

	if (is_mailbox_line(mail, line, end) || is_boundary(mail, line, end)) {
		mail->in_header = true;
		mail->picture = false;
		mail->encoding = TRANSFER_PLAIN;
		return true;
	}
	if (value) {
		mail->in_header = true;
		mail->encoding = is_word(value, end, "quoted-printable") ? TRANSFER_QUOTED :
			is_word(value, end, "base64") ? TRANSFER_BASE64 : TRANSFER_PLAIN;
		return true;
	}
	if (!mail->in_header)
		return false;
	value = header_value(line, end, "Content-Type");
	if (value)
		mail->picture = is_word(value, end, "image") || is_word(value, end, "audio") ||
			is_word(value, end, "video");
	take_boundary(mail, line, end);
	if (line == end) {
		mail->in_header = false;
		mail->undecided = mail->encoding != TRANSFER_PLAIN;
	}
	return true;
}

static bool is_base64_line(const char *line, const char *end)
{
	if (line == end || (end - line) % 4)
		return false;
	for (; line < end; line++)
		if (!isalnum((unsigned char)*line) && !strchr("+/=", *line))
			return false;
	return true;
}

/* A text may have been decoded and saved with its header, which says how it was before. */
static void decide(struct mail *mail, const char *line, const char *end)
{
	const char *part_end = line;
	struct signs signs;

	mail->undecided = false;
	if (mail->encoding == TRANSFER_BASE64) {
		if (!is_base64_line(line, without_blanks(line, line_end(line, end))))
			mail->encoding = TRANSFER_PLAIN;
		return;
	}
	while (part_end < end && !is_boundary(mail, part_end, line_end(part_end, end)))
		part_end = line_end(part_end, end) + (line_end(part_end, end) < end);
	signs = count_signs(line, part_end);
	/* in quoted-printable each "=" of the text itself is "=3D" */
	if (signs.others > signs.equals + signs.ends)
		mail->encoding = TRANSFER_PLAIN;
}

/* One line, to @out, which is never behind it; returns how long it is then. */
static size_t undo_quoted(struct mail *mail, char *out, const char *line, const char *feed,
			  bool whole)
{
	const char *end = without_blanks(line, feed);
	bool soft = whole && end > line && end[-1] == '=';
	bool changed = soft;
	char *begin = out;

	end -= soft;
	while (line < end) {
		int byte = *line == '=' && end - line >= 3 ? hex_byte(line + 1) : -1;

		/* what acts on a terminal stays as it is */
		if (byte >= ' ' || byte == '\t' || byte == '\n' || byte == '\r') {
			*out++ = (char)byte;
			line += 3;
			changed = true;
		} else {
			*out++ = *line++;
		}
	}
	if (whole && !soft)
		*out++ = '\n';
	if (changed && !mail->quoted_line)
		mail->quoted_line = mail->number;
	return (size_t)(out - begin);
}

/* "Received: ...": a word and a colon */
static bool is_header_line(const char *line, const char *end)
{
	const char *begin = line;

	while (line < end && (isalpha((unsigned char)*line) || *line == '-'))
		line++;
	return line > begin && line < end && *line == ':';
}

static void begin_text(struct mail *mail, const char *text, size_t length)
{
	mail->begun = true;
	mail->has_headers = find_headers(text, text + length);
	mail->in_header = mail->has_headers && is_header_line(text, line_end(text, text + length));
	if (!mail->has_headers && looks_quoted(text, text + length))
		mail->encoding = TRANSFER_QUOTED;
}

size_t mail_undo(struct mail *mail, char *text, size_t length)
{
	const char *end = text + length, *line = text, *next;
	char *out = text;

	if (!mail->begun && length)
		begin_text(mail, text, length);
	if (!mail->has_headers && mail->encoding == TRANSFER_PLAIN)
		return length;
	for (; line < end; line = next) {
		const char *feed = line_end(line, end), *bare = without_blanks(line, feed);
		bool whole = feed < end, blank = bare == line;

		next = feed + whole;
		mail->number++;
		if (mail->undecided && !blank)
			decide(mail, line, end);
		if (mail->has_headers && read_structure(mail, line, bare)) {
			;
		} else if (mail->encoding == TRANSFER_QUOTED) {
			mail->after_blank = blank;
			out += undo_quoted(mail, out, line, feed, whole);
			continue;
		} else if (mail->encoding == TRANSFER_BASE64 && is_base64_line(line, bare)) {
			if (!mail->base64_line && !mail->picture)
				mail->base64_line = mail->number;
			line = feed;
		}
		mail->after_blank = blank;
		memmove(out, line, (size_t)(next - line));
		out += next - line;
	}
	return (size_t)(out - text);
}
