// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/log-machine.h"

#include "pciaddr/model/log-facts.h"

static void take_buses(struct pci_function *function, const struct log_function *found)
{
	struct bridge *bridge = function->bridge;

	if (!bridge || bridge->buses_known || !found->buses_known)
		return;
	bridge->buses_known = true;
	bridge->primary = function->bus;
	bridge->secondary = found->secondary;
	bridge->subordinate = found->subordinate;
}

void log_machine_settle(struct machine *machine)
{
	size_t kept = 0;

	if (!machine->log)
		return;
	for (size_t i = 0; i < machine->count; i++) {
		struct pci_function *function = &machine->functions[i];
		const struct log_function *found = log_facts_function(machine->log, function);

		if (function->told_by_log && found) {
			if (found->gone)
				continue;
			take_buses(function, found);
		}
		machine->functions[kept++] = *function;
	}
	machine->count = kept;
}
