// SPDX-License-Identifier: GPL-2.0-or-later
/* The BARs of virtual functions: one after the other, as many as are enabled. */
#include "pciaddr/check/checks.h"

#include <inttypes.h>

#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/topology.h"

const char vf_size_advice[] =
	"--sysfs and the live machine have the sizes of virtual functions' BARs";

struct value vf_bar_value(struct results *results, const struct pci_function *function,
			  const struct vf_bar *bar)
{
	struct range range = vf_bar_range(function->sriov, bar);
	char text[RANGE_TEXT_MAX], size[SIZE_TEXT_MAX];

	return (struct value) {
		bar->size ? TEXT(results, "%s %s: %u times %s", vf_bar_text(bar),
				 range_text(range, text), function->sriov->enabled,
				 size_text(bar->size, size)) :
		TEXT(results, "%s from 0x%" PRIx64 " on (size unknown)", vf_bar_text(bar),
		     range.first),
		at_config(function, bar->offset),
	};
}

static void report_outside(struct results *results, const struct pci_function *function,
			   const struct vf_bar *bar, const struct pci_function *bridge,
			   enum window_kind kind)
{
	const char *above = device_name(results, bridge);

	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_SRIOV,
		.function = function,
		.message = TEXT(results, "%s, for %u virtual functions, is not inside what "
				"bridge %s forwards", vf_bar_text(bar), function->sriov->enabled,
				above),
		.values = {
			vf_bar_value(results, function, bar),
			window_value(results, bridge, kind),
		},
		.advice = "virtual functions outside the window do not answer: enable fewer "
			"(sriov_numvfs), or have firmware or the kernel (pci=realloc) make the "
			"window as wide as all of them are",
	});
}

static void check_vf_bar(struct results *results, const struct pci_function *function,
			 const struct vf_bar *bar)
{
	struct range range = vf_bar_range(function->sriov, bar);

	for (const struct pci_function *bridge = function->parent; bridge;
	     bridge = bridge->parent) {
		enum window_kind kind;

		switch (bridge_forwarding(bridge->bridge, SPACE_MEMORY, range, &kind)) {
		case FORWARDS:
			if (bar->size)
				results_pass(results, CHECK_SRIOV);
			else
				results_unknown(results, CHECK_SRIOV, function, size_unknown,
						vf_size_advice);
			return;
		case FORWARDS_BY_SUBTRACTION:
			continue;
		case FORWARDS_UNKNOWN:
			results_not_looked_at(results, CHECK_SRIOV);
			return;
		default:
			report_outside(results, function, bar, bridge, kind);
			return;
		}
	}
	results_not_looked_at(results, CHECK_SRIOV);
}

void check_sriov(const struct machine *machine, struct results *results)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];
		const struct sriov *sriov = function->sriov;

		for (unsigned int k = 0; sriov && k < sriov->bar_count; k++) {
			if (vf_bar_is_live(sriov, &sriov->bars[k]))
				check_vf_bar(results, function, &sriov->bars[k]);
			else
				results_not_looked_at(results, CHECK_SRIOV);
		}
	}
}
