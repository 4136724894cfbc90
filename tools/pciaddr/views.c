// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/views.h"

#include "common/die.h"

int view(const struct options *options, struct machine *machine, struct results *results)
{
	switch (options->action) {
	default:
		return EXIT_OK;
	}
	(void)machine;
	(void)results;
}
