// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/configspace/read.h"

#include "pciaddr/model/pcispec.h"

unsigned int config_capability(const struct pci_function *function, uint8_t id, bool *known)
{
	unsigned int pointer = function->header_type == HEADER_CARDBUS ?
		CFG_CARDBUS_CAPABILITIES : CFG_CAPABILITIES;
	uint32_t status, position, capability;

	*known = true;
	if (!config_read(function, CFG_STATUS, 2, &status)) {
		*known = false;
		return 0;
	}
	if (!(status & STATUS_CAPABILITIES))
		return 0;
	if (!config_read(function, pointer, 1, &position)) {
		*known = false;
		return 0;
	}
	/* at most one capability for each four bytes: a list that is a ring ends too */
	for (int left = 48; left && (position &= 0xfc) >= 0x40; left--) {
		if (!config_read(function, position, 2, &capability)) {
			*known = false;
			return 0;
		}
		if ((capability & 0xff) == 0xff)
			break;
		if ((capability & 0xff) == id)
			return position;
		position = capability >> 8;
	}
	return 0;
}

struct msi_state config_msi(const struct pci_function *function, uint8_t id)
{
	struct msi_state state = { 0 };
	uint32_t control;

	state.offset = config_capability(function, id, &state.known);
	if (!state.offset)
		return state;
	state.present = true;
	if (!config_read(function, state.offset + MSI_CONTROL, 2, &control)) {
		state.known = false;
		return state;
	}
	if (id == CAP_ID_MSIX) {
		state.enabled = control & MSIX_ENABLE;
		state.vectors = state.vectors_max = (control & MSIX_TABLE_SIZE) + 1;
	} else {
		state.enabled = control & MSI_ENABLE;
		state.vectors = 1u << ((control & MSI_ENABLED) >> 4);
		state.vectors_max = 1u << ((control & MSI_CAPABLE) >> 1);
	}
	return state;
}

bool config_is_asleep(const struct pci_function *function)
{
	bool known;
	unsigned int offset = config_capability(function, CAP_ID_POWER, &known);
	uint32_t status;

	return offset && config_read(function, offset + POWER_STATUS, 1, &status) &&
		status & POWER_STATE;
}

bool function_is_asleep(const struct pci_function *function)
{
	return function->asleep || config_is_asleep(function);
}

bool config_extended_known(const struct pci_function *function)
{
	bool express_known, pcix_known;

	return function->extended_known ||
		(!config_capability(function, CAP_ID_EXPRESS, &express_known) &&
		 !config_capability(function, CAP_ID_PCIX, &pcix_known) && express_known &&
		 pcix_known);
}

struct link_state config_link(const struct pci_function *function)
{
	struct link_state state = { 0 };
	uint32_t status, capabilities;

	state.offset = config_capability(function, CAP_ID_EXPRESS, &state.known);
	if (!state.offset)
		return state;
	state.present = true;
	state.known = config_read(function, state.offset + LINK_STATUS, 2, &status);
	if (state.known) {
		state.speed = status & LINK_SPEED;
		state.width = (status & LINK_WIDTH) >> 4;
	}
	/* lspci's text has the low half of it */
	state.capability_known = config_read(function, state.offset + LINK_CAPABILITIES, 2,
					     &capabilities);
	if (state.capability_known) {
		state.speed_max = capabilities & LINK_SPEED;
		state.width_max = (capabilities & LINK_WIDTH) >> 4;
	}
	return state;
}

const char *link_speed_name(unsigned int speed)
{
	static const char *const names[] = {
		[1] = "2.5GT/s", [2] = "5GT/s", [3] = "8GT/s",
		[4] = "16GT/s", [5] = "32GT/s", [6] = "64GT/s",
	};

	return speed < sizeof(names) / sizeof(names[0]) ? names[speed] : NULL;
}
