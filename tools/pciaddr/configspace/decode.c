// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/configspace/decode.h"

#include <string.h>

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"

static void decode_subsystem(struct pci_function *function)
{
	uint32_t value;
	unsigned int offset = CFG_SUBSYSTEM_VENDOR;
	bool known;

	if (function->header_type == HEADER_BRIDGE) {
		offset = config_capability(function, CAP_ID_SUBSYSTEM, &known);
		if (!offset) {
			function->subsystem_known = known;
			return;
		}
		offset += SUBSYSTEM_VENDOR;
	} else if (function->header_type == HEADER_CARDBUS) {
		offset = CFG_CARDBUS_SUBSYSTEM_VENDOR;
	}
	if (config_read(function, offset, 4, &value)) {
		function->subsystem_known = true;
		function->subsystem_vendor = value & 0xffff;
		function->subsystem = (uint16_t)(value >> 16);
	}
}

static void decode_port_type(struct pci_function *function)
{
	bool known;
	unsigned int offset = config_capability(function, CAP_ID_EXPRESS, &known);
	uint32_t value;

	if (offset && config_read(function, offset + EXPRESS_CAPABILITIES, 2, &value))
		function->port_type = (uint8_t)((value & EXPRESS_TYPE) >> 4) + 1;
}

/* Reads all of the header so, and something else behind it? */
static bool only_header_is_ones(const struct pci_function *function)
{
	uint32_t value;

	for (unsigned int at = 0; at < CONFIG_HEADER; at += 4)
		if (!config_read(function, at, 4, &value) || value != UINT32_MAX)
			return false;
	for (unsigned int at = CONFIG_HEADER; at < function->config_length; at += 4)
		if (config_read(function, at, 4, &value) && value != UINT32_MAX)
			return true;
	return false;
}

void config_decode(struct machine *machine, struct pci_function *function,
		   const uint8_t *bytes, const uint8_t *present, size_t length)
{
	uint32_t value;

	function->config = memcpy(arena_alloc(&machine->arena, length), bytes, length);
	function->config_length = (uint16_t)length;
	if (present)
		function->present = memcpy(arena_alloc(&machine->arena, CONFIG_KEPT / 8), present,
					   CONFIG_KEPT / 8);

	/* by what lspci says: its ids are the kernel's then, of when it answered */
	if (function->absent)
		return;
	if (config_read(function, CFG_VENDOR, 4, &value)) {
		if (value == UINT32_MAX) {
			/* nothing answers; a virtual function reads so too (SR-IOV 1.1, 3.4.1) */
			function->absent = !config_read(function, CFG_COMMAND, 4, &value) ||
				value == UINT32_MAX;
			function->virtual = !function->absent;
			function->woke = function->absent && only_header_is_ones(function);
		} else {
			function->ids_known = true;
			function->vendor = value & 0xffff;
			function->product = (uint16_t)(value >> 16);
		}
	}
	if (function->absent)
		return;
	if (config_read(function, CFG_REVISION, 4, &value)) {
		function->revision_known = true;
		function->revision = value & 0xff;
		function->class_known = true;
		function->class = value >> 8;
	}
	if (config_read(function, CFG_COMMAND, 2, &value)) {
		function->command_known = true;
		function->command = (uint16_t)value;
	}
	if (!config_read(function, CFG_HEADER_TYPE, 1, &value))
		return;
	function->header_known = true;
	function->header_type = value & HEADER_MASK;
	function->bridge = config_decode_bridge(machine, function);
	config_decode_bars(machine, function);
	config_decode_enhanced_allocation(machine, function);
	decode_subsystem(function);
	decode_port_type(function);
}
