// SPDX-License-Identifier: GPL-2.0-or-later
/* Config space in lspci's text: 16 bytes on each line. */
#include "pciaddr/input/dump-rows.h"

#include "common/numbers.h"

#define CONFIG_SIZE_MAX 4096
#define ROW_BYTES 16

static void store_row(struct dump_reader *reader, const struct line *line, unsigned int offset,
		      const uint8_t *bytes, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		unsigned int at = offset + i;
		uint8_t bit = (uint8_t)(1u << (at % 8));

		if (at >= CONFIG_KEPT)
			break;
		if (reader->present[at / 8] & bit) {
			if (reader->config[at] != bytes[i]) {
				dump_warn(reader, line, "says something else than an earlier "
					  "line of the same offset, which counts");
				return;
			}
			continue;
		}
		reader->present[at / 8] |= bit;
		reader->present_count++;
		reader->config[at] = bytes[i];
		if (at >= reader->config_end)
			reader->config_end = at + 1;
	}
}

size_t dump_row_digits(const struct line *line)
{
	size_t digits = 0;

	while (digits < line->length && digits < 5 && hex_digit(line->text[digits]) >= 0)
		digits++;
	if (digits < 2 || digits + 1 >= line->length || line->text[digits] != ':' ||
	    line->text[digits + 1] != ' ')
		return 0;
	return digits;
}

void dump_read_row(struct dump_reader *reader, const struct line *line, size_t digits)
{
	const char *text = line->text + digits + 1;
	const char *end = line->text + line->length;
	unsigned int offset = 0, count = 0;
	uint8_t bytes[ROW_BYTES];

	if (reader->skipping)
		return;
	if (!reader->in_function) {
		dump_warn(reader, line, "config space of no device, left out");
		return;
	}
	for (size_t i = 0; i < digits; i++)
		offset = offset << 4 | (unsigned int)hex_digit(line->text[i]);
	if (offset >= CONFIG_SIZE_MAX || offset % ROW_BYTES) {
		dump_warn(reader, line, "offset out of range, left out");
		return;
	}
	while (end - text >= 3 && text[0] == ' ' && hex_byte(text + 1) >= 0) {
		if (count == ROW_BYTES) {
			dump_warn(reader, line, "more than 16 bytes, the rest is left out");
			break;
		}
		bytes[count++] = (uint8_t)hex_byte(text + 1);
		text += 3;
	}
	while (text < end && *text == ' ')
		text++;
	if (count < ROW_BYTES)
		dump_warn(reader, line, text < end ?
			  "malformed bytes, what comes before them counts" :
			  line_was_complete(&reader->lines, line) ?
			  "fewer than 16 bytes" : "the file is cut off here");
	else if (text < end)
		dump_warn(reader, line, "something after the bytes, left out");
	if ((int)offset <= reader->last_row && !reader->out_of_order) {
		dump_warn(reader, line, "offsets out of order");
		reader->out_of_order = true;
	}
	reader->last_row = (int)offset;
	store_row(reader, line, offset, bytes, count);
}
