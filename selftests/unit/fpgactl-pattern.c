// SPDX-License-Identifier: GPL-2.0-or-later
/* Test data of fpga-ctl, and its comparison. */
#include "unit.h"

#include <stdbool.h>
#include <string.h>

#include "fpgactl/pattern.h"
#include "fpgactl/verify.h"

static struct pattern parsed(const char *text)
{
	struct pattern pattern;

	assert_true(pattern_parse(&pattern, text));
	return pattern;
}

static void any_part_is_as_the_whole(void **state)
{
	static const char *const names[] = {
		"random:7", "counter", "walking", "zeros", "ones", "0xdeadbeef", "010203",
	};
	uint8_t whole[100], part[100];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct pattern pattern = parsed(names[i]);

		pattern_fill(&pattern, 1000, whole, sizeof(whole));
		for (size_t skip = 0; skip < 20; skip++) {
			for (size_t len = 0; len < 20; len++) {
				pattern_fill(&pattern, 1000 + skip, part, len);
				assert_memory_equal(part, whole + skip, len);
			}
		}
	}
}

static void counter_holds_its_position(void **state)
{
	static const uint8_t expected[] = { 0x08, 0x12, 0, 0, 0, 0, 0, 0, 0x10, 0x12 };
	struct pattern pattern = parsed("counter");
	uint8_t got[sizeof(expected)];

	(void)state;
	pattern_fill(&pattern, 0x1208, got, sizeof(got));
	assert_memory_equal(got, expected, sizeof(got));
}

static void bytes_repeat_in_the_order_given(void **state)
{
	static const uint8_t expected[] = { 0xde, 0xad, 0xbe, 0xef, 0xde };
	struct pattern pattern = parsed("0xDEADbeef");
	uint8_t got[sizeof(expected)];

	(void)state;
	pattern_fill(&pattern, 4096, got, sizeof(got));
	assert_memory_equal(got, expected, sizeof(got));
}

static void seeds_and_places_differ(void **state)
{
	struct pattern one = parsed("random:1"), two = parsed("random:2");
	uint8_t a[64], b[64];

	(void)state;
	pattern_fill(&one, 0, a, sizeof(a));
	pattern_fill(&two, 0, b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	pattern_fill(&one, 4096, b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

static void seed_is_drawn_only_where_none_was_given(void **state)
{
	(void)state;
	assert_false(parsed("random").seeded);
	assert_true(parsed("random:0").seeded);
	assert_int_equal(parsed("random:0x10").seed, 16);
}

static void nonsense_is_no_pattern(void **state)
{
	static const char *const names[] = {
		"", "0x", "abc", "0xabc", "zz", "random:", "random:x", "random:-1", "Counter",
		"random:0x10000000000000000",
	};
	struct pattern pattern;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_false(pattern_parse(&pattern, names[i]));
}

static void as_many_bytes_as_fit(void **state)
{
	char digits[2 * PATTERN_BYTES_MAX + 3];
	struct pattern pattern;

	(void)state;
	memset(digits, '5', sizeof(digits));
	digits[2 * PATTERN_BYTES_MAX] = '\0';
	assert_true(pattern_parse(&pattern, digits));
	digits[2 * PATTERN_BYTES_MAX] = '5';
	digits[2 * PATTERN_BYTES_MAX + 2] = '\0';
	assert_false(pattern_parse(&pattern, digits));
}

static void description_makes_the_same_again(void **state)
{
	static const char *const names[] = { "random:99", "counter", "walking", "ones", "0x0102" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct pattern first = parsed(names[i]), again;
		char text[PATTERN_TEXT_SIZE];
		uint8_t a[32], b[32];

		pattern_format(&first, text, sizeof(text));
		again = parsed(text);
		pattern_fill(&first, 5, a, sizeof(a));
		pattern_fill(&again, 5, b, sizeof(b));
		assert_memory_equal(a, b, sizeof(a));
	}
}

static void what_is_equal_passes(void **state)
{
	struct mismatch mismatch = { 0 };

	(void)state;
	assert_true(verify_bytes(&mismatch, 0, "abc", "abc", 3));
	assert_int_equal(mismatch.wrong, 0);
}

static void first_wrong_byte_and_their_number_are_kept(void **state)
{
	struct mismatch mismatch = { 0 };
	char text[MISMATCH_TEXT_SIZE];

	(void)state;
	assert_false(verify_bytes(&mismatch, 100, "abcd", "aXcY", 4));
	assert_false(verify_bytes(&mismatch, 200, "a", "b", 1));
	assert_int_equal(mismatch.wrong, 3);
	assert_int_equal(mismatch.position, 101);
	mismatch_format(&mismatch, text, sizeof(text));
	assert_string_equal(text, "expected 62 63 64, got 58 63 59");
}

static void fill_inverted_differs_everywhere(void **state)
{
	struct mismatch mismatch = { 0 };
	uint8_t expected[256], buffer[256];

	(void)state;
	for (size_t i = 0; i < sizeof(expected); i++)
		expected[i] = (uint8_t)i;
	fill_inverted(buffer, expected, sizeof(buffer));
	verify_bytes(&mismatch, 0, expected, buffer, sizeof(buffer));
	assert_int_equal(mismatch.wrong, sizeof(buffer));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_part_is_as_the_whole),
		cmocka_unit_test(counter_holds_its_position),
		cmocka_unit_test(bytes_repeat_in_the_order_given),
		cmocka_unit_test(seeds_and_places_differ),
		cmocka_unit_test(seed_is_drawn_only_where_none_was_given),
		cmocka_unit_test(nonsense_is_no_pattern),
		cmocka_unit_test(as_many_bytes_as_fit),
		cmocka_unit_test(description_makes_the_same_again),
		cmocka_unit_test(what_is_equal_passes),
		cmocka_unit_test(first_wrong_byte_and_their_number_are_kept),
		cmocka_unit_test(fill_inverted_differs_everywhere),
	};

	return RUN_UNIT_TESTS(tests);
}
