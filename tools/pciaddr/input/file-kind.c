// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/file-kind.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pciaddr/input/unpack.h"

/* Comments may stand before the domain. */
#define LOOKED_AT 4096

static size_t read_beginning(const char *path, char text[LOOKED_AT + 1])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct unpack *unpack;
	size_t length = 0;
	ssize_t count;

	if (fd < 0)
		return 0;
	unpack = unpack_open(fd);
	do {
		count = unpack_read(unpack, text + length, LOOKED_AT - length);
		length += count > 0 ? (size_t)count : 0;
	} while (count > 0 && length < LOOKED_AT);
	unpack_close(unpack);
	close(fd);
	return length;
}

static bool is_domain(const char *text)
{
	static const char *const roots[] = {
		"<domain", "<domstatus", "<domainsnapshot", "<domaincheckpoint",
	};

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (strstr(text, roots[i]))
			return true;
	return false;
}

static bool has_key(const char *text, const char *key)
{
	size_t length = strlen(key);

	while ((text = strchr(text, '"'))) {
		text++;
		if (!strncmp(text, key, length) && text[length] == '"' &&
		    text[length + 1 + strspn(text + length + 1, " \t\r\n")] == ':')
			return true;
	}
	return false;
}

/* Other programs write JSON as well: the dump's reader knows some by name. */
static bool is_of_qemu(const char *text)
{
	static const char *const keys[] = { "QMP", "return", "error", "event", "bus", "devices" };

	/* a log's line may begin with a bracket, but not with these */
	if (*text != '{' && !(*text == '[' && text[1 + strspn(text + 1, " \t\r\n")] == '{'))
		return false;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (has_key(text, keys[i]))
			return true;
	return false;
}

enum source_kind file_kind(const char *path)
{
	char text[LOOKED_AT + 1];
	struct stat status;
	const char *first;

	if (!strcmp(path, "-") || stat(path, &status))
		return SOURCE_DUMP;
	if (S_ISSOCK(status.st_mode))
		return SOURCE_QMP;
	if (!S_ISREG(status.st_mode))
		return SOURCE_DUMP;
	text[read_beginning(path, text)] = '\0';
	/* a mark of the byte order may come first */
	first = text + strspn(text, " \t\r\n\xef\xbb\xbf");
	if (*first == '<' && is_domain(first))
		return SOURCE_DOMAIN;
	if (is_of_qemu(first))
		return SOURCE_QMP;
	return SOURCE_DUMP;
}
