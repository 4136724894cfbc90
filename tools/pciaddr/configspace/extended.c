// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/configspace/extended.h"

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
		struct vf_bar bar = { .index = (uint8_t)index };
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

/* PCI Express Base 5.0, 7.8.6: the size that is set now */
static void decode_resizable(struct pci_function *function, const struct extended *space,
			     unsigned int offset)
{
	uint32_t control, count;

	if (!read_extended(space, offset + REBAR_CONTROL, 4, &control))
		return;
	count = (control & REBAR_COUNT) >> 5;
	for (unsigned int i = 0; i < count && i < VF_BARS; i++) {
		struct bar *bar;
		unsigned int bits;

		if (!read_extended(space, offset + REBAR_CONTROL + 8 * i, 4, &control))
			return;
		bar = function_bar(function, control & REBAR_INDEX);
		bits = 20 + ((control & REBAR_SIZE) >> 8);
		if (!bar || bar->size_known || bits > 63 || bar->space != SPACE_MEMORY)
			continue;
		if (bar->range.first > UINT64_MAX - ((1ull << bits) - 1))
			continue;
		bar->size_known = true;
		bar->range.last = bar->range.first + ((1ull << bits) - 1);
	}
}

void config_decode_extended(struct machine *machine, struct pci_function *function,
			    const uint8_t *bytes, const uint8_t *present, size_t length)
{
	const struct extended space = { bytes, present, length };
	unsigned int offset = EXTENDED_BEGIN;
	uint32_t header;

	if (function->absent || function->virtual)
		return;
	for (unsigned int left = CAPABILITIES_MAX; left && offset >= EXTENDED_BEGIN; left--) {
		if (!read_extended(&space, offset, 4, &header))
			return;
		function->extended_known = true;
		if (!header || header == UINT32_MAX)
			return;
		switch (header & EXTENDED_ID) {
		case EXTENDED_ID_SRIOV:
			decode_sriov(machine, function, &space, offset);
			break;
		case EXTENDED_ID_REBAR:
			decode_resizable(function, &space, offset);
			break;
		}
		offset = header >> EXTENDED_NEXT_SHIFT & 0xffc;
	}
}
