// SPDX-License-Identifier: GPL-2.0-or-later
/* @NAME@: which module is tested here */
#include "unit.h"

#include <string.h>

/* Include the module's header, such as "pciaddr/...", "fpgactl/..." or "common/nearest.h". */

/* Each test is a function; its name says the behaviour. */
static void strings_are_compared(void **state)
{
	(void)state;
	assert_int_equal(strcmp("same", "same"), 0);
	assert_string_equal("same", "same");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_compared),
	};

	return RUN_UNIT_TESTS(tests);
}
