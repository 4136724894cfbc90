// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/arena.h"

static void an_array_keeps_its_elements_while_it_grows(void **state)
{
	size_t capacity = 0, moves = 0;
	uint32_t *array = NULL;

	(void)state;
	for (uint32_t i = 0; i < 100000; i++) {
		size_t before = capacity;

		array = array_room(array, i, &capacity, sizeof(*array));
		assert_true(capacity > i);
		moves += capacity != before;
		array[i] = i;
	}
	for (uint32_t i = 0; i < 100000; i++)
		assert_int_equal(array[i], i);
	/* it doubles: more than 17 steps would be more than the logarithm */
	assert_true(moves > 1 && moves <= 17);
	free(array);
}

static void an_array_with_room_stays_where_it_is(void **state)
{
	size_t capacity = 4;
	char *array = malloc(capacity);

	(void)state;
	assert_ptr_equal(array_room(array, 3, &capacity, 1), array);
	assert_int_equal(capacity, 4);
	free(array);
}

static void texts_of_any_length_are_formatted(void **state)
{
	static const size_t lengths[] = { 0, 1, 511, 512, 513, 20000, 100000 };
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char *text = arena_printf(&arena, "%*s.", (int)lengths[i], "");

		assert_int_equal(strlen(text), lengths[i] + 1);
		assert_int_equal(text[lengths[i]], '.');
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_array_keeps_its_elements_while_it_grows),
		cmocka_unit_test(an_array_with_room_stays_where_it_is),
		cmocka_unit_test(texts_of_any_length_are_formatted),
	};

	return RUN_UNIT_TESTS(tests);
}
