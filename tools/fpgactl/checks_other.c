// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fpga_regs.h>
#include <inttypes.h>
#include <linux/emucard.h>
#include <string.h>
#include <sys/ioctl.h>

#include "fpgactl/checks.h"
#include "fpgactl/factorial.h"
#include "fpgactl/verify.h"

static bool factorials(struct device *dev, char *why)
{
	static const uint32_t numbers[] = { 0, 1, 5, 12, 13, 33, 34, 1000 };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		uint32_t n = numbers[i], result;
		int ret = device_fact(dev, n, 0, &result);

		if (ret)
			return check_failed(why, "%" PRIu32 "!: %s", n, strerror(-ret));
		if (result != factorial32(n))
			return check_failed(why, "%" PRIu32 "!: expected %" PRIu32 ", got %" PRIu32,
					    n, factorial32(n), result);
	}
	return true;
}

static bool unknown_request_refused(struct device *dev, char *why)
{
	uint32_t arg[16] = { sizeof(arg) };
	int error = ioctl(dev->fd, _IO(EMUCARD_MAGIC, 0xff), arg) < 0 ? errno : 0;

	if (error == ENOTTY)
		return true;
	return check_failed(why, "expected ENOTTY, got %s", error ? strerror(error) : "success");
}

static bool short_argument_refused(struct device *dev, char *why)
{
	struct emucard_info info = { .argsz = 4 };
	int error = ioctl(dev->fd, EMUCARD_GET_INFO, &info) < 0 ? errno : 0;

	if (error == EINVAL)
		return true;
	return check_failed(why, "expected EINVAL, got %s", error ? strerror(error) : "success");
}

static bool reset_clears_registers(struct device *dev, char *why)
{
	uint64_t scratch, word;
	int ret = device_reg_write(dev, FPGA_SCRATCH, 4, 0x1234);

	if (!ret)
		ret = device_reg_write(dev, FPGA_REGFILE, 4, 0x1234);
	if (!ret)
		ret = device_reset(dev);
	if (!ret)
		ret = device_reg_read(dev, FPGA_SCRATCH, 4, &scratch);
	if (!ret)
		ret = device_reg_read(dev, FPGA_REGFILE, 4, &word);
	if (ret)
		return check_failed(why, "%s", strerror(-ret));
	if (scratch != FPGA_SCRATCH_RESET || word)
		return check_failed(why, "expected SCRATCH %#x and REGFILE[0] 0, got %#" PRIx64
				    " and %#" PRIx64, FPGA_SCRATCH_RESET, scratch, word);
	return true;
}

static bool works_after_reset(struct device *dev, char *why)
{
	uint8_t sent[64], got[sizeof(sent)];
	struct mismatch mismatch = { 0 };
	int ret;

	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t)(3 * i + 1);
	fill_inverted(got, sent, sizeof(got));
	ret = device_dma(dev, EMUCARD_DMA_TO_CARD, sent, 0, sizeof(sent), 0, NULL);
	if (!ret)
		ret = device_reset(dev);
	if (!ret)
		ret = device_dma(dev, EMUCARD_DMA_FROM_CARD, got, 0, sizeof(got), 0, NULL);
	if (ret)
		return check_failed(why, "%s", strerror(-ret));
	if (!verify_bytes(&mismatch, 0, sent, got, sizeof(got)))
		return check_failed(why, "%" PRIu64 " of %zu bytes of card memory were not kept",
				    mismatch.wrong, sizeof(got));
	return true;
}

const struct check other_checks[] = {
	{ "factorials are right", EMUCARD_CAP_FACT, 0, factorials },
	{ "an unknown request is refused", 0, 0, unknown_request_refused },
	{ "an argument that is too short is refused", 0, 0, short_argument_refused },
	{ "a reset clears the registers", EMUCARD_CAP_RESET | EMUCARD_CAP_REGS, EMUCARD_KIND_FPGA,
	  reset_clears_registers },
	{ "a reset keeps card memory, and DMA works after it",
	  EMUCARD_CAP_RESET | EMUCARD_CAP_DMA, 0, works_after_reset },
	{ 0 }
};
