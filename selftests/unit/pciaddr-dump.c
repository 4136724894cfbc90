// SPDX-License-Identifier: GPL-2.0-or-later
/* The dump reader and the decoding of config space. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "pciaddr/configspace/read.h"
#include "pciaddr/input/dump-reader.h"
#include "pciaddr/input/dump-rows.h"

static void load(struct machine *machine, const char *text)
{
	machine_init(machine, SOURCE_DUMP, "test");
	dump_parse(machine, text, strlen(text));
	machine_link(machine);
}

static const char bridge_and_card[] =
	"0000:00:04.0 PCI bridge: Example\n"
	"00: 11 10 26 00 07 00 10 00 00 00 04 06 00 00 01 00\n"
	"10: 00 00 00 00 00 00 00 00 00 01 01 00 21 21 00 00\n"
	"20: f0 ff 00 00 01 fd f1 fd 12 00 00 00 12 00 00 00\n"
	"30: 03 00 03 00 00 00 00 00 00 00 00 00 00 00 04 00\n"
	"\n"
	"0000:01:01.0 Unassigned class: Example\n"
	"\tRegion 0: I/O ports at 32000 [size=2K]\n"
	"\tRegion 2: Memory at 12fd000000 (64-bit, prefetchable) [size=16M]\n"
	"\tKernel driver in use: fpga_pci\n"
	"00: 34 12 6a f9 07 00 10 00 02 00 00 12 00 00 00 00\n"
	"10: 01 20 03 00 00 00 00 00 0c 00 00 fd 12 00 00 00\n"
	"20: 00 00 00 00 00 00 00 00 00 00 00 00 f4 1a 00 11\n"
	"30: 00 00 00 00 40 00 00 00 00 00 00 00 00 01 00 00\n"
	"40: 05 50 83 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
	"50: 10 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
	"60: 00 00 43 00 00 00 00 00 00 00 00 00 00 00 00 00\n";

static void windows_above_64k_and_4g(void **state)
{
	const struct bridge *bridge;
	struct machine machine;

	(void)state;
	load(&machine, bridge_and_card);
	assert_int_equal(machine.count, 2);
	bridge = machine.functions[0].bridge;
	assert_non_null(bridge);
	assert_int_equal(bridge->windows[WINDOW_IO].state, WINDOW_OPEN);
	assert_int_equal(bridge->windows[WINDOW_IO].range.first, 0x32000);
	assert_int_equal(bridge->windows[WINDOW_IO].range.last, 0x32fff);
	assert_int_equal(bridge->windows[WINDOW_MEMORY].state, WINDOW_CLOSED);
	assert_int_equal(bridge->windows[WINDOW_PREFETCHABLE].range.first, 0x12fd000000);
	assert_int_equal(bridge->windows[WINDOW_PREFETCHABLE].range.last, 0x12fdffffff);
	assert_int_equal(bridge->control, 4);
	assert_ptr_equal(machine.functions[1].parent, &machine.functions[0]);
	machine_free(&machine);
}

static void bars_and_capabilities(void **state)
{
	const struct pci_function *card;
	struct link_state link;
	struct machine machine;
	struct msi_state msi;

	(void)state;
	load(&machine, bridge_and_card);
	card = &machine.functions[1];
	assert_int_equal(card->bar_count, 2);
	assert_int_equal(card->bars[0].space, SPACE_IO);
	assert_int_equal(card->bars[0].range.first, 0x32000);
	assert_int_equal(card->bars[0].range.last, 0x327ff);
	assert_true(card->bars[1].is_64bit);
	assert_true(card->bars[1].prefetchable);
	assert_int_equal(card->bars[1].range.last, 0x12fdffffff);
	assert_string_equal(card->driver, "fpga_pci");
	assert_string_equal(machine.functions[0].driver, "");
	assert_int_equal(card->subsystem, 0x1100);
	msi = config_msi(card, 0x05);
	assert_true(msi.known && msi.present && msi.enabled);
	assert_int_equal(msi.vectors_max, 2);
	link = config_link(card);
	assert_true(link.known && link.present);
	assert_int_equal(link.speed, 3);
	assert_int_equal(link.width, 4);
	machine_free(&machine);
}

static void what_was_not_read_is_unknown(void **state)
{
	const struct pci_function *card;
	struct machine machine;
	uint32_t value;

	(void)state;
	load(&machine,
	     "01:01.0 card\n"
	     "00: 34 12 6a f9 07 00 10 00 02 00 00 12 00 00 00 00\n"
	     "20: 00 00 00 00 00 00 00 00 00 00 00 00 f4 1a 00 11\n");
	card = &machine.functions[0];
	assert_true(card->ids_known);
	assert_null(card->driver);
	assert_int_equal(card->bar_count, 0);
	assert_true(config_read(card, 0x2c, 2, &value));
	assert_false(config_read(card, 0x10, 4, &value));
	assert_false(config_read(card, 0x0e, 4, &value));
	assert_false(config_read(card, 0xfe, 2, &value));
	assert_false(config_msi(card, 0x05).known);
	machine_free(&machine);
}

static void a_capability_list_that_is_a_ring_ends(void **state)
{
	struct machine machine;
	bool known;

	(void)state;
	load(&machine,
	     "01:01.0 card\n"
	     "00: 34 12 6a f9 07 00 10 00 02 00 00 12 00 00 00 00\n"
	     "10: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
	     "20: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
	     "30: 00 00 00 00 40 00 00 00 00 00 00 00 00 00 00 00\n"
	     "40: 09 40 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n");
	assert_int_equal(config_capability(&machine.functions[0], 0x05, &known), 0);
	assert_true(known);
	machine_free(&machine);
}

#define ALL_ROWS (0x1000 / DUMP_ROW_BYTES)

/* Most rows are zeroes, as on a real machine. */
static uint8_t made_up_byte(unsigned int offset)
{
	return offset / DUMP_ROW_BYTES % 3 ? 0 : (uint8_t)(offset * 7 + (offset >> 4));
}

/* 4 KiB of config space as lspci -xxxx writes them, each byte by @format, each row with @end. */
static size_t all_rows(char *text, size_t size, const char *format, const char *end)
{
	size_t length = (size_t)snprintf(text, size, "01:01.0 card%s", end);

	for (unsigned int at = 0; at < 0x1000; at++) {
		if (at % DUMP_ROW_BYTES == 0)
			length += (size_t)snprintf(text + length, size - length, "%02x:", at);
		length += (size_t)snprintf(text + length, size - length, format, made_up_byte(at));
		if (at % DUMP_ROW_BYTES == DUMP_ROW_BYTES - 1)
			length += (size_t)snprintf(text + length, size - length, "%s", end);
	}
	return length;
}

/* Rows are taken many at a time; however they are written and cut, the bytes are the same. */
static void rows_are_the_same_however_they_come(void **state)
{
	static const struct {
		const char *format;
		const char *end;
		size_t piece;	/* 0: all at once */
	} forms[] = {
		{ " %02x", "\n", 0 }, { " %02x", "\n", 1 }, { " %02x", "\n", 7 },
		{ " %02X", "\n", 0 }, { " %02x", " \n", 0 }, { " %02x", "\r\n", 0 },
		{ " %02x", "\n\n", 0 },
	};
	static char text[ALL_ROWS * 64];

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t length = all_rows(text, sizeof(text), forms[i].format, forms[i].end);
		struct dump_reader *reader = test_malloc(sizeof(*reader));
		struct machine machine;
		size_t lines = 0, begin = 0;

		machine_init(&machine, SOURCE_DUMP, "test");
		dump_start(reader, &machine);
		for (size_t at = 0; at < length; at++) {
			lines += text[at] == '\n';
			if (text[at] != '\n' || !forms[i].piece || lines % forms[i].piece)
				continue;
			dump_feed(reader, text + begin, at + 1 - begin);
			begin = at + 1;
		}
		dump_feed(reader, text + begin, length - begin);
		assert_int_equal(reader->lines.number, lines);
		assert_int_equal(reader->last_row, 0xff0);
		assert_int_equal(reader->extended_end, EXTENDED_SIZE);
		for (unsigned int at = 0; at < 0x1000; at++)
			assert_int_equal(at < CONFIG_KEPT ? reader->config[at] :
					 reader->extended[at - EXTENDED_BEGIN], made_up_byte(at));
		dump_finish(reader);
		assert_int_equal(machine.warning_count, 0);
		assert_int_equal(machine.functions[0].config_length, CONFIG_KEPT);
		machine_free(&machine);
		test_free(reader);
	}
}

static void of_two_rows_with_one_offset_the_first_counts(void **state)
{
	static const char rows[] =
		"01:01.0 card\n"
		"00: 34 12 6a f9 07 00 10 00 02 00 00 12 00 00 00 00\n"
		"10: 01 20 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
		"10: 01 30 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
		"20: 00 00 00 00 00 00 00 00 00 00 00 00 f4 1a 00 11\n"
		"30: 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 zz\n";
	struct machine machine;
	uint32_t value;

	(void)state;
	load(&machine, rows);
	assert_true(config_read(&machine.functions[0], 0x10, 4, &value));
	assert_int_equal(value, 0x2001);
	assert_true(config_read(&machine.functions[0], 0x3e, 1, &value));
	assert_false(config_read(&machine.functions[0], 0x3f, 1, &value));
	/* it differs, it is out of order, and it is malformed */
	assert_int_equal(machine.warning_count, 3);
	machine_free(&machine);
}

static void slots_are_strict(void **state)
{
	static const char *const bad[] = {
		"00:00.8 x\n", "00:20.0 x\n", "000:00:00.0 x\n", "00:00.00 x\n", "g0:00.0 x\n",
		"123456789:00:00.0 x\n", "00:00:00:00.0 x\n", "00:0.0 x\n", ":00.0 x\n",
	};
	struct machine machine;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		load(&machine, bad[i]);
		assert_int_equal(machine.count, 0);
		assert_int_equal(machine.warning_count, 1);
		machine_free(&machine);
	}
}

static void functions_are_sorted_and_single(void **state)
{
	struct machine machine;

	(void)state;
	load(&machine, "10000:00:00.0 a\n\nff:00.0 b\n\n00:01.0 c\n\n00:00.1 d\n\n00:01.0 e\n");
	assert_int_equal(machine.count, 4);
	assert_int_equal(machine.functions[0].function, 1);
	assert_int_equal(machine.functions[1].line, 5);
	assert_int_equal(machine.functions[2].bus, 0xff);
	assert_int_equal(machine.functions[3].domain, 0x10000);
	/* a second record that says nothing else adds to the first */
	assert_int_equal(machine.warning_count, 0);
	assert_int_equal(machine.bus_count, 3);
	machine_free(&machine);
}

static void bus_numbers_that_go_in_circles_make_no_cycle(void **state)
{
	static const char text[] =
		"01:00.0 bridge\n"
		"00: 11 10 26 00 07 00 00 00 00 00 04 06 00 00 01 00\n"
		"10: 00 00 00 00 00 00 00 00 01 02 02 00 00 00 00 00\n"
		"\n"
		"02:00.0 bridge\n"
		"00: 11 10 26 00 07 00 00 00 00 00 04 06 00 00 01 00\n"
		"10: 00 00 00 00 00 00 00 00 02 01 01 00 00 00 00 00\n";
	struct machine machine;

	(void)state;
	load(&machine, text);
	assert_null(machine.functions[0].parent);
	assert_ptr_equal(machine.functions[1].parent, &machine.functions[0]);
	machine_free(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_above_64k_and_4g),
		cmocka_unit_test(bars_and_capabilities),
		cmocka_unit_test(what_was_not_read_is_unknown),
		cmocka_unit_test(a_capability_list_that_is_a_ring_ends),
		cmocka_unit_test(rows_are_the_same_however_they_come),
		cmocka_unit_test(of_two_rows_with_one_offset_the_first_counts),
		cmocka_unit_test(slots_are_strict),
		cmocka_unit_test(functions_are_sorted_and_single),
		cmocka_unit_test(bus_numbers_that_go_in_circles_make_no_cycle),
	};

	return RUN_UNIT_TESTS(tests);
}
