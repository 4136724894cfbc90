// SPDX-License-Identifier: GPL-2.0-or-later
/* Times, rates, percentiles, the progress bar, factorials. */
#include "unit.h"

#include <stdbool.h>
#include <string.h>

#include "fpgactl/factorial.h"
#include "fpgactl/progress.h"
#include "fpgactl/samples.h"
#include "fpgactl/units.h"

static void durations_are_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t ms;
	} good[] = {
		{ "5", 5000 }, { "2.5s", 2500 }, { "500ms", 500 }, { "0.001", 1 }, { "1m", 60000 },
		{ "1h", 3600000 }, { "0.25m", 15000 }, { "1.23456s", 1234 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		uint64_t ms = 0;

		assert_true(parse_duration(good[i].text, &ms));
		assert_int_equal(ms, good[i].ms);
	}
}

static void nonsense_is_no_duration(void **state)
{
	static const char *const bad[] = {
		"", "0", "-1", "s", ".5", "5.", "5.s", "5 s", "5x", "0.0001", "1e3", "99999999h",
		"99999999999999999999",
	};
	uint64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(parse_duration(bad[i], &ms));
}

static void times_have_three_digits(void **state)
{
	(void)state;
	assert_string_equal(time_text(0).text, "0 ns");
	assert_string_equal(time_text(999).text, "999 ns");
	assert_string_equal(time_text(1234).text, "1.23 us");
	assert_string_equal(time_text(12345678).text, "12.3 ms");
	assert_string_equal(time_text(999600).text, "1.00 ms");
	assert_string_equal(time_text(UINT64_C(123456000000)).text, "123 s");
}

static void rates_are_in_binary_units(void **state)
{
	(void)state;
	assert_string_equal(rate_text(4096, 100000000).text, "40.0 KiB/s");
	assert_string_equal(rate_text(1 << 20, 1000000000).text, "1.00 MiB/s");
	assert_string_equal(rate_text(100, 1000000000).text, "100 B/s");
	assert_string_equal(rate_text(100, 0).text, "-");
}

static void time_left_is_a_clock(void **state)
{
	(void)state;
	assert_string_equal(clock_text(5).text, "0:05");
	assert_string_equal(clock_text(65).text, "1:05");
	assert_string_equal(clock_text(7201).text, "2:00:01");
}

static void percentiles_are_samples(void **state)
{
	struct samples samples = { 0 };

	(void)state;
	for (uint64_t i = 1000; i >= 1; i--)
		samples_add(&samples, i);
	samples_sort(&samples);
	assert_int_equal(samples.count, 1000);
	assert_int_equal(samples.sum_ns, 500500);
	assert_int_equal(samples_percentile(&samples, 50), 500);
	assert_int_equal(samples_percentile(&samples, 99), 990);
	assert_int_equal(samples_percentile(&samples, 99.9), 999);
	assert_int_equal(samples_percentile(&samples, 100), 1000);
	samples_free(&samples);
	assert_int_equal(samples.count, 0);
}

static void one_sample_is_every_percentile(void **state)
{
	struct samples samples = { 0 };

	(void)state;
	samples_add(&samples, 42);
	samples_sort(&samples);
	assert_int_equal(samples_percentile(&samples, 0.1), 42);
	assert_int_equal(samples_percentile(&samples, 99.9), 42);
	samples_free(&samples);
}

static void bar_shows_rate_and_time_left(void **state)
{
	struct progress progress = { .label = "fpga0", .total = 4 << 20 };
	char text[256];

	(void)state;
	progress_line(text, sizeof(text), 60, &progress, 1 << 20, UINT64_C(2000000000));
	assert_string_equal(text, "fpga0 [#####..................]  25 %  512 KiB/s  0:06 left");
	assert_true(strlen(text) < 60);
	progress_line(text, sizeof(text), 60, &progress, 4 << 20, UINT64_C(8000000000));
	assert_null(strchr(text, '.'));
	assert_non_null(strstr(text, "100 %"));
}

static void line_fits_any_terminal(void **state)
{
	struct progress progress = { .label = "a label that is rather long", .total = 1 << 30 };
	char text[256];

	(void)state;
	for (unsigned int columns = 1; columns < 300; columns++) {
		progress_line(text, sizeof(text), columns, &progress, 12345678,
			      UINT64_C(5000000000));
		assert_true(strlen(text) < columns);
	}
}

static void factorials_are_modulo_2_32(void **state)
{
	(void)state;
	assert_int_equal(factorial32(0), 1);
	assert_int_equal(factorial32(1), 1);
	assert_int_equal(factorial32(10), 3628800);
	assert_int_equal(factorial32(12), 479001600);
	assert_int_equal(factorial32(13), 1932053504);
	assert_int_equal(factorial32(33), 2147483648);
	assert_int_equal(factorial32(34), 0);
	assert_int_equal(factorial32(UINT32_MAX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(nonsense_is_no_duration),
		cmocka_unit_test(times_have_three_digits),
		cmocka_unit_test(rates_are_in_binary_units),
		cmocka_unit_test(time_left_is_a_clock),
		cmocka_unit_test(percentiles_are_samples),
		cmocka_unit_test(one_sample_is_every_percentile),
		cmocka_unit_test(bar_shows_rate_and_time_left),
		cmocka_unit_test(line_fits_any_terminal),
		cmocka_unit_test(factorials_are_modulo_2_32),
	};

	return RUN_UNIT_TESTS(tests);
}
