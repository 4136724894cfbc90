// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers by name and offset. */
#include "unit.h"

#include <edu_regs.h>
#include <fpga_regs.h>
#include <linux/emucard.h>
#include <stdbool.h>
#include <string.h>

#include "fpgactl/regs.h"

static bool fpga(const char *text, struct reg_ref *ref)
{
	size_t count;
	const struct reg *regs = regs_of_kind(EMUCARD_KIND_FPGA, &count);

	return reg_parse(regs, count, text, ref);
}

static void names_are_found_in_any_spelling(void **state)
{
	static const char *const names[] = { "SCRATCH", "scratch", "FPGA_SCRATCH", "0xc", "12" };
	struct reg_ref ref;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char text[32];

		assert_true(fpga(names[i], &ref));
		assert_int_equal(ref.offset, FPGA_SCRATCH);
		assert_int_equal(ref.width, 4);
		reg_name(&ref, text, sizeof(text));
		assert_string_equal(text, "SCRATCH");
	}
}

static void elements_of_an_array_are_found(void **state)
{
	struct reg_ref ref;
	char text[32];

	(void)state;
	assert_true(fpga("regfile[3]", &ref));
	assert_int_equal(ref.offset, FPGA_REGFILE + 12);
	assert_true(fpga("REGFILE", &ref));
	assert_int_equal(ref.offset, FPGA_REGFILE);
	assert_true(fpga("0x7fc", &ref));
	reg_name(&ref, text, sizeof(text));
	assert_string_equal(text, "REGFILE[255]");
}

static void what_is_no_register_is_refused(void **state)
{
	static const char *const names[] = {
		"", "SCRATC", "REGFILE[256]", "REGFILE[", "REGFILE[]", "REGFILE[1", "REGFILE[1]x",
		"SCRATCH[1]", "REGFILE[-1]", "0x", "0x1g", "0x100000000", "FPGA_",
	};
	struct reg_ref ref;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_false(fpga(names[i], &ref));
}

static void offsets_without_a_register_are_themselves(void **state)
{
	struct reg_ref ref;
	char text[32];

	(void)state;
	assert_true(fpga("0x200", &ref));
	assert_null(ref.reg);
	assert_int_equal(ref.width, 4);
	reg_name(&ref, text, sizeof(text));
	assert_string_equal(text, "0x200");
}

static void bytes_of_a_register_are_named_after_it(void **state)
{
	struct reg_ref ref;
	char text[32];

	(void)state;
	assert_true(fpga("0x00d", &ref));
	reg_name(&ref, text, sizeof(text));
	assert_string_equal(text, "SCRATCH+1");
	assert_true(fpga("0x406", &ref));
	reg_name(&ref, text, sizeof(text));
	assert_string_equal(text, "REGFILE[1]+2");
}

static void nearest_name_is_offered(void **state)
{
	size_t count;
	const struct reg *regs = regs_of_kind(EMUCARD_KIND_FPGA, &count);

	(void)state;
	assert_string_equal(reg_nearest(regs, count, "scrtach"), "SCRATCH");
	assert_string_equal(reg_nearest(regs, count, "FPGA_DMA_HAED"), "DMA_HEAD");
	assert_null(reg_nearest(regs, count, "thermometer"));
}

static void fields_are_decoded(void **state)
{
	struct reg_ref ref;
	char text[128];

	(void)state;
	assert_true(fpga("FEATURES", &ref));
	reg_decode(ref.reg, FPGA_FEATURE_DMA | FPGA_FEATURE_SG, text, sizeof(text));
	assert_string_equal(text, "DMA SG");
	assert_true(fpga("VERSION", &ref));
	reg_decode(ref.reg, 0x00020003, text, sizeof(text));
	assert_string_equal(text, "major=2 minor=3");
	reg_decode(ref.reg, 0, text, sizeof(text));
	assert_string_equal(text, "");
	reg_decode(NULL, 1, text, sizeof(text));
	assert_string_equal(text, "");
}

static void decoding_stays_in_its_buffer(void **state)
{
	struct reg_ref ref;
	char text[8];

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_true(fpga("FEATURES", &ref));
	reg_decode(ref.reg, 0xffffffff, text, 5);
	assert_string_equal(text, "FIXE");
	assert_int_equal(text[5], 'x');
}

/* Each table must be in rising order, without overlaps, and inside the BAR. */
static void check_table(uint32_t kind, uint32_t size)
{
	size_t count;
	const struct reg *regs = regs_of_kind(kind, &count);
	uint32_t end = 0;

	assert_true(count > 0);
	for (size_t i = 0; i < count; i++) {
		assert_true(regs[i].offset >= end);
		assert_true(regs[i].offset % regs[i].width == 0);
		end = regs[i].offset + regs[i].width * regs[i].count;
		assert_non_null(regs[i].summary);
	}
	assert_true(end <= size);
}

static void tables_are_sound(void **state)
{
	size_t count;

	(void)state;
	check_table(EMUCARD_KIND_FPGA, FPGA_IO_SIZE);
	check_table(EMUCARD_KIND_EDU, EDU_BAR_SIZE);
	assert_null(regs_of_kind(99, &count));
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found_in_any_spelling),
		cmocka_unit_test(elements_of_an_array_are_found),
		cmocka_unit_test(what_is_no_register_is_refused),
		cmocka_unit_test(offsets_without_a_register_are_themselves),
		cmocka_unit_test(bytes_of_a_register_are_named_after_it),
		cmocka_unit_test(nearest_name_is_offered),
		cmocka_unit_test(fields_are_decoded),
		cmocka_unit_test(decoding_stays_in_its_buffer),
		cmocka_unit_test(tables_are_sound),
	};

	return RUN_UNIT_TESTS(tests);
}
