// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/dump-capabilities.h"

#include <string.h>

#include "pciaddr/input/dump-allocation.h"
#include "pciaddr/input/dump-extended.h"
#include "pciaddr/input/dump-registers.h"
#include "pciaddr/input/dump-words.h"
#include "pciaddr/model/pcispec.h"

/* How lspci begins the line of each capability. */
static const struct {
	const char *name;
	uint8_t id;
} capability_names[] = {
	{ "Power Management", 0x01 }, { "AGP3", 0x0e }, { "AGP version", 0x02 },
	{ "Vital Product Data", 0x03 }, { "Slot ID:", 0x04 }, { "MSI:", 0x05 },
	{ "Message Signalled Interrupts", 0x05 },
	{ "CompactPCI hot-swap", 0x06 },
	{ "PCI-X", 0x07 }, { "HyperTransport:", 0x08 }, { "Vendor Specific Information", 0x09 },
	{ "Debug port", 0x0a }, { "CompactPCI central", 0x0b }, { "Hot-plug capable", 0x0c },
	{ "Subsystem:", 0x0d }, { "Secure device", 0x0f }, { "Express", 0x10 }, { "MSI-X:", 0x11 },
	{ "SATA HBA", 0x12 }, { "PCI Advanced Features", 0x13 }, { "Enhanced Allocation", 0x14 },
};

/* Before lspci 3.1: "Mask- 64bit+ Queue=0/3 Enable-", powers of two */
static void told_old_msi(struct told *told, const struct line *line, uint32_t number)
{
	long enabled = line_number(line, "Queue="), possible = -1;
	const char *slash = line_find(line, "/");
	unsigned int control;
	bool set;

	if (slash) {
		struct line rest = { slash, (size_t)(line->text + line->length - slash) };

		possible = line_number(&rest, "/");
	}
	if (enabled < 0 || enabled > 5 || possible < 0 || possible > 5 ||
	    !line_sign(line, "Enable", &set))
		return;
	control = set | (unsigned int)possible << 1 | (unsigned int)enabled << 4;
	if (line_sign(line, "64bit", &set) && set)
		control |= 0x80;
	if (line_sign(line, "Mask", &set) && set)
		control |= 0x100;
	told_bytes(told, told->capability + 2u, 2, control, number);
}

static void told_msi(struct told *told, const struct line *line, uint32_t number)
{
	long enabled = line_number(line, "Count="), possible = -1;
	const char *slash = line_find(line, "/");
	unsigned int control = 0;
	bool set;

	if (slash) {
		struct line rest = { slash, (size_t)(line->text + line->length - slash) };

		possible = line_number(&rest, "/");
	}
	if (enabled < 1 || enabled > 32 || possible < 1 || possible > 32 ||
	    !line_sign(line, "Enable", &set))
		return;
	control |= set;
	while (1l << (control >> 1 & 7) < possible)
		control += 2;
	for (long vectors = 1; vectors < enabled; vectors *= 2)
		control += 0x10;
	if (line_sign(line, "64bit", &set) && set)
		control |= 0x80;
	if (line_sign(line, "Maskable", &set) && set)
		control |= 0x100;
	told_bytes(told, told->capability + 2u, 2, control, number);
}

static void told_msix(struct told *told, const struct line *line, uint32_t number)
{
	long count = line_number(line, "Count=");
	bool enabled, masked = false;

	/* before lspci 3.1 */
	if (count < 0) {
		count = line_number(line, "TabSize=");
		line_sign(line, "Mask", &masked);
	}
	if (count < 1 || count > 2048 || !line_sign(line, "Enable", &enabled))
		return;
	line_sign(line, "Masked", &masked);
	told_bytes(told, told->capability + 2u, 2,
		   (uint32_t)(count - 1) | (masked ? 0x4000u : 0) |
		   (enabled ? 0x8000u : 0), number);
}

/* "Vector table: BAR=3 offset=00000000" */
void told_msix_table(struct told *told, const struct line *line, unsigned int offset,
		     uint32_t number)
{
	long bar = line_number(line, "BAR=");
	const char *text = line_find(line, "offset=");
	unsigned int value;

	if (told->capability_id == 0x11 && bar >= 0 && bar < 6 && text &&
	    line_hex(line, text + 7, 8, &value))
		told_bytes(told, told->capability + offset, 4,
			   (value & ~7u) | (uint32_t)bar, number);
}

/* "Express (v2) Root Port (Slot+), MSI 00" */
static void told_express(struct told *told, const struct line *line, uint32_t number)
{
	static const struct {
		const char *name;
		unsigned int type;
	} types[] = {
		{ "Root Complex Integrated Endpoint", 9 }, { "Root Complex Event Collector", 10 },
		{ "Legacy Endpoint", 1 }, { "Endpoint", 0 }, { "Root Port", 4 },
		{ "Upstream Port", 5 }, { "Downstream Port", 6 },
		{ "PCI-Express to PCI/PCI-X Bridge", 7 }, { "PCI/PCI-X to PCI-Express Bridge", 8 },
		{ "PCI/PCI-X Bridge", 7 },	/* before lspci 3.0 */
	};
	long version = line_number(line, "(v");
	bool slot = false;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!line_find(line, types[i].name))
			continue;
		told->port_type = (uint8_t)(types[i].type + 1);
		line_sign(line, "(Slot", &slot);
		/* before version 2 lspci did not print it */
		if (version < 0)
			version = 1;
		told_bytes(told, told->capability + 2u, 2, ((uint32_t)version & 15) |
			   types[i].type << 4 | (slot ? 0x100u : 0), number);
		return;
	}
}

/* "LnkSta: Speed 2.5GT/s (ok), Width x1 (ok)": of the link's register, speed and width */
void told_link(struct told *told, const struct line *line, unsigned int offset,
	       uint32_t number)
{
	static const char *const speeds[] = { "2.5GT/s", "5GT/s", "8GT/s", "16GT/s", "32GT/s",
					      "64GT/s" };
	static const char old_speed[] = "2.5Gb/s";	/* before lspci 3.0 */
	const char *speed = line_find(line, "Speed ");
	long width = line_number(line, "Width x");

	if (told->capability_id != 0x10 || !speed || width < 0 || width > 32)
		return;
	speed += strlen("Speed ");
	for (unsigned int i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
		struct line rest = { speed, (size_t)(line->text + line->length - speed) };

		if (line_begins(&rest, speeds[i]) || (!i && line_begins(&rest, old_speed))) {
			told_bytes(told, told->capability + offset, 2,
				   (i + 1) | (uint32_t)width << 4, number);
			return;
		}
	}
}

/* "Status: D3 NoSoftRst+ PME-Enable-": the power state */
void told_power(struct told *told, const struct line *line, uint32_t number)
{
	long state = line_number(line, "Status: D");
	bool set = false;

	if (told->capability_id != 0x01 || state < 0 || state > 3)
		return;
	line_sign(line, "NoSoftRst", &set);
	told_bytes(told, told->capability + 4u, 1, (uint32_t)state | (set ? 8u : 0), number);
}

/* "Capabilities: [dc] Power Management version 2"; "[100 v1]" is of the extended space */
void told_capability(struct told *told, const struct line *line, uint32_t number)
{
	const char *text = line_find(line, "["), *close = line_find(line, "] ");
	unsigned int offset, vendor, device;
	struct line name;

	told->capability = 0;
	told->capability_id = 0;
	told->capability_seen = true;
	if (told_extended_capability(told, line))
		return;
	if (!text || !close || close - text != 3 || !line_hex(line, text + 1, 2, &offset) ||
	    offset < 0x40 || offset % 4 || line_find(line, "<access denied>"))
		return;
	name = (struct line) { close + 2, (size_t)(line->text + line->length - close - 2) };
	told->capability = (uint8_t)offset;
	told_bytes(told, told->capability_link, 1, offset, number);
	told->capability_link = (uint8_t)(offset + 1);
	told->capabilities_told = true;
	for (size_t i = 0; i < sizeof(capability_names) / sizeof(capability_names[0]); i++)
		if (line_begins(&name, capability_names[i].name)) {
			told->capability_id = capability_names[i].id;
			told_bytes(told, offset, 1, capability_names[i].id, number);
			break;
		}
	switch (told->capability_id) {
	case 0x05:
		if (line_begins(&name, "Message"))
			told_old_msi(told, &name, number);
		else
			told_msi(told, &name, number);
		break;
	case 0x0d:
		if (line_ids(&name, &vendor, &device))
			told_bytes(told, offset + 4, 4, vendor | device << 16, number);
		break;
	case CAP_ID_EA:
		told_allocation(told, &name, number);
		break;
	case 0x10:
		told_express(told, &name, number);
		break;
	case 0x11:
		told_msix(told, &name, number);
		break;
	}
}
