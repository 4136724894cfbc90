/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's harness, for kernels that are slow */
#ifndef HARNESS_H
#define HARNESS_H

#include "kselftest_harness.h"

/* One that checks itself needs several times as long. [s] */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	300

/* How a test's process says that it was left out: a step that cannot be, until 6.9 */
#ifdef __INC_STEP
#define HARNESS_SKIPPED	255
#else
#define HARNESS_SKIPPED	KSFT_SKIP
#endif

/*
 * In FIXTURE_SETUP: leave the test out. Not SKIP(return): the harness of 6.1 then runs the
 * test all the same, on a fixture that was not set up.
 */
#define SKIP_TEST(...)	SKIP(_exit(HARNESS_SKIPPED), __VA_ARGS__)

#endif /* HARNESS_H */
