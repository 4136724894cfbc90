// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of addresses: ranges, BARs, windows, bus numbers. */
#include "pciaddr/spec/read.h"

#include <string.h>

static bool read_exact(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct range_rule *rule = target;

	rule->has_exact = true;
	return yaml_range(yaml, node, &rule->exact);
}

static bool read_inside(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct range_rule *rule = target;

	rule->has_inside = true;
	return yaml_range(yaml, node, &rule->inside);
}

static bool read_covers(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct range_rule *rule = target;

	rule->has_covers = true;
	return yaml_range(yaml, node, &rule->covers);
}

static bool read_size(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct range_rule *rule = target;

	return yaml_size(yaml, node, &rule->size);
}

static bool read_min_size(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct range_rule *rule = target;

	return yaml_size(yaml, node, &rule->min_size);
}

static bool read_aligned(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct range_rule *rule = target;

	if (!yaml_size(yaml, node, &rule->aligned))
		return false;
	if (rule->aligned & (rule->aligned - 1))
		return yaml_error(yaml, node, "an alignment is a power of two");
	return true;
}

/*
 * A mapping with @keys for @target, a range, or @word, which stands for a state of its own
 * and sets *@is_word.
 */
static bool read_range_rule(struct yaml *yaml, struct fy_node *node,
			    const struct yaml_key *keys, void *target, struct range_rule *rule,
			    const char *word, bool *is_word)
{
	const char *text;

	if (node && !fy_node_is_scalar(node))
		return yaml_mapping(yaml, node, keys, target);
	text = yaml_text(yaml, node);
	if (!text)
		return false;
	*is_word = !strcmp(text, word);
	return *is_word || read_exact(yaml, rule, node);
}

/* BARs */

#define BAR_RANGE(name)							\
static bool read_bar_##name(struct yaml *yaml, void *target, struct fy_node *node)	\
{									\
	return read_##name(yaml, &((struct spec_bar *)target)->range, node);	\
}

BAR_RANGE(exact)
BAR_RANGE(inside)
BAR_RANGE(size)
BAR_RANGE(min_size)
BAR_RANGE(aligned)

static bool read_bar_type(struct yaml *yaml, void *target, struct fy_node *node)
{
	static const char *const types[] = { "any", "io", "memory", "memory32", "memory64", NULL };
	int type = yaml_word(yaml, node, types);

	((struct spec_bar *)target)->type = type;
	return type >= 0;
}

static bool read_bar_prefetchable(struct yaml *yaml, void *target, struct fy_node *node)
{
	return spec_read_tristate(yaml, node, &((struct spec_bar *)target)->prefetchable);
}

static bool read_bar_owner(struct yaml *yaml, void *target, struct fy_node *node)
{
	return spec_read_owner(yaml, node, &((struct spec_bar *)target)->owner);
}

static bool read_bar_enhanced(struct yaml *yaml, void *target, struct fy_node *node)
{
	return spec_read_tristate(yaml, node, &((struct spec_bar *)target)->enhanced);
}

static bool read_bar_resizable(struct yaml *yaml, void *target, struct fy_node *node)
{
	return spec_read_tristate(yaml, node, &((struct spec_bar *)target)->resizable);
}

static bool add_bar_size(struct yaml *yaml, void *target, struct fy_node *node)
{
	uint64_t size;

	if (!yaml_size(yaml, node, &size))
		return false;
	if (size < 1ull << 20 || (size & (size - 1)))
		return yaml_error(yaml, node, "a resizable BAR has a power of two, 1M at least");
	((struct spec_bar *)target)->sizes |= size;
	return true;
}

static bool read_bar_sizes(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_sequence(yaml, node, target, add_bar_size);
}

static const struct yaml_key bar_keys[] = {
	{ "type", read_bar_type },
	{ "range", read_bar_exact },
	{ "inside", read_bar_inside },
	{ "size", read_bar_size },
	{ "min-size", read_bar_min_size },
	{ "aligned", read_bar_aligned },
	{ "prefetchable", read_bar_prefetchable },
	{ "enhanced-allocation", read_bar_enhanced },
	{ "resizable", read_bar_resizable },
	{ "sizes", read_bar_sizes },
	{ "owner", read_bar_owner },
	{ 0 }
};

static bool read_bar(struct yaml *yaml, struct spec_entry *entry, unsigned int index,
		     struct fy_node *node)
{
	struct spec_bar *bar = arena_alloc(yaml->arena, sizeof(*bar));

	bar->index = index;
	bar->place = yaml->place;
	bar->next = entry->bars;
	entry->bars = bar;
	if (!read_range_rule(yaml, node, bar_keys, bar, &bar->range, "absent", &bar->absent))
		return false;
	if (bar->sizes && bar->resizable == TRISTATE_NO)
		return yaml_error(yaml, node, "a BAR that is not resizable has no 'sizes'");
	return true;
}

#define BAR_KEY(name, index)						\
static bool read_bar_##name(struct yaml *yaml, void *target, struct fy_node *node)	\
{									\
	return read_bar(yaml, target, index, node);			\
}

BAR_KEY(0, 0)
BAR_KEY(1, 1)
BAR_KEY(2, 2)
BAR_KEY(3, 3)
BAR_KEY(4, 4)
BAR_KEY(5, 5)
BAR_KEY(rom, BAR_ROM)

static const struct yaml_key bars_keys[] = {
	{ "0", read_bar_0 },
	{ "1", read_bar_1 },
	{ "2", read_bar_2 },
	{ "3", read_bar_3 },
	{ "4", read_bar_4 },
	{ "5", read_bar_5 },
	{ "rom", read_bar_rom },
	{ 0 }
};

bool spec_read_bars(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_mapping(yaml, node, bars_keys, target);
}

/* Windows */

static const struct yaml_key window_keys[] = {
	{ "range", read_exact },
	{ "inside", read_inside },
	{ "covers", read_covers },
	{ "size", read_size },
	{ "min-size", read_min_size },
	{ "aligned", read_aligned },
	{ 0 }
};

static bool read_window(struct yaml *yaml, struct spec_entry *entry, enum window_kind kind,
			struct fy_node *node)
{
	struct spec_window *window = arena_alloc(yaml->arena, sizeof(*window));

	window->kind = kind;
	window->place = yaml->place;
	window->next = entry->windows;
	entry->windows = window;
	return read_range_rule(yaml, node, window_keys, &window->range, &window->range, "closed",
			       &window->closed);
}

#define WINDOW_KEY(name, kind)						\
static bool read_window_##name(struct yaml *yaml, void *target, struct fy_node *node)	\
{									\
	return read_window(yaml, target, kind, node);			\
}

WINDOW_KEY(io, WINDOW_IO)
WINDOW_KEY(memory, WINDOW_MEMORY)
WINDOW_KEY(prefetchable, WINDOW_PREFETCHABLE)
WINDOW_KEY(io_1, WINDOW_IO_1)
WINDOW_KEY(memory_1, WINDOW_MEMORY_1)

static const struct yaml_key windows_keys[] = {
	{ "io", read_window_io },
	{ "memory", read_window_memory },
	{ "prefetchable", read_window_prefetchable },
	{ "io1", read_window_io_1 },
	{ "memory1", read_window_memory_1 },
	{ 0 }
};

bool spec_read_windows(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_mapping(yaml, node, windows_keys, target);
}

/* Bus numbers */

static bool read_primary(struct yaml *yaml, void *target, struct fy_node *node)
{
	return spec_read_byte(yaml, node, &((struct spec_entry *)target)->primary);
}

static bool read_secondary(struct yaml *yaml, void *target, struct fy_node *node)
{
	return spec_read_byte(yaml, node, &((struct spec_entry *)target)->secondary);
}

static bool read_subordinate(struct yaml *yaml, void *target, struct fy_node *node)
{
	return spec_read_byte(yaml, node, &((struct spec_entry *)target)->subordinate);
}

static const struct yaml_key bus_keys[] = {
	{ "primary", read_primary },
	{ "secondary", read_secondary },
	{ "subordinate", read_subordinate },
	{ 0 }
};

bool spec_read_bus(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_mapping(yaml, node, bus_keys, target);
}
