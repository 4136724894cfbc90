// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/host-name.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool strip_suffix(const char *name, size_t *length, const char *suffix)
{
	size_t size = strlen(suffix);

	if (*length <= size || strncasecmp(name + *length - size, suffix, size))
		return false;
	*length -= size;
	return true;
}

size_t stem_length(const char *name)
{
	static const char *const suffixes[] = {
		".gz", ".xz", ".zst", ".txt", ".log", ".dump", ".lspci", ".dmesg", ".ioports",
		".iomem", ".qmp", ".qga", ".xml",
	};
	size_t length = strlen(name), before;

	do {
		before = length;
		for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
			strip_suffix(name, &length, suffixes[i]);
	} while (length != before);
	return length;
}

const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool is_named_lspci(const char *name)
{
	return !strncasecmp(name, "lspci", strlen("lspci"));
}

const char *directory_name(struct arena *arena, const char *path)
{
	char *real = realpath(path, NULL);
	const char *name = last_component(real ? real : path), *copy;

	copy = arena_copy(arena, *name ? name : path, strlen(*name ? name : path));
	free(real);
	return copy;
}

const char *host_name(struct arena *arena, enum source_kind kind, const char *path)
{
	const char *name;
	char own[HOST_NAME_MAX + 1];

	if (kind == SOURCE_LIVE) {
		if (gethostname(own, sizeof(own)) || !own[0])
			return NULL;
		own[sizeof(own) - 1] = '\0';
		return arena_copy(arena, own, strlen(own));
	}
	if (!strcmp(path, "-"))
		return NULL;
	if (kind == SOURCE_SYSFS) {
		name = directory_name(arena, path);
		return strcmp(name, "sys") ? name :
			directory_name(arena, arena_printf(arena, "%s/..", path));
	}
	name = last_component(path);
	if (is_named_lspci(name))
		return directory_name(arena, name == path ? "." :
				      arena_copy(arena, path, (size_t)(name - path)));
	return arena_copy(arena, name, stem_length(name));
}
