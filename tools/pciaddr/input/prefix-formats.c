// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/prefix-formats.h"

#include <string.h>

static bool begins(const char *text, const char *end, const char *word)
{
	return (size_t)(end - text) >= strlen(word) && !memcmp(text, word, strlen(word));
}

/* systemd.journal-fields(7): "PRIORITY=6", "_BOOT_ID=...", "__CURSOR=..." */
static bool is_field(const char *name, size_t length)
{
	static const char *const names[] = {
		"PRIORITY", "SYSLOG_FACILITY", "SYSLOG_IDENTIFIER", "SYSLOG_PID",
		"SYSLOG_TIMESTAMP", "SYSLOG_RAW", "CODE_FILE", "CODE_LINE", "CODE_FUNC",
		"MESSAGE_ID",
	};

	if (length > 1 && name[0] == '_' && (name[1] == '_' || isupper((unsigned char)name[1])))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (length == strlen(names[i]) && !memcmp(name, names[i], length))
			return true;
	return false;
}

static size_t name_length(const char *text, const char *end)
{
	size_t length = 0;

	while (text + length < end && (isupper((unsigned char)text[length]) || text[length] == '_'))
		length++;
	return length;
}

/* A string of JSON, behind its first quote: where it ends, or NULL. */
static const char *string_end(const char *text, const char *end)
{
	for (; text < end && *text != '"'; text++)
		if (*text == '\\')
			text++;
	return text < end ? text : NULL;
}

static const char *skip(const char *text, const char *end, const char *characters)
{
	while (text < end && *text && strchr(characters, *text))
		text++;
	return text;
}

/* {"__CURSOR":"...","MESSAGE":"..."}, or one of the fields on a line of its own */
static bool take_json(struct line *line, const char *at, const char *end)
{
	const char *close;
	bool any = false;

	for (at = skip(at, end, " \t{"); at < end && *at == '"'; at = skip(at, end, " \t,")) {
		const char *name = at + 1;
		size_t length = name_length(name, end);

		close = string_end(name, end);
		if (!close)
			return false;
		any |= is_field(name, length);
		at = skip(close + 1, end, " \t:");
		if (at == end || *at != '"') {
			/* null, or an array of bytes */
			while (at < end && *at != '"' && *at != '}')
				at++;
			continue;
		}
		close = string_end(at + 1, end);
		if (!close)
			return false;
		if (length == strlen("MESSAGE") && !memcmp(name, "MESSAGE", length)) {
			*line = (struct line) { at + 1, (size_t)(close - at - 1) };
			return true;
		}
		at = close + 1;
	}
	if (any)
		line->length = 0;
	return any;
}

bool take_journal_field(struct line *line)
{
	static const char message[] = "MESSAGE=";
	const char *end = line->text + line->length;
	const char *at = skip(line->text, end, " \t");
	size_t length;

	if (begins(at, end, message)) {
		at += strlen(message);
		*line = (struct line) { at, (size_t)(end - at) };
		return true;
	}
	length = name_length(at, end);
	if (length && at + length < end && at[length] == '=' && is_field(at, length)) {
		line->length = 0;
		return true;
	}
	if (begins(at, end, "data: "))
		at += strlen("data: ");
	/* json-pretty has each brace on a line of its own */
	if (at < end && skip(at, end, "{} \t,") == end) {
		line->length = 0;
		return true;
	}
	if (at == end || (*at != '{' && *at != '"'))
		return false;
	return take_json(line, at, end);
}

static bool take_word(struct cursor *cursor)
{
	const char *begin = cursor->next;

	while (cursor->next < cursor->end && *cursor->next > ' ')
		cursor->next++;
	return cursor->next > begin && take_end(cursor);
}

/* "-", or elements as "[timeQuality tzKnown="1"]" */
static bool take_structured_data(struct cursor *cursor)
{
	if (take(cursor, '-'))
		return take_end(cursor);
	while (peek(cursor) == '[') {
		const char *close = memchr(cursor->next, ']', (size_t)(cursor->end - cursor->next));

		if (!close)
			return false;
		cursor->next = close + 1;
	}
	return take_end(cursor);
}

bool take_rfc5424(struct cursor *cursor)
{
	struct cursor at = *cursor;

	if (take_digits(&at) != 1 || !take(&at, ' ') || !take_iso_time(&at) || !take_word(&at) ||
	    !take_word(&at) || !take_word(&at) || !take_word(&at) || !take_structured_data(&at))
		return false;
	*cursor = at;
	return true;
}

bool take_full_time(struct cursor *cursor)
{
	struct cursor at = *cursor, zone;
	unsigned int letters = 0;

	for (; isalpha((unsigned char)peek(&at)) || (unsigned char)peek(&at) & 0x80; letters++)
		at.next++;
	if (letters < 2 || letters > 16 || !take(&at, ' ') || !take_iso_time(&at))
		return false;
	/* "CET", or "+03" where it has no name */
	zone = at;
	if (take(&zone, '+') || take(&zone, '-') ? take_digits(&zone) && take_end(&zone) :
	    take_letters(&zone, 5) && take_end(&zone))
		at = zone;
	*cursor = at;
	return true;
}

bool take_logcat(struct cursor *cursor)
{
	struct cursor at = *cursor;
	unsigned int digits = take_digits(&at);

	if (!digits || !take(&at, '-') || take_digits(&at) != 2)
		return false;
	if (digits == 4 && (!take(&at, '-') || take_digits(&at) != 2))
		return false;
	if (!take_blanks(&at) || !take_time(&at) || !take_blanks(&at) || !take_digits(&at) ||
	    !take_blanks(&at) || !take_digits(&at) || !take_blanks(&at) || !take_letters(&at, 1) ||
	    !take(&at, ' '))
		return false;
	while (at.next < at.end && (isalnum((unsigned char)*at.next) || strchr("_-. ", *at.next)))
		at.next++;
	if (!take(&at, ':') || !take_end(&at))
		return false;
	*cursor = at;
	return true;
}

bool take_vendor_caller(struct cursor *cursor)
{
	struct cursor at = *cursor;
	bool letter = false;

	take_blanks(&at);
	if (take(&at, '<') && (!take_digits(&at) || !take(&at, '>')))
		return false;
	take_blanks(&at);
	/* of the kernel's state, or the level: ".", "-", "I" */
	if (peek(&at) && (strchr(".-", peek(&at)) || isupper((unsigned char)peek(&at))))
		at.next++;
	if (take(&at, '(') && (!take_digits(&at) || !take(&at, ')')))
		return false;
	if (!take(&at, '['))
		return false;
	take_blanks(&at);
	if (!take_digits(&at) || !take(&at, ':'))
		return false;
	for (; at.next < at.end && *at.next != ']'; at.next++) {
		letter = letter || isalpha((unsigned char)*at.next);
		if (!isalnum((unsigned char)*at.next) && !strchr(" /:_.-", *at.next))
			return false;
	}
	if (!letter || !take(&at, ']'))
		return false;
	take(&at, ' ');
	*cursor = at;
	return true;
}
