// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of the command register, MSI, MSI-X and the link. */
#include "pciaddr/spec/read.h"

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"

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

bool spec_read_command(struct yaml *yaml, void *target, struct fy_node *node)
{
	((struct spec_entry *)target)->command_place = yaml->place;
	return yaml_mapping(yaml, node, command_keys, target);
}

/* MSI and MSI-X */

static bool read_msi_enabled(struct yaml *yaml, void *target, struct fy_node *node)
{
	return spec_read_tristate(yaml, node, &((struct spec_msi *)target)->enabled);
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
	msi->enabled = word == 2 ? TRISTATE_YES : word == 3 ? TRISTATE_NO : TRISTATE_ANY;
	return word >= 0;
}

bool spec_read_msi(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_msi_state(yaml, &((struct spec_entry *)target)->msi, node);
}

bool spec_read_msix(struct yaml *yaml, void *target, struct fy_node *node)
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

static bool read_capability_speed(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_speed_text(yaml, node, &((struct spec_link *)target)->capability_speed);
}

static bool read_capability_width(struct yaml *yaml, void *target, struct fy_node *node)
{
	return read_width_number(yaml, node, &((struct spec_link *)target)->capability_width);
}

static bool read_full(struct yaml *yaml, void *target, struct fy_node *node)
{
	return spec_read_tristate(yaml, node, &((struct spec_link *)target)->full);
}

static const struct yaml_key link_keys[] = {
	{ "speed", read_speed },
	{ "min-speed", read_min_speed },
	{ "width", read_width },
	{ "min-width", read_min_width },
	{ "capability-speed", read_capability_speed },
	{ "capability-width", read_capability_width },
	{ "full", read_full },
	{ 0 }
};

bool spec_read_link(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_link *link = &((struct spec_entry *)target)->link;

	link->place = yaml->place;
	return yaml_mapping(yaml, node, link_keys, link);
}
