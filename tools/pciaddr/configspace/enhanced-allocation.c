// SPDX-License-Identifier: GPL-2.0-or-later
/* Enhanced Allocation: PCI Express Base 5.0, 7.8.5. */
#include "pciaddr/configspace/decode.h"

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"

struct ea_entry {
	unsigned int offset;	/* of its base in config space */
	unsigned int bar_indicator;
	unsigned int properties;
	struct range range;
};

enum {
	EA_BAR_LAST = 5,
	EA_BEHIND_BRIDGE = 6,
	EA_ROM = 8,
	EA_VF_BAR_FIRST = 9,
	EA_VF_BAR_LAST = 14,
	EA_MEMORY = 0x00,
	EA_MEMORY_PREFETCHABLE = 0x01,
	EA_IO = 0x02,
	EA_VF_MEMORY_PREFETCHABLE = 0x03,
	EA_VF_MEMORY = 0x04,
	EA_BRIDGE_MEMORY = 0x05,
	EA_BRIDGE_PREFETCHABLE = 0x06,
	EA_BRIDGE_IO = 0x07,
	EA_UNAVAILABLE = 0xff,
};

/* One entry of 2 to 5 double words; returns its length in bytes, 0 when it is malformed. */
static unsigned int read_ea_entry(const struct pci_function *function, unsigned int offset,
				  struct ea_entry *entry, bool *enabled)
{
	uint32_t first, base, top, high;
	unsigned int length, next = offset + 12;

	if (!config_read(function, offset, 4, &first) ||
	    !config_read(function, offset + 4, 4, &base) ||
	    !config_read(function, offset + 8, 4, &top))
		return 0;
	length = 4 + 4 * (first & 7);
	entry->offset = offset + 4;
	entry->bar_indicator = first >> 4 & 0xf;
	entry->properties = first >> 8 & 0xff;
	if (entry->properties > EA_BRIDGE_IO)
		entry->properties = first >> 16 & 0xff;
	*enabled = first >> 31;
	entry->range.first = base & ~3u;
	entry->range.last = (top & ~3u) | 3;
	if (base & 2) {
		if (!config_read(function, next, 4, &high))
			return 0;
		entry->range.first |= (uint64_t)high << 32;
		next += 4;
	}
	if (top & 2) {
		if (!config_read(function, next, 4, &high))
			return 0;
		entry->range.last |= (uint64_t)high << 32;
		next += 4;
	}
	if (next > offset + length || entry->range.last > UINT64_MAX - entry->range.first)
		return 0;
	entry->range.last += entry->range.first;
	return length;
}

static void apply_ea_entry(struct machine *machine, struct pci_function *function,
			   const struct ea_entry *entry)
{
	unsigned int index = entry->bar_indicator == EA_ROM ? BAR_ROM : entry->bar_indicator;
	struct bar *bar;

	if (function->bridge && entry->bar_indicator == EA_BEHIND_BRIDGE) {
		enum window_kind kind = entry->properties == EA_BRIDGE_IO ? WINDOW_IO :
			entry->properties == EA_BRIDGE_PREFETCHABLE ? WINDOW_PREFETCHABLE :
			WINDOW_MEMORY;

		function->bridge->windows[kind].state = WINDOW_OPEN;
		function->bridge->windows[kind].range = entry->range;
		return;
	}
	if ((entry->bar_indicator > EA_BAR_LAST && entry->bar_indicator != EA_ROM) ||
	    entry->properties > EA_IO)
		return;
	bar = function_bar(function, index);
	if (!bar)
		bar = function_add_bar(machine, function, index);
	bar->space = entry->properties == EA_IO ? SPACE_IO : SPACE_MEMORY;
	bar->prefetchable = entry->properties == EA_MEMORY_PREFETCHABLE;
	bar->is_64bit = entry->range.last > UINT32_MAX;
	bar->enhanced = true;
	bar->register_known = true;
	bar->register_address = entry->range.first;
	bar->state = BAR_ASSIGNED;
	bar->size_known = true;
	bar->not_decoded = false;
	bar->range = entry->range;
}

/* The entries that are enabled, one after the other. */
struct ea_walk {
	unsigned int offset;	/* of the next entry */
	unsigned int left;
};

static struct ea_walk begin_walk(const struct pci_function *function)
{
	bool known;
	unsigned int offset = config_capability(function, CAP_ID_EA, &known);
	uint32_t count;

	if (!offset || !config_read(function, offset + 2, 1, &count))
		return (struct ea_walk) { 0 };
	return (struct ea_walk) {
		.offset = offset + (function->header_type == HEADER_BRIDGE ? 8 : 4),
		.left = count & 0x3f,
	};
}

static bool next_entry(const struct pci_function *function, struct ea_walk *walk,
		       struct ea_entry *entry)
{
	bool enabled = false;

	while (walk->left && !enabled) {
		unsigned int length = read_ea_entry(function, walk->offset, entry, &enabled);

		walk->left = length ? walk->left - 1 : 0;
		walk->offset += length;
		enabled = enabled && length;
	}
	return enabled;
}

void config_decode_enhanced_allocation(struct machine *machine, struct pci_function *function)
{
	struct ea_walk walk = begin_walk(function);
	struct ea_entry entry;

	while (next_entry(function, &walk, &entry))
		apply_ea_entry(machine, function, &entry);
}

/* In the place of the BAR that the SR-IOV capability has with this index, or a new one. */
static struct vf_bar *place_of_vf_bar(struct sriov *sriov, unsigned int index)
{
	unsigned int at = 0;

	while (at < sriov->bar_count && sriov->bars[at].index < index)
		at++;
	if (at < sriov->bar_count && sriov->bars[at].index == index)
		return &sriov->bars[at];
	if (sriov->bar_count == VF_BARS)
		return NULL;
	for (unsigned int i = sriov->bar_count++; i > at; i--)
		sriov->bars[i] = sriov->bars[i - 1];
	return &sriov->bars[at];
}

void config_decode_enhanced_vf_bars(struct pci_function *function)
{
	struct ea_walk walk = begin_walk(function);
	struct ea_entry entry;
	struct vf_bar *bar;

	while (function->sriov && next_entry(function, &walk, &entry)) {
		if (entry.bar_indicator < EA_VF_BAR_FIRST || entry.bar_indicator > EA_VF_BAR_LAST ||
		    (entry.properties != EA_VF_MEMORY &&
		     entry.properties != EA_VF_MEMORY_PREFETCHABLE))
			continue;
		bar = place_of_vf_bar(function->sriov, entry.bar_indicator - EA_VF_BAR_FIRST);
		if (!bar)
			continue;
		/* the entry is of one virtual function; the others follow, as behind a VF BAR */
		*bar = (struct vf_bar) {
			.index = (uint8_t)(entry.bar_indicator - EA_VF_BAR_FIRST),
			.is_64bit = entry.range.last > UINT32_MAX,
			.prefetchable = entry.properties == EA_VF_MEMORY_PREFETCHABLE,
			.offset = (uint16_t)entry.offset,
			.address = entry.range.first,
			.size = range_size(entry.range),
		};
	}
}
