// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/clean.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "common/numbers.h"

enum { BELL = '\007', ESCAPE = '\033' };

/* Of these tags of HTML the text is one that people paste; lspci has none that looks so. */
static const char *const html_tags[] = {
	"br", "pre", "code", "tt", "p", "div", "span", "html", "body", "blockquote", "font",
};

static const struct {
	const char *name;
	char character;
} entities[] = {
	{ "lt;", '<' }, { "gt;", '>' }, { "amp;", '&' }, { "quot;", '"' }, { "apos;", '\'' },
	{ "nbsp;", ' ' },
};

/* "&gt;", "&GT;", "&#62;" or "&#x3e;" at @text: its length, and what it stands for; 0: none. */
static size_t parse_entity(const char *text, size_t length, char *character)
{
	unsigned int code = 0, base = 10;
	size_t at = 2;

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		size_t name = strlen(entities[i].name);

		if (length > name && !strncasecmp(text + 1, entities[i].name, name)) {
			*character = entities[i].character;
			return name + 1;
		}
	}
	if (length < 4 || text[1] != '#')
		return 0;
	if (text[at] == 'x' || text[at] == 'X') {
		base = 16;
		at++;
	}
	for (; at < length && at < 8 && text[at] != ';'; at++) {
		int digit = hex_digit(text[at]);

		if (digit < 0 || digit >= (int)base)
			return 0;
		code = code * base + (unsigned int)digit;
	}
	if (at >= length || text[at] != ';')
		return 0;
	if (code == 0xa0)
		code = ' ';
	/* a tab or a printing character; never what acts on a terminal */
	if (code != '\t' && (code < ' ' || code > '~'))
		return 0;
	*character = (char)code;
	return at + 1;
}

/* "<br>", "</pre>", "<span class=...>" at @text: its length; 0: none. */
static size_t parse_tag(const char *text, size_t length, bool *line_break)
{
	size_t at = 1, name;
	const char *end, *line_end;

	if (at < length && text[at] == '/')
		at++;
	for (size_t i = 0; i < sizeof(html_tags) / sizeof(html_tags[0]); i++) {
		name = strlen(html_tags[i]);
		if (length - at <= name || strncasecmp(text + at, html_tags[i], name) ||
		    !strchr(" />\t", text[at + name]))
			continue;
		end = memchr(text, '>', length);
		line_end = memchr(text, '\n', length);
		if (!end || (line_end && line_end < end))
			return 0;
		*line_break = i == 0;
		return (size_t)(end - text) + 1;
	}
	return 0;
}

/*
 * What word processors and web pages make of blanks, dashes and quotes, at @text: its length, 0
 * for another character.  *@character becomes what it was, or '\0' for what has no width.
 */
static size_t parse_typographic(const char *text, size_t length, char *character)
{
	const uint8_t *c = (const uint8_t *)text;
	unsigned int code;

	if (length < 3 || (c[0] & 0xf0) != 0xe0)
		return 0;
	code = (c[0] & 0x0fu) << 12 | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu);
	if ((code >= 0x2010 && code <= 0x2015) || code == 0x2212)
		*character = '-';
	else if (code >= 0x2018 && code <= 0x201b)
		*character = '\'';
	else if (code >= 0x201c && code <= 0x201f)
		*character = '"';
	else if ((code >= 0x2000 && code <= 0x200a) || code == 0x202f || code == 0x205f ||
		 code == 0x3000)
		*character = ' ';
	else if ((code >= 0x200b && code <= 0x200d) || code == 0x2060 || code == 0xfeff)
		*character = '\0';
	else
		return 0;
	return 3;
}

/* "ESC [ 1 ; 31 m", "ESC ] ... BEL" at @text: its length, 1 for an escape by itself. */
static size_t escape_length(const char *text, size_t length)
{
	size_t at = 2;

	if (length < 2)
		return 1;
	if (text[1] == '[') {
		while (at < length && text[at] >= ' ' && text[at] < '@')
			at++;
		return at < length && text[at] >= '@' && text[at] <= '~' ? at + 1 : 1;
	}
	if (text[1] == ']') {
		while (at < length && text[at] != BELL && text[at] != '\n')
			at++;
		return at < length && text[at] == BELL ? at + 1 : 1;
	}
	return 1;
}

bool text_has_tags(const char *text, size_t length)
{
	static const char *const tags[] = { "<br", "<pre", "<code", "<html", "</" };
	const char *end = text + length;

	while ((text = memchr(text, '<', (size_t)(end - text)))) {
		for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
			size_t tag = strlen(tags[i]);

			if ((size_t)(end - text) >= tag && !strncasecmp(text, tags[i], tag))
				return true;
		}
		text++;
	}
	return false;
}

static bool has_high_bytes(const char *text, size_t length)
{
	uint64_t bits = 0, word;

	for (; length >= sizeof(word); text += sizeof(word), length -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		bits |= word;
	}
	for (; length; text++, length--)
		bits |= (uint8_t)*text;
	return bits & 0x8080808080808080;
}

/* A line end of old Macs, or of a terminal that has gone back; not one of DOS. */
static bool is_lone_return(const char *text, size_t left)
{
	return left > 1 && text[0] == '\r' && text[1] != '\n' && text[1] != '\r';
}

static bool has_lone_returns(const char *text, size_t length)
{
	const char *end = text + length;

	for (; (text = memchr(text, '\r', (size_t)(end - text))); text++)
		if (is_lone_return(text, (size_t)(end - text)))
			return true;
	return false;
}

/* Nothing of this kind in it: nearly every text, and searching for a byte is quick. */
static bool is_clean(const char *text, size_t length)
{
	return !has_high_bytes(text, length) && !memchr(text, '&', length) &&
		!memchr(text, ESCAPE, length) && !has_lone_returns(text, length);
}

size_t clean_text(char *text, size_t length, bool tags)
{
	size_t in = 0, out = 0;

	if (!tags && is_clean(text, length))
		return length;
	while (in < length) {
		const char *at = text + in;
		size_t left = length - in, size = 0;
		bool line_break = false;
		char character = ' ';

		switch (*at) {
		case '\xc2':
			if (left > 1 && at[1] == '\xa0') {
				text[out++] = ' ';
				size = 2;
			}
			break;
		case '\xa0':
			/* of Latin 1, by itself; not the end of a character of UTF-8 */
			if (!out || !((uint8_t)text[out - 1] & 0x80)) {
				text[out++] = ' ';
				size = 1;
			}
			break;
		case '&':
			size = parse_entity(at, left, &character);
			if (size)
				text[out++] = character;
			break;
		case '<':
			if (tags)
				size = parse_tag(at, left, &line_break);
			/* where the source of the page has a line of its own, that is the line */
			if (line_break && size < left && at[size] != '\n' && at[size] != '\r')
				text[out++] = '\n';
			break;
		case ESCAPE:
			size = escape_length(at, left);
			break;
		case '\xe2':
		case '\xe3':
		case '\xef':
			size = parse_typographic(at, left, &character);
			if (size && character)
				text[out++] = character;
			break;
		case '\r':
			if (is_lone_return(at, left)) {
				text[out++] = '\n';
				size = 1;
			}
			break;
		}
		if (size) {
			in += size;
			continue;
		}
		text[out++] = text[in++];
	}
	return out;
}
