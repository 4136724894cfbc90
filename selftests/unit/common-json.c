// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"

/* Releases @object. */
static void is_written_as(struct json_object *object, int form, const char *expected)
{
	char *written = NULL;
	size_t length;
	FILE *out = open_memstream(&written, &length);

	assert_non_null(out);
	json_write(out, object, form);
	fclose(out);
	assert_string_equal(written, expected);
	free(written);
}

static void text_is_written_as(const char *text, const char *expected)
{
	is_written_as(json_new_text(text), JSON_C_TO_STRING_PLAIN, expected);
}

static void text_is_quoted(void **state)
{
	(void)state;
	text_is_written_as("", "\"\"");
	text_is_written_as("/proc/ioports", "\"/proc/ioports\"");
	text_is_written_as("a\"\\\n\t\x01\x1f", "\"a\\\"\\\\\\n\\t\\u0001\\u001f\"");
	text_is_written_as("\xc3\xa4\xf0\x9f\x98\x80", "\"\xc3\xa4\xf0\x9f\x98\x80\"");
	text_is_written_as(NULL, "null");
}

static void what_is_not_utf8_is_replaced(void **state)
{
	(void)state;
	text_is_written_as("\xff", "\"\xef\xbf\xbd\"");
	text_is_written_as("a\xff\xfe" "b", "\"a\xef\xbf\xbd\xef\xbf\xbd" "b\"");
	text_is_written_as("\xc3\xa4\xc3", "\"\xc3\xa4\xef\xbf\xbd\"");
	/* a surrogate, an overlong form */
	text_is_written_as("\xed\xa0\x80",
			   "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	text_is_written_as("\xc0\xaf.", "\"\xef\xbf\xbd\xef\xbf\xbd.\"");
}

static struct json_object *sample(void)
{
	struct json_object *object = json_object_new_object();

	json_put_text(object, "text", "x");
	json_put_text(object, "none", NULL);
	json_put_uint(object, "uint", UINT64_MAX);
	json_put_real(object, "real", 0.1);
	json_put_bool(object, "bool", true);
	return object;
}

static void members_have_their_types(void **state)
{
	(void)state;
	is_written_as(sample(), JSON_C_TO_STRING_PLAIN,
		      "{\"text\":\"x\",\"none\":null,\"uint\":18446744073709551615,"
		      "\"real\":0.1,\"bool\":true}");
}

static void an_open_object_takes_more_members(void **state)
{
	struct json_object *object = sample(), *whole;
	char *written = NULL;
	size_t length;
	FILE *out = open_memstream(&written, &length);

	(void)state;
	assert_non_null(out);
	json_write_open(out, object);
	fputs(", \"more\": []}", out);
	fclose(out);
	whole = json_tokener_parse(written);
	free(written);
	assert_non_null(whole);
	assert_int_equal(json_object_object_length(whole), 6);
	json_object_put(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_quoted),
		cmocka_unit_test(what_is_not_utf8_is_replaced),
		cmocka_unit_test(members_have_their_types),
		cmocka_unit_test(an_open_object_takes_more_members),
	};

	return RUN_UNIT_TESTS(tests);
}
