// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/json.h"

#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/utf8.h"

static struct json_object *new_replaced_text(const char *text, size_t left)
{
	char *clean = xrealloc(NULL, left * UTF8_GROWTH);
	struct json_object *object;
	size_t used = 0, length;

	while (left) {
		const char *character = utf8_take(&text, &left, &length);

		memcpy(clean + used, character, length);
		used += length;
	}
	object = json_object_new_string_len(clean, (int)used);
	free(clean);
	return object;
}

struct json_object *json_new_text(const char *text)
{
	size_t length;

	if (!text)
		return NULL;
	length = strlen(text);
	return utf8_is_valid(text, length) ? json_object_new_string_len(text, (int)length) :
		new_replaced_text(text, length);
}

void json_put_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, json_new_text(text));
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

/* json-c escapes the controls of ASCII; a terminal also obeys others, which stand in strings. */
static void write_escaped(FILE *out, const char *text, size_t length)
{
	const char *written = text, *end = text + length;

	while (text < end) {
		const uint8_t *c = (const uint8_t *)text;
		size_t size = c[0] < 0x7f ? 1 : utf8_length(text, (size_t)(end - text));

		if (size && c[0] >= 0x7f && utf8_is_control(text, size)) {
			fwrite(written, 1, (size_t)(text - written), out);
			fprintf(out, "\\u%04x", size == 1 ? c[0] : size == 2 ?
				(c[0] & 0x1fu) << 6 | (c[1] & 0x3fu) :
				(c[0] & 0xfu) << 12 | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu));
			written = text + size;
		}
		text += size ? size : 1;
	}
	fwrite(written, 1, (size_t)(end - written), out);
}

static void write_text(FILE *out, struct json_object *object, int form, size_t omitted)
{
	size_t length;
	const char *text = json_object_to_json_string_length(object,
			form | JSON_C_TO_STRING_NOSLASHESCAPE, &length);

	write_escaped(out, text, length - omitted);
	json_object_put(object);
}

void json_write(FILE *out, struct json_object *object, int form)
{
	write_text(out, object, form, 0);
}

void json_write_open(FILE *out, struct json_object *object)
{
	write_text(out, object, JSON_C_TO_STRING_SPACED, strlen(" }"));
}
