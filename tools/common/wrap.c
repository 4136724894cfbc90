// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/wrap.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/utf8.h"

/* ECMA-48 terminals of 80 columns are what a terminal without a size most likely is. */
#define COLUMNS_UNTOLD 80

unsigned int terminal_columns(int fd)
{
	struct winsize window;

	if (!isatty(fd))
		return 0;
	if (ioctl(fd, TIOCGWINSZ, &window) || !window.ws_col)
		return COLUMNS_UNTOLD;
	return window.ws_col;
}

unsigned int text_columns(const char *text, size_t length)
{
	unsigned int columns = 0;

	/* a character has one byte that does not begin with the bits 10 */
	for (size_t i = 0; i < length; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

void print_printable(FILE *out, const char *text, size_t length)
{
	size_t printable, taken;
	const char *character;

	while (length) {
		/* most of it is plain */
		for (printable = 0; printable < length && text[printable] >= ' ' &&
		     text[printable] <= '~'; printable++)
			;
		fwrite(text, 1, printable, out);
		text += printable;
		length -= printable;
		if (!length)
			return;
		character = utf8_take(&text, &length, &taken);
		if (*character == '\t' || *character == '\n')
			fputc(' ', out);
		else if (utf8_is_control(character, taken))
			fputc('?', out);
		else
			fwrite(character, 1, taken, out);
	}
}

void print_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	while (*text) {
		size_t length = strcspn(text, "\"\\");

		print_printable(out, text, length);
		text += length;
		if (*text)
			fprintf(out, "\\%c", *text++);
	}
	fputc('"', out);
}

unsigned int print_wrapped(FILE *out, unsigned int columns, unsigned int column,
			   unsigned int hang, const char *text)
{
	/* a narrow terminal is not to be filled with indentation */
	if (hang > columns / 2)
		hang = columns / 2;
	while (*text) {
		size_t blanks = strspn(text, " ");
		size_t length = strcspn(text + blanks, " ");
		unsigned int width = text_columns(text + blanks, length);

		if (columns && column > hang && column + blanks + width >= columns) {
			fprintf(out, "\n%*s", (int)hang, "");
			column = hang;
		} else {
			fprintf(out, "%*s", (int)blanks, "");
			column += (unsigned int)blanks;
		}
		print_printable(out, text + blanks, length);
		column += width;
		text += blanks + length;
	}
	return column;
}
