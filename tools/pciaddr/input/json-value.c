// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/json-value.h"

struct json_object *json_member(struct json_object *object, const char *key,
				enum json_type type)
{
	struct json_object *member;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, key, &member) ||
	    !json_object_is_type(member, type))
		return NULL;
	return member;
}

bool json_member_uint(struct json_object *object, const char *key, uint64_t max,
		      uint64_t *value)
{
	struct json_object *member = json_member(object, key, json_type_int);

	/* the one asks for the sign, the other has all 64 bits */
	if (!member || json_object_get_int64(member) < 0 ||
	    json_object_get_uint64(member) > max)
		return false;
	*value = json_object_get_uint64(member);
	return true;
}

bool json_member_bits(struct json_object *object, const char *key, uint64_t *value)
{
	struct json_object *member = json_member(object, key, json_type_int);

	if (!member)
		return false;
	*value = json_object_get_int64(member) < 0 ? (uint64_t)json_object_get_int64(member) :
		json_object_get_uint64(member);
	return true;
}

const char *json_member_text(struct json_object *object, const char *key)
{
	return json_object_get_string(json_member(object, key, json_type_string));
}

bool json_member_true(struct json_object *object, const char *key)
{
	return json_object_get_boolean(json_member(object, key, json_type_boolean));
}
