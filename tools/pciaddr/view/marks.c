// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/view/marks.h"

#include <stdlib.h>
#include <string.h>

static int compare_findings(const void *a, const void *b)
{
	const struct finding *const *first = a, *const *second = b;

	return slot_compare((*first)->function, (*second)->function);
}

void marks_find(struct marks *marks, const struct results *results)
{
	marks->findings = grow_array(NULL, results->count + 1, sizeof(*marks->findings));
	marks->count = 0;
	for (size_t i = 0; i < results->count; i++)
		if (results->findings[i].status == STATUS_FAIL && results->findings[i].function &&
		    results->findings[i].function != results->findings[i].old_function)
			marks->findings[marks->count++] = &results->findings[i];
	if (marks->count > 1)
		qsort(marks->findings, marks->count, sizeof(*marks->findings), compare_findings);
}

void marks_free(struct marks *marks)
{
	free(marks->findings);
}

static size_t first_of(const struct marks *marks, const struct pci_function *function)
{
	size_t low = 0, high = marks->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (slot_compare(marks->findings[middle]->function, function) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct finding *marks_next(const struct marks *marks,
				 const struct pci_function *function, const char *item, size_t *at)
{
	if (!*at)
		*at = first_of(marks, function) + 1;
	for (; *at <= marks->count; (*at)++) {
		const struct finding *finding = marks->findings[*at - 1];

		if (slot_compare(finding->function, function))
			return NULL;
		if (item ? finding->item && !strcmp(finding->item, item) : !finding->item) {
			(*at)++;
			return finding;
		}
	}
	return NULL;
}
