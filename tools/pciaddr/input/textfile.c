// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/arena.h"

static char *read_all(int fd, size_t *length)
{
	size_t used = 0, size = 4096;
	struct stat status;
	char *text;

	if (fstat(fd, &status))
		return NULL;
	if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		return NULL;
	}
	if (S_ISREG(status.st_mode) && status.st_size > 0)
		size = (size_t)status.st_size + 2;
	text = grow_array(NULL, size, 1);
	for (;;) {
		ssize_t count;

		if (size - used < 2) {
			size *= 2;
			text = grow_array(text, size, 1);
		}
		count = read(fd, text + used, size - used - 1);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			int error = errno;

			free(text);
			errno = error;
			return NULL;
		}
		if (!count)
			break;
		used += (size_t)count;
	}
	text[used] = '\0';
	*length = used;
	return text;
}

char *read_text_file_at(int directory, const char *path, size_t *length)
{
	int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
	char *text;
	int error;

	if (fd < 0)
		return NULL;
	text = read_all(fd, length);
	error = errno;
	close(fd);
	errno = error;
	return text;
}

char *read_text_file(const char *path, size_t *length)
{
	if (!strcmp(path, "-"))
		return read_all(STDIN_FILENO, length);
	return read_text_file_at(AT_FDCWD, path, length);
}

bool next_line(struct lines *lines, struct line *line)
{
	const char *feed;

	if (lines->next >= lines->end)
		return false;
	feed = memchr(lines->next, '\n', (size_t)(lines->end - lines->next));
	line->text = lines->next;
	line->length = (size_t)((feed ? feed : lines->end) - lines->next);
	lines->next = feed ? feed + 1 : lines->end;
	lines->number++;
	while (line->length && line->text[line->length - 1] == '\r')
		line->length--;
	return true;
}

bool line_was_complete(const struct lines *lines, const struct line *line)
{
	return lines->next > line->text && lines->next[-1] == '\n';
}
