// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bytes of a function's config space: those that were read, what the source tells in other
 * ways, and what a kernel has changed since firmware, put back.
 */
#include "pciaddr/emulate/shape.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/configspace/extended.h"
#include "pciaddr/configspace/read.h"
#include "pciaddr/emulate/state.h"
#include "pciaddr/model/pcispec.h"

/* Where a source tells no ids: a vendor of no one, and what it is only by its class */
#define UNKNOWN_VENDOR	0x1234u
#define UNKNOWN_PRODUCT	0xffffu
#define UNKNOWN_CLASS	0xff0000u

/* The made-up capability is where no header is. */
#define MADE_UP_CAPABILITY 0x40u

uint32_t image_get(const uint8_t *image, unsigned int offset, unsigned int size)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < size; i++)
		value |= (uint32_t)image[offset + i] << 8 * i;
	return value;
}

void image_set(uint8_t *image, unsigned int offset, unsigned int size, uint32_t value)
{
	for (unsigned int i = 0; i < size; i++)
		image[offset + i] = (uint8_t)(value >> 8 * i);
}

static unsigned int list_register(const struct shape_function *function)
{
	return (function->image[CFG_HEADER_TYPE] & HEADER_MASK) == HEADER_CARDBUS ?
		CFG_CARDBUS_CAPABILITIES : CFG_CAPABILITIES;
}

unsigned int image_capability(const struct shape_function *function, uint8_t id)
{
	const uint8_t *image = function->image;
	unsigned int at = image[list_register(function)] & ~3u;

	if (!(image_get(image, CFG_STATUS, 2) & STATUS_CAPABILITIES))
		return 0;
	/* at most as many as have room; a ring ends so, too */
	for (unsigned int left = SHAPE_CONFIG_SMALL / 4; left && at >= CONFIG_HEADER; left--) {
		if (image[at] == id)
			return at;
		at = image[at + 1] & ~3u;
	}
	return 0;
}

unsigned int image_extended(const struct shape_function *function, uint16_t id)
{
	unsigned int at = EXTENDED_BEGIN;

	if (function->size <= EXTENDED_BEGIN)
		return 0;
	for (unsigned int left = EXTENDED_SIZE / 4; left && at >= EXTENDED_BEGIN; left--) {
		uint32_t header = image_get(function->image, at, 4);

		if (!header || header == UINT32_MAX)
			return 0;
		if ((header & EXTENDED_ID) == id)
			return at;
		at = header >> EXTENDED_NEXT_SHIFT & 0xffc;
	}
	return 0;
}

static void copy_bytes(uint8_t *to, const uint8_t *from, const uint8_t *present, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!present || present[i / 8] >> i % 8 & 1)
			to[i] = from[i];
}

static bool was_read(const struct pci_function *function, unsigned int offset, unsigned int size)
{
	uint32_t value;

	return config_read(function, offset, size, &value);
}

static void set_unread(struct shape_function *function, unsigned int offset, unsigned int size,
		       uint32_t value)
{
	if (!was_read(function->source, offset, size))
		image_set(function->image, offset, size, value);
}

/* Text of lspci has the interface only where it is not 0. */
static void set_class(struct shape *shape, struct shape_function *function)
{
	const struct pci_function *source = function->source;
	char slot[SLOT_TEXT_MAX];

	if (source->class_known) {
		set_unread(function, CFG_CLASS, 3, source->class);
	} else if (!was_read(source, CFG_CLASS + 1, 2)) {
		image_set(function->image, CFG_CLASS, 3, UNKNOWN_CLASS);
		shape_note(shape, TOPIC_MADE_UP, "%s: the source does not tell its class; it is %06x",
			   slot_text(source, slot), UNKNOWN_CLASS);
	}
}

static void set_identity(struct shape *shape, struct shape_function *function)
{
	const struct pci_function *source = function->source;
	char slot[SLOT_TEXT_MAX];

	slot_text(source, slot);
	if (source->ids_known) {
		set_unread(function, CFG_VENDOR, 2, source->vendor);
		set_unread(function, CFG_VENDOR + 2, 2, source->product);
	} else {
		image_set(function->image, CFG_VENDOR, 4, UNKNOWN_PRODUCT << 16 | UNKNOWN_VENDOR);
		shape_note(shape, TOPIC_MADE_UP, "%s: the source tells no vendor and device id (lspci "
			   "-nn would); it is %04x:%04x", slot, UNKNOWN_VENDOR, UNKNOWN_PRODUCT);
	}
	set_unread(function, CFG_REVISION, 1, source->revision_known ? source->revision : 0);
	set_class(shape, function);
	if (source->header_known)
		set_unread(function, CFG_HEADER_TYPE, 1, source->header_type);
	else if (source->bridge)
		set_unread(function, CFG_HEADER_TYPE, 1, source->bridge->cardbus ? HEADER_CARDBUS :
			   HEADER_BRIDGE);
	if (source->subsystem_known && (function->image[CFG_HEADER_TYPE] & HEADER_MASK) ==
	    HEADER_DEVICE)
		set_unread(function, CFG_SUBSYSTEM_VENDOR, 4,
			   (uint32_t)source->subsystem << 16 | source->subsystem_vendor);
	if (source->command_known)
		set_unread(function, CFG_COMMAND, 2, source->command);
}

void image_set_bar(struct shape_function *function, const struct bar *bar)
{
	unsigned int offset = bar_register(function->source, bar);
	uint64_t address = bar->state == BAR_ASSIGNED ? bar->range.first : 0;
	uint32_t low = (uint32_t)address;

	if (bar->fixed_legacy || bar->enhanced)
		return;
	if (bar->index == BAR_ROM) {
		low |= bar->not_decoded ? 0 : ROM_ENABLE;
	} else if (bar->space == SPACE_IO) {
		low |= BAR_IO;
	} else {
		low |= (bar->is_64bit ? BAR_MEMORY_64BIT : 0) |
			(bar->prefetchable ? BAR_PREFETCH : 0);
	}
	image_set(function->image, offset, 4, low);
	if (bar->is_64bit)
		image_set(function->image, offset + 4, 4, (uint32_t)(address >> 32));
}

/* Where the register was not read, or the device slept when it was */
static void set_bars(struct shape_function *function)
{
	const struct pci_function *source = function->source;

	for (unsigned int i = 0; i < source->bar_count; i++) {
		struct bar bar = source->bars[i];

		if (!bar.register_known) {
			image_set_bar(function, &bar);
		} else if (source->asleep && !bar.register_address && bar.kernel_known &&
			   !bar.kernel_unset && bar.kernel.first) {
			bar.state = BAR_ASSIGNED;
			bar.range = bar.kernel;
			image_set_bar(function, &bar);
		}
	}
}

void image_set_window(struct shape_function *function, enum window_kind kind,
		      const struct window *window)
{
	const struct bridge *bridge = function->source->bridge;
	uint8_t *image = function->image;
	uint64_t first, last;

	if (window->state == WINDOW_UNKNOWN)
		return;
	first = window->range.first;
	last = window->range.last;
	if (window->state == WINDOW_CLOSED) {
		/* what Linux writes into a window that it closes */
		first = kind == WINDOW_IO ? 0xf000 : 0xfff00000;
		last = kind == WINDOW_IO ? 0x0fff : 0x000fffff;
	}
	switch (kind) {
	case WINDOW_IO:
		image_set(image, CFG_IO_BASE, 1, (first >> 8 & WINDOW_IO_MASK) |
			  (bridge->io_32bit ? WINDOW_IO_32BIT : 0));
		image_set(image, CFG_IO_LIMIT, 1, (last >> 8 & WINDOW_IO_MASK) |
			  (bridge->io_32bit ? WINDOW_IO_32BIT : 0));
		break;
	case WINDOW_MEMORY:
		image_set(image, CFG_MEMORY_BASE, 2, first >> 16 & WINDOW_MEMORY_MASK);
		image_set(image, CFG_MEMORY_LIMIT, 2, last >> 16 & WINDOW_MEMORY_MASK);
		break;
	case WINDOW_PREFETCHABLE:
		image_set(image, CFG_PREFETCH_BASE, 2, (first >> 16 & WINDOW_MEMORY_MASK) |
			  WINDOW_PREFETCH_64BIT);
		image_set(image, CFG_PREFETCH_LIMIT, 2, (last >> 16 & WINDOW_MEMORY_MASK) |
			  WINDOW_PREFETCH_64BIT);
		image_set(image, CFG_PREFETCH_BASE_HIGH, 4, (uint32_t)(first >> 32));
		image_set(image, CFG_PREFETCH_LIMIT_HIGH, 4, (uint32_t)(last >> 32));
		break;
	default:
		break;
	}
}

static void set_cardbus_window(struct shape_function *function, enum window_kind kind)
{
	static const unsigned int registers[WINDOWS] = {
		[WINDOW_IO] = CFG_CARDBUS_IO_BASE, [WINDOW_IO_1] = CFG_CARDBUS_IO_BASE_1,
		[WINDOW_MEMORY] = CFG_CARDBUS_MEMORY_BASE,
		[WINDOW_MEMORY_1] = CFG_CARDBUS_MEMORY_BASE_1,
	};
	const struct window *window = &function->source->bridge->windows[kind];

	if (window->state != WINDOW_OPEN || !registers[kind])
		return;
	image_set(function->image, registers[kind], 4, (uint32_t)window->range.first);
	image_set(function->image, registers[kind] + 4, 4, (uint32_t)window->range.last);
}

static void set_bridge(struct shape *shape, struct shape_function *function)
{
	const struct pci_function *source = function->source;
	const struct bridge *bridge = source->bridge;
	char slot[SLOT_TEXT_MAX];

	if (!bridge)
		return;
	if (bridge->buses_known) {
		set_unread(function, CFG_PRIMARY, 1, bridge->primary);
		set_unread(function, CFG_SECONDARY, 1, bridge->secondary);
		set_unread(function, CFG_SUBORDINATE, 1, bridge->subordinate);
	} else {
		shape_note(shape, TOPIC_MADE_UP, "%s: the source does not tell which buses are behind "
			   "this bridge; there is none", slot_text(source, slot));
	}
	if (bridge->control_known)
		set_unread(function, CFG_BRIDGE_CONTROL, 2, bridge->control);
	for (int kind = 0; kind < WINDOWS; kind++) {
		unsigned int offset = bridge->cardbus ? CFG_CARDBUS_MEMORY_BASE :
			kind == WINDOW_IO ? CFG_IO_BASE : kind == WINDOW_MEMORY ?
			CFG_MEMORY_BASE : CFG_PREFETCH_BASE;

		if (was_read(source, offset, 2))
			continue;
		if (bridge->cardbus)
			set_cardbus_window(function, (enum window_kind)kind);
		else
			image_set_window(function, (enum window_kind)kind,
					 &bridge->windows[kind]);
	}
}

/*
 * A list that was not read to its end would lead anywhere.  What Linux takes from it for the
 * placing of resources is the kind of a port.
 */
static void set_capabilities(struct shape_function *function)
{
	const struct pci_function *source = function->source;
	uint8_t *image = function->image;
	bool known;
	unsigned int express = config_capability(source, CAP_ID_EXPRESS, &known);
	uint32_t status = image_get(image, CFG_STATUS, 2);

	if (known && (express || source->port_type == PORT_UNKNOWN))
		return;
	image_set(image, list_register(function), 1, 0);
	image_set(image, CFG_STATUS, 2, status & ~(uint32_t)STATUS_CAPABILITIES);
	if (source->port_type == PORT_UNKNOWN)
		return;
	image_set(image, list_register(function), 1, MADE_UP_CAPABILITY);
	image_set(image, CFG_STATUS, 2, status | STATUS_CAPABILITIES);
	memset(image + MADE_UP_CAPABILITY, 0, 0x3c);
	image[MADE_UP_CAPABILITY] = CAP_ID_EXPRESS;
	image_set(image, MADE_UP_CAPABILITY + EXPRESS_CAPABILITIES, 2,
		  2u | (uint32_t)(source->port_type - 1) << 4);
	if (express && express + 0x3c <= SHAPE_CONFIG_SMALL)
		copy_bytes(image + MADE_UP_CAPABILITY + 2, source->config + express + 2, NULL,
			   0x3a);
}

/* Which of a device's functions was read does not tell that there are others. */
static void set_multifunction(struct shape *shape)
{
	for (size_t i = 1; i < shape->count; i++) {
		struct shape_function *function = &shape->functions[i];

		for (size_t k = i; function->source->function && k--;) {
			struct shape_function *zero = &shape->functions[k];

			if (zero->source->bus != function->source->bus ||
			    zero->source->device != function->source->device ||
			    zero->source->domain != function->source->domain)
				break;
			if (!zero->source->function)
				zero->image[CFG_HEADER_TYPE] |= 0x80;
		}
	}
}

static void make_image(struct shape *shape, struct shape_function *function)
{
	const struct pci_function *source = function->source;
	size_t length = source->config_length < SHAPE_CONFIG_SMALL ? source->config_length :
		SHAPE_CONFIG_SMALL;

	function->image = arena_alloc(&shape->arena, SHAPE_CONFIG_SIZE);
	function->size = source->extended_length ? SHAPE_CONFIG_SIZE : SHAPE_CONFIG_SMALL;
	if (source->config)
		copy_bytes(function->image, source->config, source->present, length);
	if (source->extended_length)
		copy_bytes(function->image + EXTENDED_BEGIN, source->extended,
			   source->extended_present, source->extended_length);
	set_identity(shape, function);
	set_bars(function);
	set_bridge(shape, function);
	set_capabilities(function);
	if (image_capability(function, CAP_ID_EXPRESS))
		shape->express = true;
	image_to_handover(shape, function);
}

void shape_make_images(struct shape *shape)
{
	for (size_t i = 0; i < shape->count; i++)
		make_image(shape, &shape->functions[i]);
	set_multifunction(shape);
}
