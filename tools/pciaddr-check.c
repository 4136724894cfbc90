// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks where PCI bridges, windows, BARs and I/O ports are; see docs/pciaddr-check.1. */
#include "common/descriptors.h"
#include "common/die.h"
#include "pciaddr/options.h"
#include "pciaddr/run.h"

int main(int argc, char **argv)
{
	struct options options;

	set_program_name(argv[0]);
	keep_standard_descriptors();
	parse_options(&options, argc, argv);
	return run(&options);
}
