// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/qemu/properties.h"

#include <json-c/json.h>
#include <string.h>

#include "common/numbers.h"

static void add(struct arena *arena, struct qemu_properties *properties, const char *name,
		const char *value)
{
	struct qemu_property *property = arena_alloc(arena, sizeof(*property));

	*property = (struct qemu_property) { name, value, properties->first };
	properties->first = property;
}

/* Up to a comma that stands alone; *@text is then behind it. */
static char *take_part(struct arena *arena, const char **text)
{
	const char *begin = *text, *end = begin + strcspn(begin, ",");
	char *part, *put;

	while (*end && end[1] == ',')
		end += 2 + strcspn(end + 2, ",");
	*text = *end ? end + 1 : end;
	part = arena_copy(arena, begin, (size_t)(end - begin));
	put = part;
	for (const char *from = part; *from; from++) {
		if (*from == ',')
			from++;
		*put++ = *from;
	}
	*put = '\0';
	return part;
}

static void parse_json(struct arena *arena, struct qemu_properties *properties,
		       const char *text)
{
	struct json_object *object = json_tokener_parse(text);

	if (json_object_is_type(object, json_type_object)) {
		json_object_object_foreach(object, key, value) {
			const char *copy = json_object_get_string(value);

			if (!copy)
				continue;
			copy = arena_copy(arena, copy, strlen(copy));
			if (!strcmp(key, "driver"))
				properties->driver = copy;
			else
				add(arena, properties, arena_copy(arena, key, strlen(key)), copy);
		}
	}
	json_object_put(object);
}

struct qemu_properties qemu_properties_parse(struct arena *arena, const char *text)
{
	struct qemu_properties properties = { NULL, NULL };

	if (*text == '{') {
		parse_json(arena, &properties, text);
		return properties;
	}
	for (bool first = true; *text; first = false) {
		char *part = take_part(arena, &text), *equals = strchr(part, '=');

		if (equals)
			*equals++ = '\0';
		if ((first && !equals) || !strcmp(part, "driver"))
			properties.driver = equals ? equals : part;
		else
			/* a name without a value is a switch that is on */
			add(arena, &properties, part, equals ? equals : "on");
	}
	return properties;
}

const char *qemu_property(const struct qemu_properties *properties, const char *name)
{
	for (const struct qemu_property *property = properties->first; property;
	     property = property->next)
		if (!strcmp(property->name, name))
			return property->value;
	return NULL;
}

bool qemu_parse_place(const char *text, unsigned int *slot, unsigned int *function)
{
	size_t length = strcspn(text, ".");
	uint64_t first, second = 0;

	if (!parse_hex(text, length, &first) || first > 31)
		return false;
	if (text[length] &&
	    (!parse_hex(text + length + 1, strlen(text + length + 1), &second) || second > 7))
		return false;
	*slot = (unsigned int)first;
	*function = (unsigned int)second;
	return true;
}
