// SPDX-License-Identifier: GPL-2.0-or-later
/* A bridge's ISA Enable bit in words; isa_hole() tells what it holds back. */
#include "pciaddr/check/checks.h"

#include "pciaddr/model/pcispec.h"

struct isa_enable isa_enable_text(struct results *results, const struct pci_function *bridge)
{
	const char *slot = device_name(results, bridge);

	return (struct isa_enable) {
		.message = TEXT(results, "bridge %s has ISA Enable set and forwards only the first "
				"256 ports of each 1024", slot),
		.value = {
			TEXT(results, "%s bridge control 0x%04x", slot, bridge->bridge->control),
			at_config(bridge, CFG_BRIDGE_CONTROL),
		},
		.advice = TEXT(results, "clear ISA Enable (bit 2 of the bridge control register): "
			       "setpci -s %s BRIDGE_CONTROL=0:4; or have firmware place the BAR in "
			       "the first 256 of 1024 ports", slot),
	};
}
