// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/json.h"

#include <stdio.h>

void json_put_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, json_object_new_string(text));
}

void json_put_uint(struct json_object *object, const char *key, uint64_t number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
}

void json_put_real(struct json_object *object, const char *key, double number)
{
	char text[32];

	/* json-c's own form has 17 digits: noise in what was measured */
	snprintf(text, sizeof(text), "%.9g", number);
	json_object_object_add(object, key, json_object_new_double_s(number, text));
}

void json_put_bool(struct json_object *object, const char *key, bool truth)
{
	json_object_object_add(object, key, json_object_new_boolean(truth));
}

struct json_object *json_for_device(const struct device *dev)
{
	struct json_object *object = json_object_new_object();

	json_put_text(object, "device", dev->card.name);
	json_put_text(object, "slot", dev->card.slot);
	return object;
}

void json_print(struct json_object *object, bool one_line)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	flags |= one_line ? JSON_C_TO_STRING_PLAIN : JSON_C_TO_STRING_PRETTY;
	puts(json_object_to_json_string_ext(object, flags));
	json_object_put(object);
}
