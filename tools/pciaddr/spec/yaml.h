/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * YAML of which every value knows its place, on top of libfyaml.
 *
 * A reader function takes a node and stores what it says; it returns false after it has said
 * with yaml_error() what is wrong.  Only the first error is kept.
 */
#ifndef PCIADDR_SPEC_YAML_H
#define PCIADDR_SPEC_YAML_H

#include <libfyaml.h>

#include "pciaddr/spec/model.h"

struct yaml {
	const char *name;
	const char *text;
	size_t length;
	struct arena *arena;
	char *error;		/* malloc()ed */
	struct yaml_pos place;	/* of the key that is being read: the place of an empty value */
};

struct yaml_key {
	const char *name;
	bool (*read)(struct yaml *yaml, void *target, struct fy_node *node);
};

/* Parses the text and gives its root to @read, with @target. */
bool yaml_read_document(struct yaml *yaml, void *target,
			bool (*read)(struct yaml *yaml, void *target, struct fy_node *root));

struct yaml_pos yaml_place(const struct yaml *yaml, struct fy_node *node);

/* Keeps the message with the place of @node, the line and a caret; returns false. */
bool yaml_error(struct yaml *yaml, struct fy_node *node, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Every key of the mapping by its function; one that is not in @keys is an error. */
bool yaml_mapping(struct yaml *yaml, struct fy_node *node, const struct yaml_key *keys,
		  void *target);

/* Every element by @read. */
bool yaml_sequence(struct yaml *yaml, struct fy_node *node, void *target,
		   bool (*read)(struct yaml *yaml, void *target, struct fy_node *node));

/* The text of a scalar, in the arena; NULL after an error. */
const char *yaml_text(struct yaml *yaml, struct fy_node *node);

bool yaml_bool(struct yaml *yaml, struct fy_node *node, bool *value);
bool yaml_number(struct yaml *yaml, struct fy_node *node, uint64_t max, uint64_t *value);
bool yaml_range(struct yaml *yaml, struct fy_node *node, struct range *range);
bool yaml_size(struct yaml *yaml, struct fy_node *node, uint64_t *size);

/* The index of the scalar in @words (NULL-terminated), or -1 after an error. */
int yaml_word(struct yaml *yaml, struct fy_node *node, const char *const *words);

#endif
