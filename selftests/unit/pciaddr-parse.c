// SPDX-License-Identifier: GPL-2.0-or-later
/* Selectors, ranges, and /proc/ioports. */
#include "unit.h"

#include <string.h>

#include "common/numbers.h"
#include "pciaddr/check/expect.h"
#include "pciaddr/input/proc-resources.h"
#include "pciaddr/model/resources.h"
#include "pciaddr/model/selector.h"

static const struct pci_function card = {
	.domain = 0, .bus = 1, .device = 1, .function = 0,
	.ids_known = true, .vendor = 0x1234, .product = 0xf96a,
	.class_known = true, .class = 0x120000,
	.driver = "fpga_pci",
};

static enum match match(const char *text)
{
	struct selector selector = { 0 };
	struct arena arena = { 0 };
	enum match result;

	assert_null(selector_parse(&selector, &arena, text));
	result = selector_match(&selector, &card);
	arena_free(&arena);
	return result;
}

static void selectors_match(void **state)
{
	static const char *const yes[] = {
		"1234:f96a", "1234:*", "*:f96a", "123?:f9*", "1234:F96A", "0000:01:01.0", "01:01.0",
		"01.0", "*:*.*", "0000:*:01.*", "1:1.0", "class=12", "class=1200", "class=120000",
		"class=12*", "driver=fpga_pci,id=1234:*", "slot=01:01.0,class=12",
	};
	static const char *const no[] = {
		"1234:f96b", "1af4:*", "0001:01:01.0", "02:01.0", "01:01.1", "class=06",
		"driver=none", "driver=fpga_pci,id=1af4:*", "00:04.0/01.0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_int_equal(match(yes[i]), MATCH_YES);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_int_equal(match(no[i]), MATCH_NO);
	assert_int_equal(match("subsystem=1af4:1100"), MATCH_UNKNOWN);
	assert_int_equal(match("subsystem=1af4:1100,id=1af4:*"), MATCH_NO);
}

static void malformed_selectors_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "1234", "1234:", ":f96a", "12345:f96a", "1234:f96", "zzzz:f96a", "1234:f96a:0",
		"01.", ".0", "20.0", "01:1f.8", "100:01.0", "00:00:00:00.0", "01:01.00", "1:2:3:4.0",
		"class=", "class=123",
		"class=1234567", "colour=red", "id=1234:f96a,", "id=1234:f96a,,driver=x", "=",
		"driver=", "00:04.0/", "/01.0", "00:04.0//01.0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct selector selector = { 0 };
		struct arena arena = { 0 };

		if (!selector_parse(&selector, &arena, bad[i]))
			fail_msg("'%s' was taken", bad[i]);
		arena_free(&arena);
	}
}

static void paths_follow_the_bridges(void **state)
{
	struct pci_function bridge = { .bus = 0, .device = 4 };
	struct pci_function below = card;
	struct selector selector = { 0 };
	struct arena arena = { 0 };

	(void)state;
	below.parent = &bridge;
	assert_null(selector_parse(&selector, &arena, "00:04.0/01.0"));
	assert_int_equal(selector_match(&selector, &below), MATCH_YES);
	assert_int_equal(selector_match(&selector, &bridge), MATCH_NO);
	bridge.device = 5;
	assert_int_equal(selector_match(&selector, &below), MATCH_NO);
	arena_free(&arena);
}

static void ranges_and_sizes_are_strict(void **state)
{
	static const char *const bad[] = {
		"", "-", "0x2000", "0x2000-", "-0x2000", "0x27ff-0x2000", " 0-1", "0-1 ", "0-0x",
		"0x2000+0", "0xffffffffffffffff+2", "0-18446744073709551616", "+5", "1--2",
	};
	struct range range;
	uint64_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse_range(bad[i], &range))
			fail_msg("'%s' was taken", bad[i]);
	assert_string_equal(range_error("0x27ff-0x2000"), "the range ends before it begins");
	assert_non_null(strstr(range_error("5+0"), "size is 0"));
	assert_non_null(strstr(range_error("0xffffffffffffffff+2"), "64 bits"));
	assert_non_null(strstr(range_error("0x2000"), "FIRST-LAST"));
	assert_true(parse_range("0x2000+0x800", &range));
	assert_int_equal(range.last, 0x27ff);
	assert_true(parse_range("0-18446744073709551615", &range));
	assert_int_equal(range_size(range), 0);
	assert_true(parse_size("16M", &size) && size == 16 << 20);
	assert_true(parse_size("2KiB", &size) && size == 2048);
	assert_false(parse_size("0", &size));
	assert_false(parse_size("16MM", &size));
	assert_false(parse_size("99999999999T", &size));
}

static void load(struct machine *machine, const char *text)
{
	machine_init(machine, SOURCE_DUMP, "test");
	resources_parse(machine, SPACE_IO, "ioports", text, strlen(text));
}

static void nesting_comes_from_the_ranges(void **state)
{
	static const char text[] =
		"0d00-ffff : PCI Bus 0000:00\n"
		"2000-27ff : fpga_pci\n"	/* as deep as the file goes */
		"2000-2fff : PCI Bus 0000:01\n"
		"2000-27ff : 0000:01:01.0\n"
		"c000-c0ff : other\n";
	const struct resource *entry;
	struct resource_list *list;
	struct machine machine;

	(void)state;
	load(&machine, text);
	list = &machine.resources[SPACE_IO];
	assert_int_equal(list->state, RESOURCES_READ);
	assert_int_equal(list->count, 5);
	entry = resource_find(list, (struct range) { 0x2000, 0x27ff }, "0000:01:01.0");
	assert_non_null(entry);
	assert_string_equal(resource_around(list, (struct range) { 0x2900, 0x29ff })->name,
			    "PCI Bus 0000:01");
	assert_string_equal(resource_around(list, (struct range) { 0x3000, 0x30ff })->name,
			    "PCI Bus 0000:00");
	assert_null(resource_around(list, (struct range) { 0, 0x30ff }));
	entry = resource_find(list, (struct range) { 0xc000, 0xc0ff }, "other");
	assert_string_equal(resource_parent(list, entry)->name, "PCI Bus 0000:00");
	machine_free(&machine);
}

static void zeroes_are_hidden_not_read(void **state)
{
	struct machine machine;

	(void)state;
	load(&machine, "0000-0000 : PCI Bus 0000:00\n  0000-0000 : dma1\n");
	assert_int_equal(machine.resources[SPACE_IO].state, RESOURCES_HIDDEN);
	machine_free(&machine);
	load(&machine, "nothing\n\n2000 : x\n27ff-2000 : x\n2000-27ff: x\n");
	assert_int_equal(machine.resources[SPACE_IO].state, RESOURCES_NONE);
	assert_int_equal(machine.warning_count, 5);
	machine_free(&machine);
}

static void expectations_have_a_range_and_perhaps_a_selector(void **state)
{
	struct expectation expectation;
	struct arena arena = { 0 };

	(void)state;
	assert_null(expectation_parse(&expectation, &arena, "0x2000-0x27ff"));
	assert_false(expectation.has_selector);
	assert_int_equal(expectation.space, SPACE_IO);
	assert_null(expectation_parse(&expectation, &arena, "mem:0xfe000000+16@1234:f96a"));
	assert_true(expectation.has_selector);
	assert_int_equal(expectation.space, SPACE_MEMORY);
	assert_non_null(expectation_parse(&expectation, &arena, "0x2000-0x27ff@"));
	assert_non_null(expectation_parse(&expectation, &arena, "@1234:f96a"));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selectors_match),
		cmocka_unit_test(malformed_selectors_are_refused),
		cmocka_unit_test(paths_follow_the_bridges),
		cmocka_unit_test(ranges_and_sizes_are_strict),
		cmocka_unit_test(nesting_comes_from_the_ranges),
		cmocka_unit_test(zeroes_are_hidden_not_read),
		cmocka_unit_test(expectations_have_a_range_and_perhaps_a_selector),
	};

	return RUN_UNIT_TESTS(tests);
}
