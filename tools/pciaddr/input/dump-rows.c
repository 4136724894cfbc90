// SPDX-License-Identifier: GPL-2.0-or-later
/* Config space in lspci's text: 16 bytes on each line. */
#include "pciaddr/input/dump-rows.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "common/numbers.h"
#include "pciaddr/input/prefix.h"

#define CONFIG_SIZE_MAX 4096

/* lspci writes 2 or 3 digits, the kernel (pci=earlydump) 8. */
#define DIGITS_MAX 8

/* So many lines of a log may come between two parts of a row. */
#define BREAK_MAX 16

/* Of two rows of one offset, the first counts. */
static void store_extended(struct dump_reader *reader, unsigned int offset,
			   const uint8_t *bytes, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		unsigned int at = offset + i;

		if (at < EXTENDED_BEGIN || at >= CONFIG_SIZE_MAX ||
		    bit_is_set(reader->extended_present, at - EXTENDED_BEGIN))
			continue;
		set_bit(reader->extended_present, at - EXTENDED_BEGIN);
		reader->extended[at - EXTENDED_BEGIN] = bytes[i];
		if (at - EXTENDED_BEGIN >= reader->extended_end)
			reader->extended_end = at - EXTENDED_BEGIN + 1;
	}
}

/* A whole row of which nothing was there before: nearly all are.  False: it is not such a one. */
static bool store_new_row(struct dump_reader *reader, unsigned int offset, const uint8_t *bytes)
{
	bool kept = offset < CONFIG_KEPT;
	unsigned int at = kept ? offset : offset - EXTENDED_BEGIN;
	uint8_t *present = (kept ? reader->present : reader->extended_present) + at / 8;

	if (offset % DUMP_ROW_BYTES || offset >= CONFIG_SIZE_MAX || present[0] || present[1])
		return false;
	memset(present, 0xff, DUMP_ROW_BYTES / 8);
	memcpy((kept ? reader->config : reader->extended) + at, bytes, DUMP_ROW_BYTES);
	at += DUMP_ROW_BYTES;
	if (!kept) {
		if (at > reader->extended_end)
			reader->extended_end = at;
		return true;
	}
	reader->present_count += DUMP_ROW_BYTES;
	if (at > reader->config_end)
		reader->config_end = at;
	return true;
}

static void store_row(struct dump_reader *reader, const struct line *line, unsigned int offset,
		      const uint8_t *bytes, unsigned int count)
{
	if (count == DUMP_ROW_BYTES && store_new_row(reader, offset, bytes))
		return;
	for (unsigned int i = 0; i < count; i++) {
		unsigned int at = offset + i;

		if (at >= CONFIG_KEPT) {
			store_extended(reader, offset, bytes, count);
			break;
		}
		if (bit_is_set(reader->present, at)) {
			if (reader->config[at] != bytes[i]) {
				dump_warn(reader, line, "differs from an earlier line of "
					  "the same offset; ignored");
				return;
			}
			continue;
		}
		set_bit(reader->present, at);
		reader->present_count++;
		reader->config[at] = bytes[i];
		if (at >= reader->config_end)
			reader->config_end = at + 1;
	}
}

size_t dump_row_digits(const struct line *line)
{
	size_t digits = 0;

	while (digits < line->length && digits <= DIGITS_MAX &&
	       hex_digit(line->text[digits]) >= 0)
		digits++;
	/* at least a byte: "e820: update" of the kernel's log is no row */
	if (digits < 2 || digits > DIGITS_MAX || digits + 4 > line->length ||
	    line->text[digits] != ':' || line->text[digits + 1] != ' ' ||
	    hex_byte(line->text + digits + 2) < 0)
		return 0;
	/* nor is "fb0: EFI VGA frame buffer device", or "e1000: 0000:00:03.0: ..." */
	if (digits + 4 < line->length && isalnum((unsigned char)line->text[digits + 4]))
		return 0;
	return digits;
}

#define ROW_TEXT (3 * DUMP_ROW_BYTES)	/* " 01" for each byte */

/* A whole row, without a branch for each byte: a large file has millions of them. */
static bool read_whole_row(const char *text, uint8_t bytes[DUMP_ROW_BYTES])
{
	static const char zeroes[] = " 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
	int digits = 0, blanks = 0;

	/* most rows of most machines */
	if (!memcmp(text, zeroes, ROW_TEXT)) {
		memset(bytes, 0, DUMP_ROW_BYTES);
		return true;
	}
	for (unsigned int i = 0; i < DUMP_ROW_BYTES; i++, text += 3) {
		int high = hex_digit(text[1]), low = hex_digit(text[2]);

		blanks |= text[0] ^ ' ';
		digits |= high | low;	/* negative where one is no digit */
		bytes[i] = (uint8_t)((unsigned int)high << 4 | (unsigned int)low);
	}
	return digits >= 0 && !blanks;
}

/* " 01 02": as many bytes as there are, up to 16; *@text becomes what follows them. */
static unsigned int read_bytes(const char **text, const char *end, uint8_t bytes[DUMP_ROW_BYTES])
{
	unsigned int count = 0;

	if (end - *text >= ROW_TEXT && (end - *text == ROW_TEXT ||
					hex_digit((*text)[ROW_TEXT]) < 0) &&
	    read_whole_row(*text, bytes)) {
		*text += ROW_TEXT;
		return DUMP_ROW_BYTES;
	}
	while (count < DUMP_ROW_BYTES && end - *text >= 3 && (*text)[0] == ' ' &&
	       hex_byte(*text + 1) >= 0 && (end - *text == 3 || hex_digit((*text)[3]) < 0)) {
		bytes[count++] = (uint8_t)hex_byte(*text + 1);
		*text += 3;
	}
	return count;
}

static void begin_broken(struct dump_reader *reader, const struct line *line,
			 unsigned int offset, unsigned int count)
{
	reader->broken = (struct broken_row) {
		.open = true,
		.offset = offset,
		.count = count,
		.line = reader->lines.number,
	};
	dump_shown(line, reader->broken.shown);
}

void dump_end_row(struct dump_reader *reader)
{
	uint32_t number;
	const char *path;

	if (!reader->broken.open)
		return;
	reader->broken.open = false;
	path = machine_line_path(reader->machine, reader->broken.line, &number);
	machine_warn(reader->machine, "%s:%" PRIu32 ": fewer than 16 bytes: %s",
		     path, number, reader->broken.shown);
}

bool dump_continue_row(struct dump_reader *reader, const struct line *line)
{
	struct broken_row *broken = &reader->broken;
	const char *text = line->text, *end = line->text + line->length;
	uint8_t bytes[DUMP_ROW_BYTES];
	unsigned int count = 0;

	if (!broken->open)
		return false;
	if (++broken->waited > BREAK_MAX) {
		dump_end_row(reader);
		return false;
	}
	for (;;) {
		while (text < end && (*text == ' ' || *text == '\t'))
			text++;
		if (text == end)
			break;
		if (count == DUMP_ROW_BYTES || end - text < 2 || hex_byte(text) < 0 ||
		    (end - text > 2 && text[2] != ' '))
			return false;
		bytes[count++] = (uint8_t)hex_byte(text);
		text += 2;
	}
	if (!count || broken->count + count > DUMP_ROW_BYTES)
		return false;
	store_row(reader, line, broken->offset + broken->count, bytes, count);
	broken->count += count;
	broken->open = broken->count < DUMP_ROW_BYTES;
	return true;
}

/* Has the kernel written into the line, so that the row's rest comes later? */
static bool log_follows(const char *text, const char *end)
{
	struct line rest = { text, (size_t)(end - text) };

	return (*text == '[' || *text == '<') && strip_prefix(&rest);
}

void dump_read_row(struct dump_reader *reader, const struct line *line, size_t digits)
{
	const char *text = line->text + digits + 1;
	const char *end = line->text + line->length;
	unsigned int offset = 0, count;
	uint8_t bytes[DUMP_ROW_BYTES];

	dump_end_row(reader);
	if (reader->skipping)
		return;
	for (size_t i = 0; i < digits; i++)
		offset = offset << 4 | (unsigned int)hex_digit(line->text[i]);
	/* behind a blank line, rows that begin again belong to no device that was named */
	if (!reader->in_function ||
	    (reader->after_blank && reader->last_row >= 0 && (int)offset <= reader->last_row)) {
		dump_warn(reader, line, "config space of no device, left out");
		return;
	}
	reader->after_blank = false;
	if (offset >= CONFIG_SIZE_MAX || offset % DUMP_ROW_BYTES) {
		dump_warn(reader, line, "offset out of range, left out");
		return;
	}
	count = read_bytes(&text, end, bytes);
	while (text < end && *text == ' ')
		text++;
	if (count < DUMP_ROW_BYTES) {
		reader->cut_off = !line_was_complete(&reader->lines, line);
		if (text < end && !log_follows(text, end))
			dump_warn(reader, line, "malformed bytes, what comes before them counts");
		else if (text == end && reader->cut_off)
			dump_warn(reader, line, "the file is cut off here");
		else
			begin_broken(reader, line, offset, count);
	} else if (text < end && !log_follows(text, end)) {
		if (hex_digit(*text) >= 0)
			dump_warn(reader, line, "more than 16 bytes, the rest is left out");
		/* hexdump and the kernel write the characters behind the bytes */
		else if (*text != '|' && *text != '.')
			dump_warn(reader, line, "something after the bytes, left out");
	}
	if ((int)offset <= reader->last_row && !reader->out_of_order) {
		dump_warn(reader, line, "offsets out of order");
		reader->out_of_order = true;
	}
	reader->any_rows = true;
	reader->last_row = (int)offset;
	store_row(reader, line, offset, bytes, count);
}

void dump_read_next_rows(struct dump_reader *reader)
{
	struct lines *lines = &reader->lines;
	uint8_t bytes[DUMP_ROW_BYTES];

	while (reader->last_row >= 0 && !reader->broken.open && !reader->skipping) {
		unsigned int offset = (unsigned int)reader->last_row + DUMP_ROW_BYTES;
		unsigned int digits = offset < 0x100 ? 2 : 3;
		const char *text = lines->next;
		ptrdiff_t length = (ptrdiff_t)digits + 1 + ROW_TEXT;
		unsigned int value = 0;

		if (offset >= CONFIG_SIZE_MAX || lines->end - text <= length ||
		    text[length] != '\n' || text[digits] != ':')
			return;
		for (unsigned int i = 0; i < digits; i++)
			value = value << 4 | (unsigned int)hex_digit(text[i]);
		if (value != offset || !read_whole_row(text + digits + 1, bytes) ||
		    !store_new_row(reader, offset, bytes))
			return;
		reader->last_row = (int)offset;
		lines->next = text + length + 1;
		lines->number++;
		reader->section_last = dump_number(reader);
	}
}
