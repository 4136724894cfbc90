// SPDX-License-Identifier: GPL-2.0-or-later
/* What a specification says of an address range. */
#include "pciaddr/spec/match-range.h"

const char *rule_violation(struct results *results, const struct range_rule *rule,
			   struct range range)
{
	char text[RANGE_TEXT_MAX], size[SIZE_TEXT_MAX];

	if (rule->has_exact && !range_equal(rule->exact, range))
		return TEXT(results, "%s", range_text(rule->exact, text));
	if (rule->has_inside && !range_contains(rule->inside, range))
		return TEXT(results, "inside %s", range_text(rule->inside, text));
	if (rule->has_covers && !range_contains(range, rule->covers))
		return TEXT(results, "covers %s", range_text(rule->covers, text));
	if (rule->size && range_size(range) != rule->size)
		return TEXT(results, "size %s", size_text(rule->size, size));
	if (rule->min_size && range_size(range) && range_size(range) < rule->min_size)
		return TEXT(results, "size at least %s", size_text(rule->min_size, size));
	if (rule->aligned && range.first & (rule->aligned - 1))
		return TEXT(results, "aligned to %s", size_text(rule->aligned, size));
	return NULL;
}

bool rule_needs_end(const struct range_rule *rule)
{
	return rule->has_exact || rule->has_inside || rule->has_covers || rule->size ||
		rule->min_size;
}

bool rule_is_empty(const struct range_rule *rule)
{
	return !rule_needs_end(rule) && !rule->aligned;
}
