/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the readers of a line's prefixes share: a place in the line, and what is taken there. */
#ifndef PCIADDR_INPUT_CURSOR_H
#define PCIADDR_INPUT_CURSOR_H

#include <ctype.h>
#include <stdbool.h>

/* A reader of text that is not NUL-terminated; past the end it reads as 0. */
struct cursor {
	const char *next;
	const char *end;
};

static inline char peek(const struct cursor *cursor)
{
	return cursor->next < cursor->end ? *cursor->next : '\0';
}

static inline bool take(struct cursor *cursor, char wanted)
{
	if (peek(cursor) != wanted || cursor->next == cursor->end)
		return false;
	cursor->next++;
	return true;
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline unsigned int take_digits(struct cursor *cursor)
{
	unsigned int count = 0;

	while (is_digit(peek(cursor))) {
		cursor->next++;
		count++;
	}
	return count;
}

static inline unsigned int take_blanks(struct cursor *cursor)
{
	unsigned int count = 0;

	while (peek(cursor) == ' ') {
		cursor->next++;
		count++;
	}
	return count;
}

/* A blank, or nothing: an empty line has lost it. */
static inline bool take_end(struct cursor *cursor)
{
	return take(cursor, ' ') || cursor->next == cursor->end;
}

/* A word up to the next blank; 0 for none, and for one with a colon, which no host has. */
static inline unsigned int take_host(struct cursor *cursor)
{
	unsigned int count = 0;

	while (cursor->next < cursor->end && *cursor->next != ' ' && *cursor->next != '\t') {
		if (*cursor->next == ':')
			return 0;
		cursor->next++;
		count++;
	}
	return count;
}

/* "10:00:01" with or without a fraction */
static inline bool take_time(struct cursor *cursor)
{
	struct cursor at = *cursor;

	if (take_digits(&at) != 2 || !take(&at, ':') || take_digits(&at) != 2 ||
	    !take(&at, ':') || take_digits(&at) != 2)
		return false;
	if ((peek(&at) == '.' || peek(&at) == ',') && at.next + 1 < at.end &&
	    is_digit(at.next[1])) {
		at.next++;
		take_digits(&at);
	}
	*cursor = at;
	return true;
}

static inline bool take_letters(struct cursor *cursor, unsigned int most)
{
	unsigned int count = 0;

	while (isalpha((unsigned char)peek(cursor))) {
		cursor->next++;
		count++;
	}
	return count && count <= most;
}

/* "2025-03-18T10:00:01+01:00 ", "2025-03-18 10:00:01,123 " */
static inline bool take_iso_time(struct cursor *cursor)
{
	struct cursor at = *cursor;

	if (take_digits(&at) != 4 || !take(&at, '-') || take_digits(&at) != 2 ||
	    !take(&at, '-') || take_digits(&at) != 2 || (!take(&at, 'T') && !take(&at, ' ')) ||
	    !take_time(&at))
		return false;
	if (take(&at, '+') || take(&at, '-')) {
		take_digits(&at);
		if (take(&at, ':'))
			take_digits(&at);
	} else {
		take(&at, 'Z');
	}
	if (!take_end(&at))
		return false;
	*cursor = at;
	return true;
}

#endif
