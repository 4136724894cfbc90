// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/views.h"

#include "common/die.h"
#include "pciaddr/checks.h"

int view(const struct options *options, struct machine *machine, struct results *results)
{
	switch (options->action) {
	case ACTION_CAPTURE:
		return capture(stdout, options, machine);
	case ACTION_MAP:
		return print_map(stdout, options, machine);
	case ACTION_TREE:
	case ACTION_DRAW:
		/* marked is what fails of what was asked for, or of any machine's checks */
		if (!options->spec_path)
			check_machine(machine, results);
		if (options->action == ACTION_TREE)
			return print_tree(stdout, options, machine, results);
		return draw(options, machine, results);
	case ACTION_CHECK:
		break;
	}
	return EXIT_OK;
}
