// SPDX-License-Identifier: GPL-2.0-or-later
/* The specification file, and what it says of the machine as a whole. */
#include <config.h>

#include "pciaddr/spec/spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/die.h"
#include "pciaddr/input/textfile.h"
#include "pciaddr/spec/read.h"

bool spec_read_owner(struct yaml *yaml, struct fy_node *node, const char **owner)
{
	*owner = yaml_text(yaml, node);
	if (*owner && !strcmp(*owner, "none"))
		*owner = "";
	return *owner != NULL;
}

bool spec_read_tristate(struct yaml *yaml, struct fy_node *node, enum tristate *wanted)
{
	bool value;

	if (!yaml_bool(yaml, node, &value))
		return false;
	*wanted = value ? TRISTATE_YES : TRISTATE_NO;
	return true;
}

bool spec_read_byte(struct yaml *yaml, struct fy_node *node, struct spec_number *number)
{
	uint64_t value;

	if (!yaml_number(yaml, node, 255, &value))
		return false;
	number->place = yaml_place(yaml, node);
	number->value = (uint32_t)value;
	return true;
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

	if (!spec_read_owner(yaml, node, &claim->owner))
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
	struct spec_claim *claim = arena_alloc(yaml->arena, sizeof(*claim)), **end = &spec->claims;

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
	struct spec_reserved *reserved = arena_alloc(yaml->arena, sizeof(*reserved));

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
	{ "bridges", spec_read_bridges },
	{ "devices", spec_read_devices },
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
