/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a specification says of an address range. */
#ifndef PCIADDR_SPEC_MATCH_RANGE_H
#define PCIADDR_SPEC_MATCH_RANGE_H

#include "pciaddr/check/results.h"
#include "pciaddr/spec/model.h"

/* NULL when the range is as the rule says, otherwise what the rule says. */
const char *rule_violation(struct results *results, const struct range_rule *rule,
			   struct range range);

/* Can the rule not be judged without knowing where a range ends? */
bool rule_needs_end(const struct range_rule *rule);

bool rule_is_empty(const struct range_rule *rule);

#endif
