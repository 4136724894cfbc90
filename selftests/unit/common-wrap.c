// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wrap.h"

static void wraps_to(const char *text, unsigned int columns, unsigned int column,
		     unsigned int hang, const char *expected)
{
	char *printed = NULL;
	size_t length;
	FILE *out = open_memstream(&printed, &length);
	unsigned int end;

	assert_non_null(out);
	end = print_wrapped(out, columns, column, hang, text);
	fclose(out);
	assert_string_equal(printed, expected);
	if (!strchr(printed, '\n'))
		assert_int_equal(end, column + text_columns(text, strlen(text)));
	free(printed);
}

static void short_texts_stay_on_their_line(void **state)
{
	(void)state;
	wraps_to("one two", 80, 0, 4, "one two");
	wraps_to("one two", 9, 1, 4, "one two");
	wraps_to("", 80, 3, 4, "");
}

static void the_last_column_stays_free(void **state)
{
	(void)state;
	wraps_to("one two", 8, 0, 2, "one two");
	wraps_to("one two", 7, 0, 2, "one\n  two");
	wraps_to("one two", 8, 1, 2, "one\n  two");
}

static void lines_go_on_where_they_should(void **state)
{
	(void)state;
	wraps_to("aaa bbb ccc ddd", 12, 0, 3, "aaa bbb ccc\n   ddd");
	wraps_to("aaa bbb ccc ddd", 12, 5, 5, "aaa\n     bbb\n     ccc\n     ddd");
}

static void what_is_too_long_is_not_cut(void **state)
{
	(void)state;
	wraps_to("abc 0000:01:01.0/resource d", 10, 0, 2,
		 "abc\n  0000:01:01.0/resource\n  d");
}

static void blanks_are_kept_but_at_a_break(void **state)
{
	(void)state;
	wraps_to("a   b", 80, 0, 2, "a   b");
	wraps_to("aaaa   bbbb", 9, 0, 2, "aaaa\n  bbbb");
	wraps_to(" a", 80, 4, 2, " a");
}

static void without_a_terminal_nothing_is_broken(void **state)
{
	char text[3000];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 7 ? 'a' : ' ';
	text[sizeof(text) - 1] = '\0';
	wraps_to(text, 0, 0, 10, text);
	assert_int_equal(terminal_columns(-1), 0);
}

static void a_narrow_terminal_is_not_all_indentation(void **state)
{
	(void)state;
	wraps_to("aaa bbb", 10, 8, 27, "\n     aaa\n     bbb");
	wraps_to("a", 1, 0, 27, "a");
}

static void columns_are_those_of_characters(void **state)
{
	(void)state;
	assert_int_equal(text_columns("\xe2\x9c\x97 \xc3\xa4", 6), 3);
	wraps_to("\xc3\xa4\xc3\xa4\xc3\xa4 bbb", 8, 0, 2, "\xc3\xa4\xc3\xa4\xc3\xa4 bbb");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_texts_stay_on_their_line),
		cmocka_unit_test(the_last_column_stays_free),
		cmocka_unit_test(lines_go_on_where_they_should),
		cmocka_unit_test(what_is_too_long_is_not_cut),
		cmocka_unit_test(blanks_are_kept_but_at_a_break),
		cmocka_unit_test(without_a_terminal_nothing_is_broken),
		cmocka_unit_test(a_narrow_terminal_is_not_all_indentation),
		cmocka_unit_test(columns_are_those_of_characters),
	};

	return RUN_UNIT_TESTS(tests);
}
