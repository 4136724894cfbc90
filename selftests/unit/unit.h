/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every unit test needs: cmocka, and TAP as its output. */
#ifndef SELFTESTS_UNIT_H
#define SELFTESTS_UNIT_H

#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define RUN_UNIT_TESTS(tests) \
	(cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_run_group_tests(tests, NULL, NULL))

#endif
