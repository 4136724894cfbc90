// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include "common/nearest.h"

static const char *best(const char *wanted)
{
	static const char *const names[] = { "list", "info", "dma", "irq", "selftest", "0", "12" };
	struct nearest nearest;

	nearest_start(&nearest, wanted);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		nearest_offer(&nearest, names[i]);
	return nearest.best;
}

static void slips_are_recognised(void **state)
{
	(void)state;
	assert_string_equal(best("dam"), "dma");
	assert_string_equal(best("lst"), "list");
	assert_string_equal(best("SELFTEST"), "selftest");
	assert_string_equal(best("selftset"), "selftest");
	assert_string_equal(best("inof"), "info");
}

static void other_words_are_not(void **state)
{
	(void)state;
	assert_null(best("temperature"));
	assert_null(best("xyz"));
	assert_null(best(""));
	/* a number has no misspelling */
	assert_null(best("7"));
	assert_null(best("-1"));
	assert_null(best("13"));
}

static void long_words_are_taken(void **state)
{
	char word[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(word); i++)
		word[i] = 'a';
	word[sizeof(word) - 1] = '\0';
	assert_null(best(word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slips_are_recognised),
		cmocka_unit_test(other_words_are_not),
		cmocka_unit_test(long_words_are_taken),
	};

	return RUN_UNIT_TESTS(tests);
}
