// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/stats.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/numbers.h"

const char *const stats_names[STATS] = {
	[STAT_TRANSFERS] = "transfers",
	[STAT_BYTES_TO_CARD] = "bytes_to_card",
	[STAT_BYTES_FROM_CARD] = "bytes_from_card",
	[STAT_INTERRUPTS] = "interrupts",
	[STAT_ERRORS] = "errors",
	[STAT_TIMEOUTS] = "timeouts",
};

bool stats_read(const struct card *card, const char *sysfs, struct stats *stats)
{
	char path[PATH_MAX], line[32];

	for (int i = 0; i < STATS; i++) {
		bool got;
		FILE *f;

		snprintf(path, sizeof(path), "%s/class/emucard/%s/stats/%s", sysfs, card->name,
			 stats_names[i]);
		f = fopen(path, "re");
		if (!f)
			return false;
		got = fgets(line, sizeof(line), f) != NULL;
		fclose(f);
		if (!got)
			return false;
		line[strcspn(line, "\n")] = '\0';
		if (!parse_u64(line, &stats->value[i]))
			return false;
	}
	return true;
}
