// SPDX-License-Identifier: GPL-2.0-or-later
#include <edu_regs.h>
#include <errno.h>
#include <fpga_regs.h>
#include <inttypes.h>
#include <linux/emucard.h>
#include <string.h>

#include "fpgactl/checks.h"

static const uint32_t words[] = { 0, 0xffffffff, 0x55555555, 0xaaaaaaaa, 0x12345678 };

#define WORDS	(sizeof(words) / sizeof(words[0]))

static bool reads(struct device *dev, uint32_t offset, uint32_t width, uint64_t expected, char *why)
{
	uint64_t value;
	int ret = device_reg_read(dev, offset, width, &value);

	if (ret)
		return check_failed(why, "reading offset %#" PRIx32 ": %s", offset, strerror(-ret));
	if (value != expected)
		return check_failed(why, "offset %#" PRIx32 ": expected %#" PRIx64 ", got %#" PRIx64,
				    offset, expected, value);
	return true;
}

static bool writes(struct device *dev, uint32_t offset, uint32_t width, uint64_t value, char *why)
{
	int ret = device_reg_write(dev, offset, width, value);

	if (ret)
		return check_failed(why, "writing offset %#" PRIx32 ": %s", offset, strerror(-ret));
	return true;
}

static bool fpga_identifies(struct device *dev, char *why)
{
	return reads(dev, FPGA_ID, 4, FPGA_ID_VALUE, why);
}

static bool edu_identifies(struct device *dev, char *why)
{
	uint64_t value;
	int ret = device_reg_read(dev, EDU_ID, 4, &value);

	if (ret)
		return check_failed(why, "reading ID: %s", strerror(-ret));
	if ((value & EDU_ID_MASK) != EDU_ID_VALUE)
		return check_failed(why, "expected an ID that ends in %04x, got %#" PRIx64,
				    EDU_ID_VALUE, value);
	return true;
}

static bool inverts(struct device *dev, uint32_t offset, char *why)
{
	for (size_t i = 0; i < WORDS; i++)
		if (!writes(dev, offset, 4, words[i], why) ||
		    !reads(dev, offset, 4, (uint32_t)~words[i], why))
			return false;
	return true;
}

static bool fpga_inverts(struct device *dev, char *why)
{
	return inverts(dev, FPGA_SCRATCH, why);
}

static bool edu_inverts(struct device *dev, char *why)
{
	return inverts(dev, EDU_LIVENESS, why);
}

static bool register_file_keeps(struct device *dev, char *why)
{
	const uint32_t end = FPGA_REGFILE + FPGA_REGFILE_SIZE;

	/* a different value in each, so that none hides behind another */
	for (uint32_t at = FPGA_REGFILE; at < end; at += 4)
		if (!writes(dev, at, 4, 0xc0de0000 + at, why))
			return false;
	for (uint32_t at = FPGA_REGFILE; at < end; at += 4)
		if (!reads(dev, at, 4, 0xc0de0000 + at, why))
			return false;
	return true;
}

static bool narrow_accesses_reach_their_bytes(struct device *dev, char *why)
{
	const uint32_t at = FPGA_REGFILE;

	return writes(dev, at, 4, 0x44332211, why) &&
	       reads(dev, at, 1, 0x11, why) && reads(dev, at + 1, 1, 0x22, why) &&
	       reads(dev, at + 3, 1, 0x44, why) && reads(dev, at + 2, 2, 0x4433, why) &&
	       writes(dev, at + 1, 1, 0xaa, why) && reads(dev, at, 4, 0x4433aa11, why) &&
	       writes(dev, at + 2, 2, 0xbbcc, why) && reads(dev, at, 4, 0xbbccaa11, why);
}

static bool outside_is_refused(struct device *dev, char *why)
{
	uint64_t value;
	int ret = device_reg_read(dev, dev->info.regs_size, 4, &value);

	if (ret != -ERANGE)
		return check_failed(why, "expected ERANGE, got %s",
				    ret ? strerror(-ret) : "success");
	ret = device_reg_read(dev, UINT32_MAX - 3, 4, &value);
	if (ret != -ERANGE)
		return check_failed(why, "at the last offset: expected ERANGE, got %s",
				    ret ? strerror(-ret) : "success");
	return true;
}

static bool misaligned_is_refused(struct device *dev, char *why)
{
	uint64_t value;
	int ret = device_reg_read(dev, 2, 4, &value);

	if (ret != -EINVAL)
		return check_failed(why, "expected EINVAL, got %s",
				    ret ? strerror(-ret) : "success");
	return true;
}

const struct check register_checks[] = {
	{ "the card says that it is an fpga", EMUCARD_CAP_REGS, EMUCARD_KIND_FPGA, fpga_identifies },
	{ "the card says that it is an edu", EMUCARD_CAP_REGS, EMUCARD_KIND_EDU, edu_identifies },
	{ "the scratch register reads back inverted", EMUCARD_CAP_REGS, EMUCARD_KIND_FPGA,
	  fpga_inverts },
	{ "the liveness register reads back inverted", EMUCARD_CAP_REGS, EMUCARD_KIND_EDU,
	  edu_inverts },
	{ "the register file keeps what is written", EMUCARD_CAP_REGS, EMUCARD_KIND_FPGA,
	  register_file_keeps },
	{ "accesses of 1 and 2 bytes reach their bytes", EMUCARD_CAP_REGS, EMUCARD_KIND_FPGA,
	  narrow_accesses_reach_their_bytes },
	{ "a register outside the card is refused", EMUCARD_CAP_REGS, 0, outside_is_refused },
	{ "a misaligned register is refused", EMUCARD_CAP_REGS, 0, misaligned_is_refused },
	{ 0 }
};
