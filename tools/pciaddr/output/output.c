// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/output/output.h"

#include <string.h>

const struct output_ops *const outputs[] = {
	&output_text, &output_json, &output_tap, &output_junit, &output_prometheus,
	&output_openmetrics, &output_nagios, NULL
};

const struct output_ops *output_find(const char *name)
{
	for (const struct output_ops *const *ops = outputs; *ops; ops++)
		if (!strcmp((*ops)->name, name))
			return *ops;
	return NULL;
}

int output_machine_status(const struct output_options *options, const struct machine *machine,
			  const struct results *results)
{
	if (machine->error)
		return machine->error_status;
	return results_exit_status(results, options->threshold, options->allow_unknown);
}

bool output_check_is_clean(const struct results *results, enum check_id check)
{
	const size_t *counts = results->tallies[check].counts;

	return counts[STATUS_PASS] && !counts[STATUS_FAIL] && !counts[STATUS_UNKNOWN] &&
		(check < CHECK_EXPECT_BAR || check >= CHECK_DIFF_GONE);
}
