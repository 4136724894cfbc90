// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/prefix.h"

#include <ctype.h>
#include <string.h>

/* A reader of text that is not NUL-terminated; past the end it reads as 0. */
struct cursor {
	const char *next;
	const char *end;
};

static char peek(const struct cursor *cursor)
{
	return cursor->next < cursor->end ? *cursor->next : '\0';
}

static bool take(struct cursor *cursor, char wanted)
{
	if (peek(cursor) != wanted || cursor->next == cursor->end)
		return false;
	cursor->next++;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static unsigned int take_digits(struct cursor *cursor)
{
	unsigned int count = 0;

	while (is_digit(peek(cursor))) {
		cursor->next++;
		count++;
	}
	return count;
}

static unsigned int take_blanks(struct cursor *cursor)
{
	unsigned int count = 0;

	while (peek(cursor) == ' ') {
		cursor->next++;
		count++;
	}
	return count;
}

/* A blank, or nothing: an empty line has lost it. */
static bool take_end(struct cursor *cursor)
{
	return take(cursor, ' ') || cursor->next == cursor->end;
}

/* A word up to the next blank; 0 for none, and for one with a colon, which no host has. */
static unsigned int take_host(struct cursor *cursor)
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
static bool take_time(struct cursor *cursor)
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

/* "[    T1]", "[   C0]": the task or the processor that said it */
static bool take_caller(struct cursor *cursor)
{
	struct cursor at = *cursor;

	take_blanks(&at);
	if (!take(&at, '['))
		return false;
	take_blanks(&at);
	if ((!take(&at, 'T') && !take(&at, 'C')) || !take_digits(&at) || !take(&at, ']'))
		return false;
	*cursor = at;
	return true;
}

/* "Feb26 10:50", with which dmesg -H begins each minute: letters, the day, and a time. */
static bool is_human_day(const char *text, const char *end)
{
	struct cursor at = { text, end };
	unsigned int digits;

	while (at.next < end && (isalpha((unsigned char)*at.next) || *at.next & 0x80))
		at.next++;
	if (at.next - text < 2)
		return false;
	take_blanks(&at);
	digits = take_digits(&at);
	return digits >= 1 && digits <= 2 && take(&at, ' ') && take_digits(&at) == 2 &&
		take(&at, ':') && take_digits(&at) == 2 && at.next == end;
}

/*
 * dmesg's "[    0.198415] ", "[    0.1][    T1] ", "[Tue Mar 24 07:10:54 2026] ", "[  +0.000018] ",
 * "[Feb26 10:50] ":
 * brackets with a number or a time in them, and nothing that lspci has in brackets.
 */
static bool take_stamp(struct cursor *cursor)
{
	struct cursor at = *cursor;
	const char *close;
	bool number = false, point = false, other = false, time = false;

	if (!take(&at, '['))
		return false;
	close = memchr(at.next, ']', (size_t)(at.end - at.next));
	if (!close || close - at.next > 48)
		return false;
	for (const char *c = at.next; c < close; c++) {
		struct cursor clock = { c, close };

		if (take_time(&clock))
			time = true;
		if (is_digit(*c))
			number = true;
		else if (*c == '.' || *c == ',')	/* some languages write the second */
			point = true;
		else if (!strchr(" +-<>TC", *c))
			other = true;
	}
	if (!time && (!number || !point || other) && !is_human_day(at.next, close))
		return false;
	at.next = close + 1;
	while (take_caller(&at))
		;
	take(&at, ' ');
	*cursor = at;
	return true;
}

/* "<6>", of dmesg -r, netconsole and the kernel itself; "<30>1 " of RFC 5424 */
static bool take_level(struct cursor *cursor)
{
	struct cursor at = *cursor;
	unsigned int digits;

	if (!take(&at, '<'))
		return false;
	digits = take_digits(&at);
	if (!digits || digits > 3 || !take(&at, '>'))
		return false;
	*cursor = at;
	return true;
}

/* "6,339,5140900,-;", of /dev/kmsg (Documentation/ABI/testing/dev-kmsg) */
static bool take_record(struct cursor *cursor)
{
	struct cursor at = *cursor;

	for (unsigned int field = 0; field < 3; field++)
		if (!take_digits(&at) || !take(&at, ','))
			return false;
	while (at.next < at.end && (isalnum((unsigned char)*at.next) || strchr("-+,=", *at.next)))
		at.next++;
	if (!take(&at, ';'))
		return false;
	*cursor = at;
	return true;
}

/* "kern  :info  : ", of dmesg -x */
static bool take_facility(struct cursor *cursor)
{
	static const char *const facilities[] = { "kern", "user", "daemon", "syslog" };
	struct cursor at = *cursor;

	for (unsigned int i = 0; i < sizeof(facilities) / sizeof(facilities[0]); i++) {
		size_t length = strlen(facilities[i]);

		if ((size_t)(at.end - at.next) <= length || memcmp(at.next, facilities[i], length))
			continue;
		at.next += length;
		take_blanks(&at);
		if (!take(&at, ':'))
			return false;
		while (isalpha((unsigned char)peek(&at)))
			at.next++;
		take_blanks(&at);
		if (!take(&at, ':'))
			return false;
		take(&at, ' ');
		*cursor = at;
		return true;
	}
	return false;
}

/* "kernel: ", "systemd[1]: ", "lspci-at-boot[123]: ": the program that said it */
static bool take_program(struct cursor *cursor)
{
	struct cursor at = *cursor;
	unsigned int length = 0;
	bool number = true;

	while (isalnum((unsigned char)peek(&at)) ||
	       (peek(&at) && strchr("-_./()@", peek(&at)))) {
		number = number && isxdigit((unsigned char)peek(&at));
		at.next++;
		length++;
	}
	/* the offset of a row is no program */
	if (!length || length > 64 || number)
		return false;
	if (take(&at, '[') && (!take_digits(&at) || !take(&at, ']')))
		return false;
	if (!take(&at, ':'))
		return false;
	/* one blank or tab; what follows is the line itself, which may be empty */
	if (!take(&at, '\t') && !take_end(&at))
		return false;
	*cursor = at;
	return true;
}

/* "Feb 21 10:00:01 ", in any language: a short word, a day, a time */
static bool take_syslog_time(struct cursor *cursor)
{
	struct cursor at = *cursor;
	unsigned int month = 0, day;

	while (isalpha((unsigned char)peek(&at)) || ((unsigned char)peek(&at) & 0x80)) {
		at.next++;
		month++;
	}
	take(&at, '.');
	if (month < 2 || month > 8 || !take_blanks(&at))
		return false;
	day = take_digits(&at);
	take(&at, '.');
	if (!day || day > 2 || !take_blanks(&at) || !take_time(&at) || !take_end(&at))
		return false;
	*cursor = at;
	return true;
}

static bool take_letters(struct cursor *cursor, unsigned int most)
{
	unsigned int count = 0;

	while (isalpha((unsigned char)peek(cursor))) {
		cursor->next++;
		count++;
	}
	return count && count <= most;
}

/* "Thu Mar 12 20:49:18 2020 kern.info ", of OpenWrt's logread */
static bool take_logread(struct cursor *cursor)
{
	struct cursor at = *cursor;

	if (!take_letters(&at, 3) || !take_blanks(&at) || !take_letters(&at, 3) ||
	    !take_blanks(&at) || !take_digits(&at) || !take_blanks(&at) || !take_time(&at) ||
	    !take_blanks(&at) || take_digits(&at) != 4 || !take_blanks(&at) ||
	    !take_letters(&at, 8) || !take(&at, '.') || !take_letters(&at, 8) || !take_end(&at))
		return false;
	*cursor = at;
	return true;
}

/* "2025-03-18T10:00:01+01:00 ", "2025-03-18 10:00:01,123 " */
static bool take_iso_time(struct cursor *cursor)
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

/* "1742288401.123456 ", of journalctl -o short-unix */
static bool take_unix_time(struct cursor *cursor)
{
	struct cursor at = *cursor;

	if (take_digits(&at) < 9 || !take(&at, '.') || take_digits(&at) < 3 || !take_end(&at))
		return false;
	*cursor = at;
	return true;
}

/* A time, and then "HOST PROGRAM: ", "PROGRAM: " or nothing. */
static bool take_log_line(struct cursor *cursor)
{
	struct cursor at = *cursor, host;

	if (!take_logread(&at) && !take_syslog_time(&at) && !take_iso_time(&at) &&
	    !take_unix_time(&at))
		return false;
	host = at;
	if (!take_program(&at) && take_host(&host) && take_blanks(&host) && take_program(&host))
		at = host;
	*cursor = at;
	return true;
}

static bool take_kernel(struct cursor *cursor)
{
	struct cursor at = *cursor;
	static const char word[] = "kernel: ";

	if ((size_t)(at.end - at.next) < strlen(word) || memcmp(at.next, word, strlen(word)))
		return false;
	cursor->next += strlen(word);
	return true;
}

/* "host kernel: ", where somebody has cut off the time */
static bool take_host_and_kernel(struct cursor *cursor)
{
	struct cursor at = *cursor;

	if (!take_host(&at) || !take(&at, ' ') || !take_kernel(&at))
		return false;
	*cursor = at;
	return true;
}

/* "0.397495] ", where somebody has cut off what is before it */
static bool take_rest_of_stamp(struct cursor *cursor)
{
	struct cursor at = *cursor;

	if (!take_digits(&at) || !take(&at, '.') || take_digits(&at) != 6 || !take(&at, ']') ||
	    !take_end(&at))
		return false;
	*cursor = at;
	return true;
}

/* "03:09:07,536 DEBUG kernel:", of anaconda's syslog */
static bool take_installer(struct cursor *cursor)
{
	struct cursor at = *cursor;
	static const char word[] = "kernel:";

	if (!take_time(&at) || !take(&at, ' ') || !take_letters(&at, 8) || !take(&at, ' ') ||
	    (size_t)(at.end - at.next) < strlen(word) || memcmp(at.next, word, strlen(word)))
		return false;
	at.next += strlen(word);
	take(&at, ' ');
	*cursor = at;
	return true;
}

/* "HOST lspci[12]: " behind a stamp, of journalctl -o short-monotonic */
static bool take_host_and_program(struct cursor *cursor)
{
	struct cursor at = *cursor, program;
	bool good;

	if (!take_host(&at) || !take(&at, ' '))
		return false;
	program = at;
	good = take_program(&at) && (memchr(program.next, '[', (size_t)(at.next - program.next)) ||
				     take_kernel(&program));
	if (good)
		*cursor = at;
	return good;
}

/* "> ", ">> ", "| ": at the very front only, with blanks before each */
static bool take_quote(struct cursor *cursor)
{
	struct cursor at = *cursor;

	if (take_blanks(&at) > 3)
		return false;
	if (peek(&at) != '>' &&
	    (peek(&at) != '|' || at.next + 1 >= at.end || at.next[1] != ' '))
		return false;
	at.next++;
	/* the blank behind the last one is the quote's too */
	if (peek(&at) == ' ')
		at.next++;
	*cursor = at;
	return true;
}

/* A tab as rsyslog writes it; it may be in the middle of a name, but is wanted in front only. */
static void take_escaped_tabs(struct line *line)
{
	static const char tab[] = "#011";

	/* the line is given as a constant; its last character of "#011" is a mere delimiter */
	while (line->length > strlen(tab) && !memcmp(line->text, tab, strlen(tab))) {
		line->text += strlen(tab);
		line->length -= strlen(tab);
	}
}

/* "    12<tab>", of cat -n and nl */
static void take_line_number(struct cursor *cursor)
{
	struct cursor at = *cursor;

	take_blanks(&at);
	if (take_digits(&at) && take(&at, '\t'))
		*cursor = at;
}

/* A slot of four, two, two and one digits behind a word: "pci 0000:00:1c.0". */
static bool take_word_and_slot(struct cursor *cursor)
{
	struct cursor at = *cursor;
	unsigned int length = 0;

	while (isalnum((unsigned char)peek(&at)) || peek(&at) == '_') {
		at.next++;
		length++;
	}
	if (!length || !take(&at, ' '))
		return false;
	return at.end - at.next >= 7 && at.next[4] == ':' && isxdigit((unsigned char)at.next[0]);
}

char strip_diff_sign(struct line *line)
{
	struct cursor cursor = { line->text, line->text + line->length }, rest;
	char sign;

	while (take_quote(&cursor))
		;
	take_blanks(&cursor);
	sign = peek(&cursor);
	if (sign != '-' && sign != '+')
		return 0;
	cursor.next++;
	rest = cursor;
	take_blanks(&rest);
	if (!take_level(&rest) && !take_record(&rest) && !take_stamp(&rest) &&
	    !take_log_line(&rest) && !take_word_and_slot(&rest))
		return 0;
	line->text = cursor.next;
	line->length = (size_t)(cursor.end - cursor.next);
	return sign;
}

bool strip_prefix(struct line *line)
{
	struct cursor cursor = { line->text, line->text + line->length };
	bool log = false;

	take_line_number(&cursor);
	while (take_quote(&cursor))
		;
	for (;;) {
		struct cursor blanks = cursor;

		/* a log that is indented or quoted as a whole */
		while (take_blanks(&blanks) || take(&blanks, '\t'))
			;
		if (take_level(&blanks) || take_record(&blanks) || take_stamp(&blanks) ||
		    take_facility(&blanks) || take_log_line(&blanks) || take_kernel(&blanks) ||
		    take_host_and_kernel(&blanks) || take_rest_of_stamp(&blanks) ||
		    take_installer(&blanks)) {
			take_host_and_program(&blanks);
			/* a journal has its own time in place of the kernel's */
			if (take_caller(&blanks))
				take(&blanks, ' ');
			cursor = blanks;
			log = true;
			continue;
		}
		break;
	}
	line->text = cursor.next;
	line->length = (size_t)(cursor.end - cursor.next);
	if (log)
		take_escaped_tabs(line);
	while (line->length && (line->text[line->length - 1] == ' ' ||
				line->text[line->length - 1] == '\t'))
		line->length--;
	return log;
}
