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

/* "&gt;", "&#62;" or "&#x3e;" at @text: its length, and what it stands for; 0: none. */
static size_t parse_entity(const char *text, size_t length, char *character)
{
	unsigned int code = 0, base = 10;
	size_t at = 2;

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		size_t name = strlen(entities[i].name);

		if (length > name && !memcmp(text + 1, entities[i].name, name)) {
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

			if ((size_t)(end - text) >= tag && !memcmp(text, tags[i], tag))
				return true;
		}
		text++;
	}
	return false;
}

/* Nothing of this kind in it: nearly every text, and searching for a byte is quick. */
static bool is_clean(const char *text, size_t length)
{
	return !memchr(text, 0xa0, length) && !memchr(text, '&', length) &&
		!memchr(text, ESCAPE, length);
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
		}
		if (size) {
			in += size;
			continue;
		}
		text[out++] = text[in++];
	}
	return out;
}
