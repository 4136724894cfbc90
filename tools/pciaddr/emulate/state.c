// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/emulate/state.h"

#include "pciaddr/model/pcispec.h"

/* PCI Express Base 5.0, 7.5.3: registers of the capability */
#define EXPRESS_SLOT		0x0100u	/* of its flags: the port has a slot */
#define   TYPE_ROOT_PORT	0x0040u
#define   TYPE_DOWNSTREAM	0x0060u
#define SLOT_CONTROL		0x18
#define   SLOT_POWER_OFF	0x0400u
#define SLOT_STATUS		0x1a
#define   SLOT_EVENTS		0x011fu
#define   SLOT_PRESENT		0x0040u

/* PCI Local Bus 3.0, 6.8 */
#define MSIX_MASK_ALL		0x4000u
#define CONTROL_BUS_RESET	0x0040u

/* PCI Express Base 5.0, 7.9: enable bits of what belongs to an IOMMU */
#define EXTENDED_ID_ATS		0x000f
#define EXTENDED_ID_PRI		0x0013
#define EXTENDED_ID_PASID	0x001b
#define EXTENDED_ID_DPC		0x001d

static void clear(uint8_t *image, unsigned int offset, uint32_t bits)
{
	image_set(image, offset, 2, image_get(image, offset, 2) & ~bits);
}

static void stop_messages(struct shape_function *function)
{
	unsigned int msi = image_capability(function, CAP_ID_MSI);
	unsigned int msix = image_capability(function, CAP_ID_MSIX);

	if (msi)
		clear(function->image, msi + MSI_CONTROL, MSI_ENABLE | MSI_ENABLED);
	if (msix)
		clear(function->image, msix + MSI_CONTROL, MSIX_ENABLE | MSIX_MASK_ALL);
}

static void stop_extended(struct shape_function *function)
{
	static const struct {
		uint16_t id;
		uint16_t offset;
		uint16_t bits;
	} states[] = {
		{ EXTENDED_ID_SRIOV, SRIOV_CONTROL, SRIOV_VF_ENABLE | SRIOV_VF_MEMORY },
		{ EXTENDED_ID_SRIOV, SRIOV_NUM_VFS, 0xffff },
		{ EXTENDED_ID_ATS, 0x06, 0x8000 },
		{ EXTENDED_ID_PRI, 0x04, 0x0001 },
		{ EXTENDED_ID_PASID, 0x06, 0x0007 },
		{ EXTENDED_ID_DPC, 0x08, 0x0019 },
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		unsigned int at = image_extended(function, states[i].id);

		if (at && at + states[i].offset + 2u <= function->size)
			clear(function->image, at + states[i].offset, states[i].bits);
	}
}

/* Is anything of the source behind this port? */
static bool is_occupied(const struct shape *shape, const struct pci_function *port)
{
	for (size_t i = 0; i < shape->count; i++)
		if (shape->functions[i].source->parent == port)
			return true;
	return false;
}

/*
 * Linux looks for the port above a switch's (alloc_pcie_link_state()), and stops with a null
 * pointer where there is none: on a root bus is what an excerpt has, without the ports above.
 */
static void settle_port(struct shape *shape, struct shape_function *function)
{
	unsigned int at = image_capability(function, CAP_ID_EXPRESS) + EXPRESS_CAPABILITIES;
	char slot[SLOT_TEXT_MAX];
	uint32_t flags;

	if (at == EXPRESS_CAPABILITIES || at + 2 > SHAPE_CONFIG_SMALL ||
	    function->root->bus != function->source->bus)
		return;
	flags = image_get(function->image, at, 2);
	if ((flags & EXPRESS_TYPE) != TYPE_DOWNSTREAM)
		return;
	image_set(function->image, at, 2, (flags & ~EXPRESS_TYPE) | TYPE_ROOT_PORT);
	shape_note(shape, TOPIC_MADE_UP, "%s: the port above this one of a switch is not in the source; "
		   "this is a root port, since Linux stops without one",
		   slot_text(function->source, slot));
}

/* A slot that has a card must say so: otherwise the kernel's hot-plug driver takes it away. */
static void settle_slot(struct shape *shape, struct shape_function *function)
{
	unsigned int express = image_capability(function, CAP_ID_EXPRESS);
	uint8_t *image = function->image;

	if (!express || express + SLOT_STATUS + 2 > SHAPE_CONFIG_SMALL ||
	    !(image_get(image, express + EXPRESS_CAPABILITIES, 2) & EXPRESS_SLOT))
		return;
	clear(image, express + SLOT_STATUS, SLOT_EVENTS);
	if (is_occupied(shape, function->source)) {
		image_set(image, express + SLOT_STATUS, 2,
			  image_get(image, express + SLOT_STATUS, 2) | SLOT_PRESENT);
		clear(image, express + SLOT_CONTROL, SLOT_POWER_OFF);
	}
}

void image_to_handover(struct shape *shape, struct shape_function *function)
{
	unsigned int power = image_capability(function, CAP_ID_POWER);

	clear(function->image, CFG_COMMAND, COMMAND_INTX_DISABLE);
	if (power && power + POWER_STATUS + 2 <= SHAPE_CONFIG_SMALL)
		clear(function->image, power + POWER_STATUS, POWER_STATE);
	if (function->source->bridge)
		clear(function->image, CFG_BRIDGE_CONTROL, CONTROL_BUS_RESET);
	stop_messages(function);
	stop_extended(function);
	settle_port(shape, function);
	settle_slot(shape, function);
}
