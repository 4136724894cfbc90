// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/configspace/extended.h"

#include <string.h>

#include "pciaddr/configspace/decode.h"
#include "pciaddr/model/pcispec.h"

/* The capabilities lie on 4-byte boundaries, and each has 4 bytes at least. */
#define CAPABILITIES_MAX (EXTENDED_SIZE / 4)

struct extended {
	const uint8_t *bytes;
	const uint8_t *present;
	size_t length;
};

/* False when one of the bytes was not read; @offset counts from 0 of config space. */
static bool read_extended(const struct extended *space, unsigned int offset, unsigned int size,
			  uint32_t *value)
{
	if (offset < EXTENDED_BEGIN || offset - EXTENDED_BEGIN + size > space->length)
		return false;
	offset -= EXTENDED_BEGIN;
	*value = 0;
	for (unsigned int i = 0; i < size; i++) {
		unsigned int at = offset + i;

		if (space->present && !(space->present[at / 8] >> (at % 8) & 1))
			return false;
		*value |= (uint32_t)space->bytes[at] << (8 * i);
	}
	return true;
}

static void decode_vf_bars(const struct extended *space, unsigned int offset,
			   struct sriov *sriov)
{
	for (unsigned int index = 0; index < VF_BARS; index++) {
		struct vf_bar bar = {
			.index = (uint8_t)index,
			.offset = (uint16_t)(offset + SRIOV_BAR0 + 4 * index),
		};
		uint32_t low, high;

		if (!read_extended(space, offset + SRIOV_BAR0 + 4 * index, 4, &low) || !low)
			continue;
		bar.prefetchable = low & BAR_PREFETCH;
		bar.address = low & BAR_MEMORY_MASK;
		if ((low & BAR_MEMORY_TYPE) == BAR_MEMORY_64BIT && index + 1 < VF_BARS) {
			bar.is_64bit = true;
			index++;
			if (!read_extended(space, offset + SRIOV_BAR0 + 4 * index, 4, &high))
				continue;
			bar.address |= (uint64_t)high << 32;
		}
		sriov->bars[sriov->bar_count++] = bar;
	}
}

/* Single Root I/O Virtualization 1.1, 3.3 */
static void decode_sriov(struct machine *machine, struct pci_function *function,
			 const struct extended *space, unsigned int offset)
{
	uint32_t control, total, enabled;
	struct sriov *sriov;

	if (function->sriov || !read_extended(space, offset + SRIOV_CONTROL, 2, &control) ||
	    !read_extended(space, offset + SRIOV_TOTAL_VFS, 2, &total) ||
	    !read_extended(space, offset + SRIOV_NUM_VFS, 2, &enabled))
		return;
	sriov = arena_alloc(&machine->arena, sizeof(*sriov));
	sriov->offset = (uint16_t)offset;
	sriov->total = (uint16_t)total;
	sriov->enabled = control & SRIOV_VF_ENABLE ? (uint16_t)enabled : 0;
	sriov->decodes = control & SRIOV_VF_MEMORY;
	decode_vf_bars(space, offset, sriov);
	function->sriov = sriov;
}

/* PCI Express Base 5.0, 7.9.3; some have nothing but zeroes or ones there */
static void decode_serial(struct pci_function *function, const struct extended *space,
			  unsigned int offset)
{
	uint32_t low, high;

	if (function->serial || !read_extended(space, offset + SERIAL_LOW, 4, &low) ||
	    !read_extended(space, offset + SERIAL_HIGH, 4, &high) ||
	    (low == UINT32_MAX && high == UINT32_MAX))
		return;
	function->serial = (uint64_t)high << 32 | low;
	function->serial_offset = (uint16_t)offset;
}

/* PCI Express Base 5.0, 7.7.8 */
static void decode_acs(struct machine *machine, struct pci_function *function,
		       const struct extended *space, unsigned int offset)
{
	uint32_t capability, control;

	if (function->acs || !read_extended(space, offset + ACS_CAPABILITY, 2, &capability) ||
	    !read_extended(space, offset + ACS_CONTROL, 2, &control))
		return;
	function->acs = arena_alloc(&machine->arena, sizeof(*function->acs));
	function->acs->offset = (uint16_t)offset;
	function->acs->capability = (uint16_t)(capability & ACS_ALL);
	function->acs->control = (uint16_t)(control & ACS_ALL);
}

/* Of a resizable BAR: which, the sizes that it can have, and the one that is set. */
struct resize {
	unsigned int index;
	uint64_t sizes;
	uint64_t size;		/* 0: not one that there is */
};

/* PCI Express Base 5.0, 7.8.6 and, of virtual functions, 9.3.7.5; the entry with number @at */
static bool read_resize(const struct extended *space, unsigned int offset, unsigned int at,
			struct resize *resize)
{
	uint32_t capability, control, first;
	unsigned int bits;

	if (!read_extended(space, offset + REBAR_CONTROL, 4, &first) ||
	    at >= (first & REBAR_COUNT) >> REBAR_COUNT_SHIFT || at >= VF_BARS ||
	    !read_extended(space, offset + REBAR_CAPABILITY + 8 * at, 4, &capability) ||
	    !read_extended(space, offset + REBAR_CONTROL + 8 * at, 4, &control))
		return false;
	bits = 20 + ((control & REBAR_SIZE) >> REBAR_SIZE_SHIFT);
	resize->index = control & REBAR_INDEX;
	resize->sizes = (uint64_t)(capability >> REBAR_SIZES_SHIFT) << 20 |
		(uint64_t)(control >> REBAR_HIGH_SHIFT) << 48;
	resize->size = bits > 63 ? 0 : 1ull << bits;
	return true;
}

static void decode_resizable(struct machine *machine, struct pci_function *function,
			     const struct extended *space, unsigned int offset)
{
	struct resizable *resizable;
	struct resize resize;

	if (function->resizable)
		return;
	resizable = arena_alloc(&machine->arena, sizeof(*resizable));
	for (unsigned int i = 0; read_resize(space, offset, i, &resize); i++) {
		struct bar *bar;

		if (resize.index >= BAR_ROM)
			continue;
		resizable->bars[resizable->count++] = (struct resizable_bar) {
			.offset = (uint16_t)(offset + REBAR_CAPABILITY + 8 * i),
			.index = (uint8_t)resize.index,
			.sizes = resize.sizes,
		};
		bar = function_bar(function, resize.index);
		if (!bar || bar->size_known || bar->space != SPACE_MEMORY || !resize.size ||
		    bar->range.first > UINT64_MAX - (resize.size - 1))
			continue;
		bar->size_known = true;
		bar->range.last = bar->range.first + (resize.size - 1);
	}
	if (resizable->count)
		function->resizable = resizable;
}

static void decode_resizable_vfs(struct sriov *sriov, const struct extended *space,
				 unsigned int offset)
{
	struct resize resize;

	for (unsigned int i = 0; read_resize(space, offset, i, &resize); i++)
		for (unsigned int k = 0; k < sriov->bar_count; k++)
			if (sriov->bars[k].index == resize.index && !sriov->bars[k].size)
				sriov->bars[k].size = resize.size;
}

/* Of the first that were read: what comes again has been compared, and counts no more. */
static void keep_bytes(struct machine *machine, struct pci_function *function,
		       const struct extended *space)
{
	size_t bits = (space->length + 7) / 8;

	if (!machine->keeps_extended || function->extended_length || !space->length)
		return;
	function->extended = memcpy(arena_alloc(&machine->arena, space->length), space->bytes,
				    space->length);
	if (space->present)
		function->extended_present = memcpy(arena_alloc(&machine->arena, bits),
						    space->present, bits);
	function->extended_length = (uint16_t)space->length;
}

void config_decode_extended(struct machine *machine, struct pci_function *function,
			    const uint8_t *bytes, const uint8_t *present, size_t length)
{
	const struct extended space = { bytes, present, length };
	unsigned int offset = EXTENDED_BEGIN, resizable_vfs = 0;
	bool all_decoded = true;
	uint32_t header;

	if (function->absent || function->virtual)
		return;
	keep_bytes(machine, function, &space);
	for (unsigned int left = CAPABILITIES_MAX; left && offset >= EXTENDED_BEGIN; left--) {
		if (!read_extended(&space, offset, 4, &header))
			break;
		if (!header || header == UINT32_MAX) {
			offset = 0;
			break;
		}
		switch (header & EXTENDED_ID) {
		case EXTENDED_ID_SERIAL:
			decode_serial(function, &space, offset);
			break;
		case EXTENDED_ID_ACS:
			decode_acs(machine, function, &space, offset);
			all_decoded = all_decoded && function->acs;
			break;
		case EXTENDED_ID_SRIOV:
			decode_sriov(machine, function, &space, offset);
			all_decoded = all_decoded && function->sriov;
			break;
		case EXTENDED_ID_REBAR:
			decode_resizable(machine, function, &space, offset);
			break;
		case EXTENDED_ID_VF_REBAR:
			resizable_vfs = offset;
			break;
		}
		offset = header >> EXTENDED_NEXT_SHIFT & 0xffc;
	}
	/*
	 * A list that is a ring has no end, and what breaks off may go on.  What is in the list,
	 * and was not read, is not known to be missing.
	 */
	if (offset < EXTENDED_BEGIN && all_decoded)
		function->extended_known = true;
	if (function->sriov && resizable_vfs)
		decode_resizable_vfs(function->sriov, &space, resizable_vfs);
	config_decode_enhanced_vf_bars(function);
}
