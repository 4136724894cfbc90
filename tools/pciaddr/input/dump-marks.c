// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/dump-marks.h"

#include <string.h>

#include "pciaddr/input/dump-details.h"
#include "pciaddr/input/dump-words.h"
#include "pciaddr/model/slot.h"

static bool is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* "01:00.0 Ethernet controller: ...": a sentence may begin with a slot, too. */
static bool is_header(const struct line *line)
{
	struct pci_function slot = { 0 };
	int length = slot_parse(line->text, line->length, &slot);
	char next = length > 0 && line->length > (size_t)length + 1 ? line->text[length + 1] : ' ';

	return length > 0 && line->text[length] == ' ' && line_find(line, ": ") &&
		((next >= 'A' && next <= 'Z') || (next >= '0' && next <= '9'));
}

/* A sign of diff is not a mark: the other side has the line, too.  A bullet has one blank. */
static bool is_diff_sign(const struct line *line)
{
	return (line->text[0] == '-' || line->text[0] == '+') &&
		(line->length < 3 || is_letter_or_digit(line->text[1]) || line->text[1] == '\t' ||
		 (line->text[1] == ' ' && (line->text[2] == ' ' || line->text[2] == '\t')));
}

void dump_strip_marks(struct line *line)
{
	/* more than this is not put in front of a line */
	size_t most = line->length < 16 ? line->length : 16, at = 0;
	struct line rest;

	while (at < most && !is_letter_or_digit(line->text[at]) &&
	       !strchr("[!<(", line->text[at]))
		at++;
	if (!at || at == most || is_diff_sign(line))
		return;
	rest = (struct line) { line->text + at, line->length - at };
	if (dump_is_detail(&rest) || is_header(&rest))
		*line = rest;
}

void dump_strip_closing_marks(struct line *line)
{
	while (line->length && strchr("*_` \t", line->text[line->length - 1]))
		line->length--;
}

size_t dump_drop_markdown(char *text, size_t length)
{
	size_t out = 0, ticks = 0;

	for (size_t in = 0; in < length; in++)
		ticks += text[in] == '`';
	for (size_t in = 0; in < length; in++) {
		bool twice = (text[in] == '*' || text[in] == '~') && in + 1 < length &&
			text[in + 1] == text[in];

		if (twice)
			in++;
		else if (text[in] != '`' || ticks % 2)
			text[out++] = text[in];
	}
	return out;
}
