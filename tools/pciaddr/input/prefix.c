// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/prefix.h"

#include <ctype.h>
#include <string.h>

#include "pciaddr/input/cursor.h"
#include "pciaddr/input/prefix-formats.h"

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

/* The "8" of "8月": languages that number the months have a character of their own behind it. */
static void take_month_number(struct cursor *cursor)
{
	struct cursor at = *cursor;

	take_blanks(&at);
	if (take_digits(&at) <= 2 && (unsigned char)peek(&at) & 0x80)
		*cursor = at;
}

/* "Feb26 10:50", with which dmesg -H begins each minute: letters, the day, and a time. */
static bool is_human_day(const char *text, const char *end)
{
	struct cursor at = { text, end };
	unsigned int digits;

	take_month_number(&at);
	text = at.next;
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

/* "<6>", of dmesg -r, netconsole and the kernel itself */
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

/* "Feb 21 10:00:01 ", "8月 21 10:00:01 ", in any language: a short word, a day, a time */
static bool take_syslog_time(struct cursor *cursor)
{
	struct cursor at = *cursor;
	unsigned int month = 0, day;

	take_month_number(&at);
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

	if (take_rfc5424(&at) || take_logcat(&at)) {
		*cursor = at;
		return true;
	}
	if (!take_logread(&at) && !take_syslog_time(&at) && !take_iso_time(&at) &&
	    !take_full_time(&at) && !take_unix_time(&at))
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

/* Does a log's line begin here, by its prefix or by its words? */
static bool at_log(const struct cursor *cursor)
{
	static const char *const words[] = { "pci_bus ", "PCI host bridge to bus ", "PCI: " };
	struct cursor at = *cursor;

	if (take_level(&at) || take_record(&at) || take_stamp(&at) || take_log_line(&at) ||
	    take_kernel(&at) || take_word_and_slot(&at))
		return true;
	for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((size_t)(at.end - at.next) > strlen(words[i]) &&
		    !memcmp(at.next, words[i], strlen(words[i])))
			return true;
	return false;
}

/* "dmesg.txt:12:", "12:", "12-", "dmesg.txt:", of grep */
static void take_found_by_grep(struct cursor *cursor)
{
	struct cursor at = *cursor, name = *cursor;

	if (take_digits(&at) && (take(&at, ':') || take(&at, '-')) && at_log(&at)) {
		*cursor = at;
		return;
	}
	while (name.next < name.end && !strchr(": \t[<", *name.next))
		name.next++;
	if (name.next == cursor->next || !take(&name, ':'))
		return;
	at = name;
	if (take_digits(&at) && take(&at, ':') && at_log(&at))
		*cursor = at;
	else if (at_log(&name))
		*cursor = name;
}

/*
 * "* ", "- ", "• ", "1. ", "**", "`": of lists, and of what is to stand out; and what a serial
 * console leaves.
 */
static void take_bullet(struct cursor *cursor)
{
	static const char *const signs[] = {
		"*", "-", "+", "•", "·", "●", "▪", "–", "→", "->", "-->", "=>", "==>",
	};
	struct cursor at = *cursor, begin;

	take_blanks(&at);
	begin = at;
	for (unsigned int i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t length = strlen(signs[i]);
		struct cursor behind = { at.next + length, at.end };

		if ((size_t)(at.end - at.next) > length && !memcmp(at.next, signs[i], length) &&
		    take_blanks(&behind) && at_log(&behind)) {
			*cursor = behind;
			return;
		}
	}
	if (take_digits(&at)) {
		if ((!take(&at, '.') && !take(&at, ')')) || !take_blanks(&at))
			return;
	} else {
		while (at.next < at.end && (iscntrl((unsigned char)*at.next) ||
					    strchr("*_`", *at.next)))
			at.next++;
	}
	if (at.next > begin.next && at_log(&at))
		*cursor = at;
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
	/* with one blank behind it, it is the bullet of a list */
	if (take_blanks(&rest) == 1)
		return 0;
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
	line->text = cursor.next;
	line->length = (size_t)(cursor.end - cursor.next);
	if (take_journal_field(line)) {
		cursor = (struct cursor) { line->text, line->text + line->length };
		log = true;
	} else {
		take_bullet(&cursor);
		take_found_by_grep(&cursor);
	}
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
			take_vendor_caller(&blanks);
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
