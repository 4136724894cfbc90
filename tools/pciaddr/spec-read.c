// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of the specification format, each with the function that reads it. */
#include <config.h>

#include "pciaddr/spec.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/die.h"
#include "pciaddr/configspace.h"
#include "pciaddr/pcispec.h"
#include "pciaddr/spec-yaml.h"
#include "pciaddr/textfile.h"

static void *take(struct yaml *yaml, size_t size)
{
	return arena_alloc(yaml->arena, size);
}

/* Ranges */

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
	bool value;

	if (!yaml_bool(yaml, node, &value))
		return false;
	((struct spec_bar *)target)->prefetchable = value ? WANTED_YES : WANTED_NO;
	return true;
}

/* "none" stands for nobody. */
static bool read_owner_text(struct yaml *yaml, struct fy_node *node, const char **owner)
{
	*owner = yaml_text(yaml, node);
	if (*owner && !strcmp(*owner, "none"))
		*owner = "";
	return *owner != NULL;
}

static bool read_bar_owner(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_owner_text(yaml, node, &((struct spec_bar *)target)->owner);
}

static const struct yaml_key bar_keys[] = {
	{ "type", read_bar_type },
	{ "range", read_bar_exact },
	{ "inside", read_bar_inside },
	{ "size", read_bar_size },
	{ "min-size", read_bar_min_size },
	{ "aligned", read_bar_aligned },
	{ "prefetchable", read_bar_prefetchable },
	{ "owner", read_bar_owner },
	{ 0 }
};

/* A BAR is "absent", a range, or a mapping. */
static bool read_bar(struct yaml *yaml, struct spec_entry *entry, unsigned int index,
		     struct fy_node *node)
{
	struct spec_bar *bar = take(yaml, sizeof(*bar));
	const char *text;

	bar->index = index;
	bar->place = yaml->place;
	bar->next = entry->bars;
	entry->bars = bar;
	if (node && !fy_node_is_scalar(node))
		return yaml_mapping(yaml, node, bar_keys, bar);
	text = yaml_text(yaml, node);
	if (!text)
		return false;
	if (strcmp(text, "absent"))
		return read_bar_exact(yaml, bar, node);
	bar->absent = true;
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

static bool read_bars(struct yaml *yaml, void *target, struct fy_node *node)
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
	struct spec_window *window = take(yaml, sizeof(*window));
	const char *text;

	window->kind = kind;
	window->place = yaml->place;
	window->next = entry->windows;
	entry->windows = window;
	if (node && !fy_node_is_scalar(node))
		return yaml_mapping(yaml, node, window_keys, &window->range);
	text = yaml_text(yaml, node);
	if (!text)
		return false;
	if (strcmp(text, "closed"))
		return read_exact(yaml, &window->range, node);
	window->closed = true;
	return true;
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

static bool read_windows(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_mapping(yaml, node, windows_keys, target);
}

/* Bus numbers */

static bool read_bus_number(struct yaml *yaml, struct spec_number *number, struct fy_node *node)
{
	uint64_t value;

	if (!yaml_number(yaml, node, 255, &value))
		return false;
	number->place = yaml_place(yaml, node);
	number->value = (uint32_t)value;
	return true;
}

static bool read_primary(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_bus_number(yaml, &((struct spec_entry *)target)->primary, node);
}

static bool read_secondary(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_bus_number(yaml, &((struct spec_entry *)target)->secondary, node);
}

static bool read_subordinate(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_bus_number(yaml, &((struct spec_entry *)target)->subordinate, node);
}

static const struct yaml_key bus_keys[] = {
	{ "primary", read_primary },
	{ "secondary", read_secondary },
	{ "subordinate", read_subordinate },
	{ 0 }
};

static bool read_bus(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_mapping(yaml, node, bus_keys, target);
}

/* Selectors and identities */

static bool set_selector(struct yaml *yaml, struct selector *selector, const char *key,
			 struct fy_node *node)
{
	const char *text = yaml_text(yaml, node);
	const char *error = text ? selector_set(selector, yaml->arena, key, text) : NULL;

	if (error)
		return yaml_error(yaml, node, "'%s': %s", text, error);
	return text != NULL;
}

#define SELECTOR_KEY(key)						\
static bool read_selector_##key(struct yaml *yaml, void *target, struct fy_node *node)	\
{									\
	return set_selector(yaml, target, #key, node);			\
}

SELECTOR_KEY(slot)
SELECTOR_KEY(id)
SELECTOR_KEY(subsystem)
SELECTOR_KEY(class)
SELECTOR_KEY(path)
SELECTOR_KEY(driver)

static const struct yaml_key selector_yaml_keys[] = {
	{ "slot", read_selector_slot },
	{ "id", read_selector_id },
	{ "subsystem", read_selector_subsystem },
	{ "class", read_selector_class },
	{ "path", read_selector_path },
	{ "driver", read_selector_driver },
	{ 0 }
};

/* What a mapping selects by, the way the command line writes it. */
static bool describe_selector(struct yaml *yaml, struct selector *selector, struct fy_node *node)
{
	struct fy_node_pair *pair;
	void *iterator = NULL;
	const char *text = "";

	while ((pair = fy_node_mapping_iterate(node, &iterator)))
		text = arena_printf(yaml->arena, "%s%s%s=%s", text, *text ? "," : "",
				    yaml_text(yaml, fy_node_pair_key(pair)),
				    yaml_text(yaml, fy_node_pair_value(pair)));
	if (!*text)
		return yaml_error(yaml, node, "the selector is empty");
	selector->text = text;
	return true;
}

static bool read_select(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_entry *entry = target;
	const char *text, *error;

	entry->has_selector = true;
	if (node && fy_node_is_mapping(node))
		return yaml_mapping(yaml, node, selector_yaml_keys, &entry->selector) &&
			describe_selector(yaml, &entry->selector, node);
	text = yaml_text(yaml, node);
	if (!text)
		return false;
	error = selector_parse(&entry->selector, yaml->arena, text);
	if (error)
		return yaml_error(yaml, node, "'%s': %s", text, error);
	return true;
}

static bool read_entry_id(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_entry *entry = target;

	entry->id_place = yaml->place;
	return read_selector_id(yaml, &entry->id, node);
}

static bool read_entry_subsystem(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_entry *entry = target;

	entry->id_place = yaml->place;
	return read_selector_subsystem(yaml, &entry->id, node);
}

static bool read_entry_class(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_entry *entry = target;

	entry->id_place = yaml->place;
	return read_selector_class(yaml, &entry->id, node);
}

static bool read_revision(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_number *revision = &((struct spec_entry *)target)->revision;
	uint64_t value;

	if (!yaml_number(yaml, node, 255, &value))
		return false;
	revision->place = yaml_place(yaml, node);
	revision->value = (uint32_t)value;
	return true;
}

static bool read_name(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_entry *entry = target;

	entry->name = yaml_text(yaml, node);
	return entry->name != NULL;
}

static bool read_presence(struct yaml *yaml, void *target, struct fy_node *node)
{
	static const char *const words[] = { "required", "optional", "forbidden", NULL };
	int word = yaml_word(yaml, node, words);

	((struct spec_entry *)target)->presence = word;
	return word >= 0;
}

/* "2", "1-4", "1+" */
static bool read_count(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_entry *entry = target;
	const char *text = yaml_text(yaml, node);
	struct range range;
	uint64_t number;
	size_t length;

	if (!text)
		return false;
	entry->count_place = yaml_place(yaml, node);
	length = strlen(text);
	if (parse_u64_max(text, INT_MAX, &number)) {
		entry->min_count = entry->max_count = (size_t)number;
		return true;
	}
	if (text[length - 1] == '+' &&
	    parse_u64_max(arena_copy(yaml->arena, text, length - 1), INT_MAX, &number)) {
		entry->min_count = (size_t)number;
		entry->max_count = SIZE_MAX;
		return true;
	}
	if (strchr(text, '-') && parse_range(text, &range) && range.last <= INT_MAX) {
		entry->min_count = (size_t)range.first;
		entry->max_count = (size_t)range.last;
		return true;
	}
	return yaml_error(yaml, node, "'%s' is no count; wanted: 2, 1-4 or 1+", text);
}

static bool add_driver(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_entry *entry = target;
	struct spec_text *driver = take(yaml, sizeof(*driver)), **end = &entry->drivers;

	driver->place = yaml_place(yaml, node);
	if (!read_owner_text(yaml, node, &driver->text))
		return false;
	while (*end)
		end = &(*end)->next;
	*end = driver;
	return true;
}

static bool read_driver(struct yaml *yaml, void *target, struct fy_node *node)
{
	if (node && fy_node_is_sequence(node))
		return yaml_sequence(yaml, node, target, add_driver);
	return add_driver(yaml, target, node);
}

/* Command register */

static bool read_command_bit(struct yaml *yaml, struct spec_entry *entry, uint16_t bit,
			     bool inverted, struct fy_node *node)
{
	bool on;

	if (!yaml_bool(yaml, node, &on))
		return false;
	entry->command_mask |= bit;
	if (on != inverted)
		entry->command_value |= bit;
	return true;
}

static bool read_command_io(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_command_bit(yaml, target, COMMAND_IO, false, node);
}

static bool read_command_memory(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_command_bit(yaml, target, COMMAND_MEMORY, false, node);
}

static bool read_command_master(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_command_bit(yaml, target, COMMAND_MASTER, false, node);
}

static bool read_command_intx(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_command_bit(yaml, target, COMMAND_INTX_DISABLE, true, node);
}

static const struct yaml_key command_keys[] = {
	{ "io", read_command_io },
	{ "memory", read_command_memory },
	{ "master", read_command_master },
	{ "intx", read_command_intx },
	{ 0 }
};

static bool read_command(struct yaml *yaml, void *target, struct fy_node *node)
{
	((struct spec_entry *)target)->command_place = yaml->place;
	return yaml_mapping(yaml, node, command_keys, target);
}

/* MSI and MSI-X */

static bool read_msi_enabled(struct yaml *yaml, void *target, struct fy_node *node)
{
	bool value;

	if (!yaml_bool(yaml, node, &value))
		return false;
	((struct spec_msi *)target)->enabled = value ? WANTED_YES : WANTED_NO;
	return true;
}

static bool read_msi_vectors(struct yaml *yaml, void *target, struct fy_node *node)
{
	uint64_t value;

	if (!yaml_number(yaml, node, 2048, &value))
		return false;
	((struct spec_msi *)target)->vectors = (unsigned int)value;
	return true;
}

static const struct yaml_key msi_keys[] = {
	{ "enabled", read_msi_enabled },
	{ "vectors", read_msi_vectors },
	{ 0 }
};

static bool read_msi_state(struct yaml *yaml, struct spec_msi *msi, struct fy_node *node)
{
	static const char *const words[] = { "absent", "present", "on", "off", NULL };
	int word;

	msi->place = yaml->place;
	if (node && !fy_node_is_scalar(node))
		return yaml_mapping(yaml, node, msi_keys, msi);
	word = yaml_word(yaml, node, words);
	msi->absent = word == 0;
	msi->enabled = word == 2 ? WANTED_YES : word == 3 ? WANTED_NO : WANTED_ANY;
	return word >= 0;
}

static bool read_msi(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_msi_state(yaml, &((struct spec_entry *)target)->msi, node);
}

static bool read_msix(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_msi_state(yaml, &((struct spec_entry *)target)->msix, node);
}

/* PCI Express link */

static bool read_speed_text(struct yaml *yaml, struct fy_node *node, unsigned int *speed)
{
	const char *words[16];
	unsigned int count = 0;
	int word;

	for (unsigned int i = 1; link_speed_name(i); i++)
		words[count++] = link_speed_name(i);
	words[count] = NULL;
	word = yaml_word(yaml, node, words);
	*speed = (unsigned int)(word + 1);
	return word >= 0;
}

static bool read_speed(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_speed_text(yaml, node, &((struct spec_link *)target)->speed);
}

static bool read_min_speed(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_speed_text(yaml, node, &((struct spec_link *)target)->min_speed);
}

static bool read_width_number(struct yaml *yaml, struct fy_node *node, unsigned int *width)
{
	uint64_t value;

	if (!yaml_number(yaml, node, 32, &value))
		return false;
	if (!value)
		return yaml_error(yaml, node, "a link has at least one lane");
	*width = (unsigned int)value;
	return true;
}

static bool read_width(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_width_number(yaml, node, &((struct spec_link *)target)->width);
}

static bool read_min_width(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_width_number(yaml, node, &((struct spec_link *)target)->min_width);
}

static const struct yaml_key link_keys[] = {
	{ "speed", read_speed },
	{ "min-speed", read_min_speed },
	{ "width", read_width },
	{ "min-width", read_min_width },
	{ 0 }
};

static bool read_link(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_link *link = &((struct spec_entry *)target)->link;

	link->place = yaml->place;
	return yaml_mapping(yaml, node, link_keys, link);
}

static bool read_severity(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_entry *entry = target;
	const char *words[SEVERITIES + 1];
	int word;

	for (int i = 0; i < SEVERITIES; i++)
		words[i] = severity_name(i);
	words[SEVERITIES] = NULL;
	word = yaml_word(yaml, node, words);
	entry->has_severity = true;
	entry->severity = word;
	return word >= 0;
}

static bool read_advice(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_entry *entry = target;

	entry->advice = yaml_text(yaml, node);
	return entry->advice != NULL;
}

#define ENTRY_KEYS							\
	{ "name", read_name },						\
	{ "select", read_select },					\
	{ "presence", read_presence },					\
	{ "count", read_count },					\
	{ "id", read_entry_id },					\
	{ "subsystem", read_entry_subsystem },				\
	{ "class", read_entry_class },					\
	{ "revision", read_revision },					\
	{ "driver", read_driver },					\
	{ "command", read_command },					\
	{ "msi", read_msi },						\
	{ "msix", read_msix },						\
	{ "link", read_link },						\
	{ "bars", read_bars },						\
	{ "severity", read_severity },					\
	{ "advice", read_advice }

static const struct yaml_key device_keys[] = {
	ENTRY_KEYS,
	{ 0 }
};

static const struct yaml_key bridge_keys[] = {
	ENTRY_KEYS,
	{ "bus", read_bus },
	{ "windows", read_windows },
	{ 0 }
};

static bool add_entry(struct yaml *yaml, struct spec *spec, struct fy_node *node,
		      const struct yaml_key *keys)
{
	struct spec_entry *entry = take(yaml, sizeof(*entry));

	entry->place = yaml_place(yaml, node);
	entry->is_bridge = keys == bridge_keys;
	entry->min_count = 1;
	entry->max_count = SIZE_MAX;
	if (!yaml_mapping(yaml, node, keys, entry))
		return false;
	if (!entry->has_selector)
		return yaml_error(yaml, node, "'select' is missing: which device is meant "
				  "(an id, a slot or a path)");
	if (entry->presence == PRESENCE_FORBIDDEN && entry->count_place.line)
		return yaml_error(yaml, node, "a forbidden device cannot have a count");
	if (entry->presence == PRESENCE_OPTIONAL)
		entry->min_count = 0;
	if (!entry->name)
		entry->name = entry->selector.text;
	*spec->entries_end = entry;
	spec->entries_end = &entry->next;
	return true;
}

static bool add_device(struct yaml *yaml, void *target, struct fy_node *node)
{
	return add_entry(yaml, target, node, device_keys);
}

static bool add_bridge(struct yaml *yaml, void *target, struct fy_node *node)
{
	return add_entry(yaml, target, node, bridge_keys);
}

static bool read_devices(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_sequence(yaml, node, target, add_device);
}

static bool read_bridges(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_sequence(yaml, node, target, add_bridge);
}

/* Claims */

static bool read_claim_range(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_claim *claim = target;

	claim->place = yaml_place(yaml, node);
	return yaml_range(yaml, node, &claim->range);
}

static bool read_claim_owner(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_claim *claim = target;

	if (!read_owner_text(yaml, node, &claim->owner))
		return false;
	claim->free = !*claim->owner;
	return true;
}

static const struct yaml_key claim_keys[] = {
	{ "range", read_claim_range },
	{ "owner", read_claim_owner },
	{ 0 }
};

static bool add_claim(struct yaml *yaml, struct spec *spec, struct fy_node *node,
		      enum space space)
{
	struct spec_claim *claim = take(yaml, sizeof(*claim)), **end = &spec->claims;

	claim->space = space;
	if (!yaml_mapping(yaml, node, claim_keys, claim))
		return false;
	if (!claim->place.line)
		return yaml_error(yaml, node, "'range' is missing");
	while (*end)
		end = &(*end)->next;
	*end = claim;
	return true;
}

static bool add_io_claim(struct yaml *yaml, void *target, struct fy_node *node)
{
	return add_claim(yaml, target, node, SPACE_IO);
}

static bool add_memory_claim(struct yaml *yaml, void *target, struct fy_node *node)
{
	return add_claim(yaml, target, node, SPACE_MEMORY);
}

static bool read_ioports(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_sequence(yaml, node, target, add_io_claim);
}

static bool read_iomem(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_sequence(yaml, node, target, add_memory_claim);
}

/* Rules */

static bool read_nothing_else(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec *spec = target;
	bool value;

	if (!yaml_bool(yaml, node, &value))
		return false;
	if (value)
		spec->nothing_else = yaml_place(yaml, node);
	return true;
}

static bool read_machine_checks(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_bool(yaml, node, &((struct spec *)target)->machine_checks);
}

static bool add_reserved(struct yaml *yaml, struct spec *spec, struct fy_node *node,
			 enum space space)
{
	struct spec_reserved *reserved = take(yaml, sizeof(*reserved));

	reserved->space = space;
	reserved->place = yaml_place(yaml, node);
	reserved->next = spec->reserved;
	spec->reserved = reserved;
	return yaml_range(yaml, node, &reserved->range);
}

static bool add_reserved_io(struct yaml *yaml, void *target, struct fy_node *node)
{
	return add_reserved(yaml, target, node, SPACE_IO);
}

static bool add_reserved_memory(struct yaml *yaml, void *target, struct fy_node *node)
{
	return add_reserved(yaml, target, node, SPACE_MEMORY);
}

static bool read_reserved_io(struct yaml *yaml, void *target, struct fy_node *node)
{
	if (node && fy_node_is_sequence(node))
		return yaml_sequence(yaml, node, target, add_reserved_io);
	return add_reserved_io(yaml, target, node);
}

static bool read_reserved_memory(struct yaml *yaml, void *target, struct fy_node *node)
{
	if (node && fy_node_is_sequence(node))
		return yaml_sequence(yaml, node, target, add_reserved_memory);
	return add_reserved_memory(yaml, target, node);
}

static const struct yaml_key rules_keys[] = {
	{ "nothing-else", read_nothing_else },
	{ "only-specified-in-io", read_reserved_io },
	{ "only-specified-in-memory", read_reserved_memory },
	{ "machine-checks", read_machine_checks },
	{ 0 }
};

static bool read_rules(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_mapping(yaml, node, rules_keys, target);
}

static bool read_version(struct yaml *yaml, void *target, struct fy_node *node)
{
	uint64_t version;

	(void)target;
	if (!yaml_number(yaml, node, UINT32_MAX, &version))
		return false;
	if (version != 1)
		return yaml_error(yaml, node, "version %llu of the format is not known; this "
				  "program reads version 1", (unsigned long long)version);
	return true;
}

static bool read_description(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec *spec = target;

	spec->description = yaml_text(yaml, node);
	return spec->description != NULL;
}

static const struct yaml_key top_keys[] = {
	{ "version", read_version },
	{ "description", read_description },
	{ "bridges", read_bridges },
	{ "devices", read_devices },
	{ "ioports", read_ioports },
	{ "iomem", read_iomem },
	{ "rules", read_rules },
	{ 0 }
};

static bool read_top(struct yaml *yaml, void *target, struct fy_node *root)
{
	struct spec *spec = target;

	if (!yaml_mapping(yaml, root, top_keys, spec))
		return false;
	if (!spec->entries && !spec->claims && !spec->reserved && !spec->nothing_else.line &&
	    !spec->machine_checks)
		return yaml_error(yaml, root, "the specification is empty: no bridge, no device, "
				  "no range and no rule to check");
	return true;
}

struct spec *spec_parse(const char *name, const char *text, size_t length, char **error)
{
	struct spec *spec = xcalloc(1, sizeof(*spec));
	struct yaml yaml = { .name = name, .text = text, .length = length };

	*error = NULL;
	spec->name = arena_copy(&spec->arena, name, strlen(name));
	spec->entries_end = &spec->entries;
	yaml.arena = &spec->arena;
	if (yaml_read_document(&yaml, spec, read_top))
		return spec;
	*error = yaml.error;
	spec_free(spec);
	return NULL;
}

struct spec *spec_load(const char *path)
{
	const char *name = strcmp(path, "-") ? path : "standard input";
	struct spec *spec;
	size_t length;
	char *error;
	char *text = read_text_file(path, &length);

	if (!text)
		die(EXIT_USAGE, "%s: %s", name, strerror(errno));
	spec = spec_parse(name, text, length, &error);
	if (!spec)
		die(EXIT_USAGE, "%s", error ? error : "out of memory");
	free(text);
	return spec;
}

void spec_free(struct spec *spec)
{
	if (!spec)
		return;
	arena_free(&spec->arena);
	free(spec);
}
