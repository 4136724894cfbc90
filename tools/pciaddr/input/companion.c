// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/companion.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pciaddr/input/host-name.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const char *const packings[] = { ".gz", ".xz", ".zst" };
static const char *const companions[] = { ".ioports", ".iomem", ".dmesg" };

/* The length of @path without the suffix of a packed file. */
static size_t unpacked_length(const char *path)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < LENGTH(packings); i++)
		if (strip_suffix(path, &length, packings[i]))
			break;
	return length;
}

static bool is_file(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISREG(status.st_mode);
}

/* What is not packed comes first. */
static const char *find_behind(struct arena *arena, const char *dump, size_t length,
			       const char *suffix)
{
	const char *path = arena_printf(arena, "%.*s%s", (int)length, dump, suffix);

	if (!access(path, R_OK))
		return path;
	for (size_t i = 0; i < LENGTH(packings); i++) {
		const char *packed = arena_printf(arena, "%s%s", path, packings[i]);

		if (!access(packed, R_OK))
			return packed;
	}
	return NULL;
}

const char *companion_find(struct arena *arena, const char *dump, const char *suffix)
{
	size_t length = strlen(dump), unpacked = unpacked_length(dump);
	const char *found = find_behind(arena, dump, length, suffix);

	if (!found && unpacked < length)
		found = find_behind(arena, dump, unpacked, suffix);
	return found;
}

bool is_companion(struct arena *arena, const char *path)
{
	size_t length = unpacked_length(path);
	const char *owner;
	bool found = false;

	for (size_t i = 0; i < LENGTH(companions) && !found; i++)
		found = strip_suffix(path, &length, companions[i]);
	if (!found)
		return false;
	owner = arena_copy(arena, path, length);
	if (is_file(owner))
		return true;
	for (size_t i = 0; i < LENGTH(packings); i++)
		if (is_file(arena_printf(arena, "%s%s", owner, packings[i])))
			return true;
	return false;
}
