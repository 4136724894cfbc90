// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/check/checks.h"

#include "pciaddr/model/log-facts.h"

const char header_advice[] =
	"give at least the first 64 bytes of config space ('lspci -x' or more)";
const char log_start_advice[] =
	"give the log from the machine's start, where the buses are scanned";

void check_machine(const struct machine *machine, struct results *results)
{
	if (!machine->count)
		results_add(results, &(struct finding) {
			.status = STATUS_UNKNOWN,
			.check = CHECK_PRESENT,
			.message = "there is no PCI function in this source",
			.values = { { "nothing to check", at_source() } },
			.advice = "give it the text of 'lspci -vvxxxx' of the same machine, too; "
				"--map draws what is here",
		});
	check_source(machine, results);
	check_bridges(machine, results);
	check_bars(machine, results);
	check_sriov(machine, results);
	check_overlaps(machine, results);
	check_ecam(machine, results);
	check_kernel(machine, results);
	check_claims(machine, results);
	check_answers(machine, results);
	check_kernel_log(machine, results);
	check_log_agreement(machine, results);
	if (machine->count && log_is_only_source(machine))
		results_skip(results, CHECK_PRESENT,
			     "a kernel's log has no registers: what compares them was not run");
	else
		results_settle(results);
}
