// SPDX-License-Identifier: GPL-2.0-or-later
/* What bridges forward, and what the checks make of small machines. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "pciaddr/check/checks.h"
#include "pciaddr/input/dump-reader.h"
#include "pciaddr/model/topology.h"

static const struct range card = { 0x2000, 0x27ff };

static struct bridge open_bridge(uint64_t first, uint64_t last)
{
	struct bridge bridge = { .control_known = true };

	bridge.windows[WINDOW_IO].state = WINDOW_OPEN;
	bridge.windows[WINDOW_IO].range = (struct range) { first, last };
	bridge.windows[WINDOW_IO_1].state = WINDOW_CLOSED;
	bridge.windows[WINDOW_MEMORY].state = WINDOW_CLOSED;
	bridge.windows[WINDOW_PREFETCHABLE].state = WINDOW_CLOSED;
	bridge.windows[WINDOW_MEMORY_1].state = WINDOW_CLOSED;
	return bridge;
}

static void bridges_forward_their_windows(void **state)
{
	struct bridge bridge = open_bridge(0x2000, 0x2fff);

	(void)state;
	assert_int_equal(bridge_forwarding(&bridge, SPACE_IO, card, NULL), FORWARDS);
	assert_int_equal(bridge_forwarding(&bridge, SPACE_MEMORY, card, NULL), FORWARDS_NOT);
	bridge = open_bridge(0x2400, 0x2fff);
	assert_int_equal(bridge_forwarding(&bridge, SPACE_IO, card, NULL), FORWARDS_PARTLY);
	bridge = open_bridge(0x1000, 0x1fff);
	assert_int_equal(bridge_forwarding(&bridge, SPACE_IO, card, NULL), FORWARDS_NOT);
	bridge.subtractive = true;
	assert_int_equal(bridge_forwarding(&bridge, SPACE_IO, card, NULL), FORWARDS_BY_SUBTRACTION);
	bridge.windows[WINDOW_IO].state = WINDOW_UNKNOWN;
	assert_int_equal(bridge_forwarding(&bridge, SPACE_IO, card, NULL), FORWARDS_UNKNOWN);
}

static void vga_enable_forwards_the_legacy_ranges(void **state)
{
	struct bridge bridge = open_bridge(0x1000, 0x1fff);

	(void)state;
	bridge.control = 0x0008;
	assert_int_equal(bridge_forwarding(&bridge, SPACE_IO, (struct range) { 0x3c0, 0x3df },
					   NULL), FORWARDS);
	assert_int_equal(bridge_forwarding(&bridge, SPACE_MEMORY,
					   (struct range) { 0xa0000, 0xbffff }, NULL), FORWARDS);
	assert_int_equal(bridge_forwarding(&bridge, SPACE_IO, (struct range) { 0x3e0, 0x3e7 },
					   NULL), FORWARDS_NOT);
}

static void isa_enable_makes_holes(void **state)
{
	struct bridge bridge = open_bridge(0x2000, 0x2fff);

	(void)state;
	assert_false(isa_hole(&bridge, card));
	bridge.control = 0x0004;
	assert_true(isa_hole(&bridge, card));
	assert_false(isa_hole(&bridge, (struct range) { 0x2000, 0x20ff }));
	assert_true(isa_hole(&bridge, (struct range) { 0x2000, 0x2100 }));
	assert_true(isa_hole(&bridge, (struct range) { 0x2300, 0x23ff }));
	assert_true(isa_hole(&bridge, (struct range) { 0x20ff, 0x2400 }));
	assert_false(isa_hole(&bridge, (struct range) { 0x12000, 0x127ff }));
}

/* Functions on the root bus, each with one memory BAR of 4 KiB at @bases. */
static size_t overlaps(const uint32_t *bases, size_t count)
{
	char text[4096] = "";
	struct results results = { 0 };
	struct machine machine;
	size_t failures;

	for (size_t i = 0; i < count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "00:%02zx.0 card\n"
			 "\tRegion 0: Memory at %08x (32-bit, non-prefetchable) [size=4K]\n"
			 "00: 34 12 6a f9 07 00 00 00 02 00 00 12 00 00 00 00\n"
			 "10: 00 %02x %02x %02x 00 00 00 00 00 00 00 00 00 00 00 00\n\n",
			 i, bases[i], bases[i] >> 8 & 0xff, bases[i] >> 16 & 0xff, bases[i] >> 24);
	machine_init(&machine, SOURCE_DUMP, "test");
	dump_parse(&machine, text, strlen(text));
	machine_link(&machine);
	check_overlaps(&machine, &results);
	failures = results.tallies[CHECK_BAR_OVERLAP].counts[STATUS_FAIL];
	assert_int_equal(failures + results.tallies[CHECK_BAR_OVERLAP].counts[STATUS_PASS], count);
	results_free(&results);
	machine_free(&machine);
	return failures;
}

static void overlaps_are_found_whatever_the_order(void **state)
{
	static const uint32_t apart[] = { 0xfe000000, 0xfe002000, 0xfe001000, 0xfd000000 };
	static const uint32_t twice[] = { 0xfe000000, 0xfe001000, 0xfe000000 };
	static const uint32_t partly[] = { 0xfe000800, 0xfe000000, 0xfe001800 };

	(void)state;
	assert_int_equal(overlaps(apart, 4), 0);
	assert_int_equal(overlaps(twice, 3), 1);
	assert_int_equal(overlaps(partly, 3), 1);
}

static void unknowns_are_counted_once_with_their_number(void **state)
{
	static const char reason[] = "reason", other[] = "other";
	struct results results = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++)
		results_unknown(&results, CHECK_BAR_IN_WINDOW, NULL, reason, NULL);
	results_unknown(&results, CHECK_BAR_IN_WINDOW, NULL, other, NULL);
	results_unknown(&results, CHECK_BAR_OVERLAP, NULL, reason, NULL);
	assert_int_equal(results.count, 3);
	assert_int_equal(results.findings[0].count, 3);
	assert_int_equal(results_exit_status(&results, SEVERITY_LOW, false), 3);
	assert_int_equal(results_exit_status(&results, SEVERITY_LOW, true), 0);
	results_free(&results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bridges_forward_their_windows),
		cmocka_unit_test(vga_enable_forwards_the_legacy_ranges),
		cmocka_unit_test(isa_enable_makes_holes),
		cmocka_unit_test(overlaps_are_found_whatever_the_order),
		cmocka_unit_test(unknowns_are_counted_once_with_their_number),
	};

	return RUN_UNIT_TESTS(tests);
}
