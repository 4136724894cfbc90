// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/dump-slots.h"

#include <stdlib.h>

#include "common/alloc.h"

/* Open addressing, with a power of two of places, of which at most half are taken. */
struct slot_table {
	size_t *indices;	/* plus 1; 0: free */
	size_t size;
	size_t count;		/* of the machine's functions, those that are in it */
};

static uint64_t slot_hash(const struct pci_function *slot)
{
	uint64_t key = (uint64_t)slot->domain << 16 | (uint64_t)slot->bus << 8 |
		(uint64_t)slot->device << 3 | slot->function;

	/* Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4) */
	return key * 0x9e3779b97f4a7c15ull >> 20;
}

/* The place of this slot, or the free one where it belongs. */
static size_t *place_of(const struct slot_table *table, const struct machine *machine,
			const struct pci_function *slot)
{
	size_t at = slot_hash(slot) & (table->size - 1);

	while (table->indices[at] &&
	       slot_compare(&machine->functions[table->indices[at] - 1], slot))
		at = (at + 1) & (table->size - 1);
	return &table->indices[at];
}

static void grow(struct slot_table *table, const struct machine *machine)
{
	if (machine->count * 2 < table->size)
		return;
	while (table->size <= machine->count * 2)
		table->size = table->size ? table->size * 2 : 256;
	free(table->indices);
	table->indices = xcalloc(table->size, sizeof(*table->indices));
	table->count = 0;
}

size_t dump_find_slot(struct dump_reader *reader, const struct pci_function *slot)
{
	const struct machine *machine = reader->machine;
	struct slot_table *table = reader->slots;
	size_t found;

	if (!machine->count)
		return SIZE_MAX;
	if (!table) {
		if (slot_compare(&machine->functions[machine->count - 1], slot) < 0)
			return SIZE_MAX;
		table = xcalloc(1, sizeof(*table));
		reader->slots = table;
	}
	grow(table, machine);
	for (; table->count < machine->count; table->count++) {
		size_t *place = place_of(table, machine, &machine->functions[table->count]);

		if (!*place)
			*place = table->count + 1;
	}
	found = *place_of(table, machine, slot);
	return found ? found - 1 : SIZE_MAX;
}

void dump_free_slots(struct dump_reader *reader)
{
	if (!reader->slots)
		return;
	free(reader->slots->indices);
	free(reader->slots);
	reader->slots = NULL;
}
