// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/file_data.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/die.h"

#define READ_STEP	(1 << 20)

static bool is_standard(const char *path)
{
	return !strcmp(path, "-");
}

uint8_t *file_load_or_die(const char *path, uint64_t max, uint64_t *len)
{
	int fd = is_standard(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	uint8_t *data = NULL;
	uint64_t used = 0;

	if (fd < 0)
		die_errno(EXIT_USAGE, "--from %s", path);
	while (used <= max) {
		uint64_t step = max + 1 - used < READ_STEP ? max + 1 - used : READ_STEP;
		ssize_t got;

		data = xrealloc(data, used + step);
		got = read(fd, data + used, step);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			die_errno(EXIT_USAGE, "--from %s", path);
		if (!got)
			break;
		used += (uint64_t)got;
	}
	if (!is_standard(path))
		close(fd);
	*len = used;
	return data;
}

int file_create_or_die(const char *path, bool overwrite)
{
	struct stat st;
	int fd;

	if (is_standard(path))
		return STDOUT_FILENO;
	/* what is not a regular file has nothing in it to be lost: /dev/null, a pipe */
	if (!overwrite && !stat(path, &st) && S_ISREG(st.st_mode) && st.st_size)
		die_advice(EXIT_USAGE, "take another name, or say --force to overwrite it",
			   "--to %s: the file exists", path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		die_errno(EXIT_USAGE, "--to %s", path);
	return fd;
}

void file_write_or_die(int fd, const char *path, const uint8_t *data, uint64_t len)
{
	struct stat st;

	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && fd != STDOUT_FILENO && ftruncate(fd, 0))
		die_errno(EXIT_FAILED, "--to %s", path);
	while (len) {
		ssize_t put = write(fd, data, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			die_errno(EXIT_FAILED, "--to %s", path);
		data += put;
		len -= (uint64_t)put;
	}
	if (fd != STDOUT_FILENO && close(fd))
		die_errno(EXIT_FAILED, "--to %s", path);
}
