/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files in memory, and the lines and words in them. */
#ifndef PCIADDR_INPUT_TEXTFILE_H
#define PCIADDR_INPUT_TEXTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads @path ("-": standard input), as a file of /proc or a pipe too, whose size is not
 * known before.  The text is NUL-terminated and malloc()ed; NULL with errno set on failure.
 */
char *read_text_file(const char *path, size_t *length);

/* As read_text_file(), relative to the directory @directory. */
char *read_text_file_at(int directory, const char *path, size_t *length);

struct lines {
	const char *next;
	const char *end;
	uint32_t number;	/* of the line that was read last, from 1 */
};

struct line {
	const char *text;	/* not NUL-terminated; without line feed and carriage return */
	size_t length;
};

static inline struct lines lines_of(const char *text, size_t length)
{
	return (struct lines) { text, text + length, 0 };
}

bool next_line(struct lines *lines, struct line *line);

/* Did the last line that next_line() gave end in a line feed? */
bool line_was_complete(const struct lines *lines, const struct line *line);

#endif
