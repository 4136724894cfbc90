/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's harness, for kernels that are slow */
#ifndef HARNESS_H
#define HARNESS_H

#include "kselftest_harness.h"

/* One that checks itself needs several times as long. [s] */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	300

#endif /* HARNESS_H */
