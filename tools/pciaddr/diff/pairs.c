// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/diff/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"

/* A machine that a directory names has the same name on both sides; its files may not. */
static const char *base_name(const struct source *source)
{
	const char *name = source->name ? source->name : source->path;
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

static int compare_names(const void *a, const void *b)
{
	const struct source *const *first = a, *const *second = b;

	return strcmp(base_name(*first), base_name(*second));
}

static const struct source **sorted(const struct source *sources, size_t count)
{
	const struct source **list = xcalloc(count, sizeof(*list));

	for (size_t i = 0; i < count; i++)
		list[i] = &sources[i];
	qsort(list, count, sizeof(*list), compare_names);
	return list;
}

void source_pairs_find(struct source_pairs *pairs, const struct source *sources,
		       size_t old_count, size_t count, bool by_name)
{
	const struct source **old, **new;
	size_t new_count = count - old_count, i = 0, k = 0;

	pairs->pairs = xcalloc(count, sizeof(*pairs->pairs));
	pairs->count = 0;
	if (!by_name) {
		pairs->pairs[pairs->count++] = (struct source_pair) { sources, sources + 1 };
		return;
	}
	old = sorted(sources, old_count);
	new = sorted(sources + old_count, new_count);
	while (i < old_count || k < new_count) {
		int order = i == old_count ? 1 : k == new_count ? -1 :
			compare_names(&old[i], &new[k]);

		pairs->pairs[pairs->count++] = (struct source_pair) {
			order <= 0 ? old[i] : NULL, order >= 0 ? new[k] : NULL,
		};
		i += order <= 0;
		k += order >= 0;
	}
	free(old);
	free(new);
}

/* The formats tell the warnings of one machine. */
static void take_warnings(struct machine *new, const struct machine *old)
{
	for (const struct note *note = old->warnings; note; note = note->next)
		machine_warn_of_source(new, "%s", note->text);
}

void diff_pair(const struct source_pair *pair, diff_classes ignored, struct machine *old,
	       struct machine *new, struct results *results)
{
	if (!pair->old || !pair->new) {
		machine_load(new, pair->new ? pair->new : pair->old);
		if (!new->error)
			diff_single_machine(results, pair->new ? CHECK_DIFF_NEW : CHECK_DIFF_GONE,
					    ignored);
		return;
	}
	machine_load(old, pair->old);
	machine_load(new, pair->new);
	if (old->error && new->error) {
		const char *error = new->error;

		new->error = NULL;
		machine_fail(new, old->error_status, "%s; %s", old->error, error);
	} else if (old->error) {
		machine_fail(new, old->error_status, "%s", old->error);
	}
	if (new->error)
		return;
	take_warnings(new, old);
	diff_machines(results, old, new, ignored);
}
