// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/dump-directory.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/die.h"
#include "pciaddr/input/companion.h"
#include "pciaddr/input/dump-kind.h"
#include "pciaddr/input/host-name.h"

/* Directories in one another; links may lead in a circle. */
#define DEPTH_MAX 8

struct file {
	const char *path;
	const char *name;	/* the last component */
	const char *stem;	/* the name without suffixes */
	struct dump_content content;
	bool head;		/* a machine is made of it */
	bool taken;
};

struct files {
	struct file *list;
	size_t count;
	size_t capacity;
};

struct search {
	struct arena *arena;
	dump_directory_found *found;
	void *context;
};

static void pass_over(const struct file *file, const char *why)
{
	warn("%s: passed over: %s", file->path, why);
}

static void add_file(struct search *search, struct files *files, const char *path)
{
	struct file *file;

	if (is_companion(search->arena, path))
		return;
	files->list = array_room(files->list, files->count, &files->capacity,
				 sizeof(*files->list));
	file = &files->list[files->count++];
	*file = (struct file) { .path = path, .name = last_component(path) };
	file->stem = arena_copy(search->arena, file->name, stem_length(file->name));
	file->content = dump_content(path);
}

static size_t count_kind(const struct files *files, enum dump_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < files->count; i++)
		count += files->list[i].content.kind == kind;
	return count;
}

/* Files with functions that are of one machine: the same ones, each file in another form. */
static bool is_same_machine(const struct file *a, const struct file *b, bool in_host)
{
	if (a->content.slots != b->content.slots)
		return false;
	if (in_host && is_named_lspci(a->name) && is_named_lspci(b->name))
		return true;
	return a->content.hex != b->content.hex || a->content.details != b->content.details;
}

static bool is_one_machine(const struct files *files, bool in_host)
{
	if (count_kind(files, DUMP_IOPORTS) > 1 || count_kind(files, DUMP_IOMEM) > 1)
		return false;
	for (size_t i = 0; i < files->count; i++)
		for (size_t j = 0; files->list[i].head && j < i; j++)
			if (files->list[j].head &&
			    !is_same_machine(&files->list[i], &files->list[j], in_host))
				return false;
	return true;
}

/* lspci's files, or where there are none, the logs with functions, or what else there is. */
static size_t mark_heads(struct files *files)
{
	static const enum dump_kind kinds[] = { DUMP_LSPCI, DUMP_LOG, DUMP_IOPORTS, DUMP_IOMEM };
	size_t heads = 0;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]) && !heads; k++) {
		for (size_t i = 0; i < files->count; i++) {
			struct file *file = &files->list[i];

			file->head = file->content.kind == kinds[k] &&
				(kinds[k] != DUMP_LOG || file->content.functions);
			heads += file->head;
		}
	}
	return heads;
}

static bool is_part(const struct file *file)
{
	return !file->head && !file->taken && file->content.kind != DUMP_OTHER &&
		file->content.kind != DUMP_BROKEN;
}

/* The machine of @head, with the files that are its parts: with its stem, or all. */
static void emit(struct search *search, struct files *files, struct file *head, bool all,
		 const char *name, const char *host)
{
	const char **parts = arena_alloc(search->arena, files->count * sizeof(*parts));
	struct source source = {
		.kind = SOURCE_DUMP,
		.path = head->path,
		.name = name,
		.host = host ? host : host_name(search->arena, SOURCE_DUMP, head->path),
		.parts = parts,
	};

	head->taken = true;
	/* those with functions first: what comes first counts */
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < files->count; i++) {
			struct file *file = &files->list[i];

			if (pass ? !is_part(file) : !(all && file->head && !file->taken))
				continue;
			if (!all && strcmp(file->stem, head->stem))
				continue;
			file->taken = true;
			parts[source.part_count++] = file->path;
		}
	}
	search->found(search->context, &source);
}

static struct file *first_head(struct files *files)
{
	struct file *first = NULL;

	for (size_t i = 0; i < files->count; i++) {
		struct file *file = &files->list[i];

		if (file->head && (!first || (file->content.hex && !first->content.hex)))
			first = file;
	}
	return first;
}

/* The kernel's files are empty for some users; a dump that is empty has failed. */
static bool is_lost_dump(const struct file *file, bool in_host, size_t heads)
{
	static const char *const parts[] = { "dmesg", "ioports", "iomem", "journal", "syslog" };

	if (file->content.kind != DUMP_BROKEN || (in_host && heads))
		return false;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcasestr(file->name, parts[i]))
			return false;
	return true;
}

static void emit_rest(struct search *search, struct files *files, const char *host, bool joined,
		      size_t heads)
{
	for (size_t i = 0; i < files->count; i++) {
		struct file *file = &files->list[i];

		if (file->taken)
			continue;
		if (is_lost_dump(file, host || joined, heads) ||
		    (file->content.kind == DUMP_OTHER && is_named_lspci(file->name) && !heads))
			emit(search, files, file, false, host, host);
		else if (file->content.kind == DUMP_OTHER)
			pass_over(file, "not a dump");
		else if (file->content.kind == DUMP_BROKEN)
			pass_over(file, "empty, or not to be read");
		else
			pass_over(file, "which dump beside it this belongs to is unknown");
	}
}

static void emit_files(struct search *search, struct files *files, const char *directory,
		       const char *host)
{
	size_t heads = mark_heads(files);
	bool one = heads && is_one_machine(files, host);
	size_t parts = 0;
	bool joined;

	for (size_t i = 0; i < files->count; i++)
		parts += is_part(&files->list[i]);
	joined = one && (host || heads + parts > 1);
	if (joined) {
		emit(search, files, first_head(files), true, host ? host : directory,
		     host ? last_component(host) : directory_name(search->arena, directory));
	} else {
		for (size_t i = 0; i < files->count; i++)
			if (files->list[i].head && !files->list[i].taken)
				emit(search, files, &files->list[i], false, NULL, NULL);
	}
	emit_rest(search, files, host, joined, heads);
}

static void emit_empty(struct search *search, const char *directory, const char *host)
{
	search->found(search->context, &(struct source) {
		.kind = SOURCE_DUMP,
		.path = directory,
		.name = host,
		.host = last_component(host),
		.error = "no file in this directory",
	});
}

/* "fleet/web01" from "fleet/" and "web01" */
static const char *join(struct arena *arena, const char *directory, const char *name)
{
	size_t length = strlen(directory);

	return arena_printf(arena, "%s%s%s", directory,
			    length && directory[length - 1] == '/' ? "" : "/", name);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* @host is the directory's name, from the one that was given on; NULL: it is that one. */
static bool look_into(struct search *search, const char *path, const char *host,
		      unsigned int depth)
{
	struct dirent **entries;
	struct files files = { 0 };
	int count = scandir(path, &entries, is_visible, alphasort);

	if (count < 0)
		return false;
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name, *file = join(search->arena, path, name);
		struct stat status;

		if (stat(file, &status) || S_ISREG(status.st_mode)) {
			add_file(search, &files, file);
		} else if (S_ISDIR(status.st_mode) && depth < DEPTH_MAX) {
			const char *inner = host ? join(search->arena, host, name) :
				arena_copy(search->arena, name, strlen(name));

			if (!look_into(search, file, inner, depth + 1))
				search->found(search->context, &(struct source) {
					.kind = SOURCE_DUMP,
					.path = file,
					.name = inner,
					.host = last_component(inner),
					.error = "this directory cannot be read",
				});
		} else {
			warn("%s: passed over: %s", file, S_ISDIR(status.st_mode) ?
			     "too many directories in one another" : "neither file nor directory");
		}
		free(entries[i]);
	}
	free(entries);
	if (host && !count)
		emit_empty(search, path, host);
	else
		emit_files(search, &files, path, host);
	free(files.list);
	return true;
}

bool dump_directory(struct arena *arena, const char *path, dump_directory_found *found,
		    void *context)
{
	struct search search = { .arena = arena, .found = found, .context = context };
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return look_into(&search, arena_copy(arena, path, length), NULL, 0);
}
