/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values in JSON that another program has written: each is asked for with the type that it has. */
#ifndef PCIADDR_INPUT_JSON_VALUE_H
#define PCIADDR_INPUT_JSON_VALUE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

/* The member of this type, or NULL when @object is none, or has something else there. */
struct json_object *json_member(struct json_object *object, const char *key,
				enum json_type type);

/* A whole number from 0 to @max; false when it is not there, or something else. */
bool json_member_uint(struct json_object *object, const char *key, uint64_t max,
		      uint64_t *value);

/*
 * All 64 bits of a whole number: QEMU's types are signed, and an address from 2^63 on stands as
 * a negative number.  False when it is not there, or something else.
 */
bool json_member_bits(struct json_object *object, const char *key, uint64_t *value);

/* Its text, or NULL; lives as long as @object. */
const char *json_member_text(struct json_object *object, const char *key);

/* True only for true. */
bool json_member_true(struct json_object *object, const char *key);

#endif
