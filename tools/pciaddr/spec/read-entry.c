// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of a device or bridge: how it is selected, and what is asked of it. */
#include "pciaddr/spec/read.h"

#include <limits.h>
#include <string.h>

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
	return spec_read_byte(yaml, node, &((struct spec_entry *)target)->revision);
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
	return yaml_error(yaml, node, "'%s' is not a count; expected 2, 1-4 or 1+", text);
}

static bool add_driver(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_entry *entry = target;
	struct spec_text *driver = arena_alloc(yaml->arena, sizeof(*driver));
	struct spec_text **end = &entry->drivers;

	driver->place = yaml_place(yaml, node);
	if (!spec_read_owner(yaml, node, &driver->text))
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
	{ "command", spec_read_command },					\
	{ "msi", spec_read_msi },						\
	{ "msix", spec_read_msix },						\
	{ "link", spec_read_link },						\
	{ "sriov", spec_read_sriov },						\
	{ "acs", spec_read_acs },						\
	{ "bars", spec_read_bars },						\
	{ "severity", read_severity },					\
	{ "advice", read_advice }

static const struct yaml_key device_keys[] = {
	ENTRY_KEYS,
	{ 0 }
};

static const struct yaml_key bridge_keys[] = {
	ENTRY_KEYS,
	{ "bus", spec_read_bus },
	{ "windows", spec_read_windows },
	{ 0 }
};

static bool add_entry(struct yaml *yaml, struct spec *spec, struct fy_node *node,
		      const struct yaml_key *keys)
{
	struct spec_entry *entry = arena_alloc(yaml->arena, sizeof(*entry));

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

bool spec_read_devices(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_sequence(yaml, node, target, add_device);
}

bool spec_read_bridges(struct yaml *yaml, void *target, struct fy_node *node)
{
	return yaml_sequence(yaml, node, target, add_bridge);
}
