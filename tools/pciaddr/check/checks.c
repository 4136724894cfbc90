// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/check/checks.h"

void check_machine(const struct machine *machine, struct results *results)
{
	check_bridges(machine, results);
	check_bars(machine, results);
	check_overlaps(machine, results);
	check_kernel(machine, results);
	check_claims(machine, results);
}
