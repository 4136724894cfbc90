// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fpgactl/card_message.h"

static int request(const struct device *dev, unsigned long number, void *arg)
{
	return ioctl(dev->fd, number, arg) < 0 ? -errno : 0;
}

int device_open(struct device *dev, const struct card *card)
{
	int ret;

	*dev = (struct device){ .card = *card, .info.argsz = sizeof(dev->info) };
	dev->fd = open(card->node, O_RDWR | O_CLOEXEC);
	if (dev->fd < 0)
		return -errno;
	ret = request(dev, EMUCARD_GET_INFO, &dev->info);
	if (ret) {
		device_close(dev);
		return ret;
	}
	dev->regs = regs_of_kind(dev->info.kind, &dev->nregs);
	return 0;
}

void device_close(struct device *dev)
{
	close(dev->fd);
	dev->fd = -1;
}

bool device_can(const struct device *dev, uint64_t caps)
{
	return (dev->info.caps & caps) == caps;
}

int device_reg_read(struct device *dev, uint32_t offset, uint32_t width, uint64_t *value)
{
	struct emucard_reg reg = { .argsz = sizeof(reg), .offset = offset, .width = width };
	int ret = request(dev, EMUCARD_REG, &reg);

	*value = reg.value;
	return ret;
}

int device_reg_write(struct device *dev, uint32_t offset, uint32_t width, uint64_t value)
{
	struct emucard_reg reg = {
		.argsz = sizeof(reg),
		.flags = EMUCARD_REG_WRITE,
		.offset = offset,
		.width = width,
		.value = value,
	};

	return request(dev, EMUCARD_REG, &reg);
}

int device_dma(struct device *dev, uint32_t direction, void *buffer, uint64_t offset,
	       uint64_t len, uint32_t timeout_ms, uint64_t *done)
{
	struct emucard_dma dma = {
		.argsz = sizeof(dma),
		.flags = direction,
		.addr = (uintptr_t)buffer,
		.offset = offset,
		.len = len,
		.timeout_ms = timeout_ms,
	};
	int ret = request(dev, EMUCARD_DMA, &dma);

	if (done)
		*done = dma.done;
	return ret;
}

int device_buf_register(struct device *dev, void *memory, uint64_t len, uint32_t *buf)
{
	struct emucard_buf_register reg = {
		.argsz = sizeof(reg),
		.addr = (uintptr_t)memory,
		.len = len,
	};
	int ret = request(dev, EMUCARD_BUF_REGISTER, &reg);

	*buf = reg.buf;
	return ret;
}

int device_buf_unregister(struct device *dev, uint32_t buf)
{
	struct emucard_buf_unregister unreg = { .argsz = sizeof(unreg), .buf = buf };

	return request(dev, EMUCARD_BUF_UNREGISTER, &unreg);
}

int device_dma_buf(struct device *dev, uint32_t direction, uint32_t buf, uint64_t at,
		   uint64_t offset, uint64_t len, uint32_t timeout_ms, uint64_t *done)
{
	struct emucard_dma dma = {
		.argsz = sizeof(dma),
		.flags = direction | EMUCARD_DMA_BUF,
		.buf = buf,
		.addr = at,
		.offset = offset,
		.len = len,
		.timeout_ms = timeout_ms,
	};
	int ret = request(dev, EMUCARD_DMA, &dma);

	if (done)
		*done = dma.done;
	return ret;
}

int device_irq_raise(struct device *dev, uint32_t causes)
{
	struct emucard_irq_raise raise = { .argsz = sizeof(raise), .causes = causes };

	return request(dev, EMUCARD_IRQ_RAISE, &raise);
}

static int irq_wait(struct device *dev, struct emucard_irq_wait *wait, uint64_t *count,
		    uint32_t *causes)
{
	int ret = request(dev, EMUCARD_IRQ_WAIT, wait);

	*count = wait->count;
	if (causes)
		*causes = wait->causes;
	return ret;
}

int device_irq_wait(struct device *dev, uint64_t *count, uint32_t *causes, uint32_t timeout_ms)
{
	struct emucard_irq_wait wait = {
		.argsz = sizeof(wait),
		.count = *count,
		.timeout_ms = timeout_ms,
	};

	return irq_wait(dev, &wait, count, causes);
}

int device_irq_count(struct device *dev, uint64_t *count, uint32_t *causes)
{
	struct emucard_irq_wait wait = { .argsz = sizeof(wait), .flags = EMUCARD_IRQ_NOWAIT };

	return irq_wait(dev, &wait, count, causes);
}

int device_irq_eventfd(struct device *dev, int fd)
{
	struct emucard_irq_eventfd eventfd = { .argsz = sizeof(eventfd), .fd = fd };

	return request(dev, EMUCARD_IRQ_EVENTFD, &eventfd);
}

int device_reset(struct device *dev)
{
	struct emucard_reset reset = { .argsz = sizeof(reset) };

	return request(dev, EMUCARD_RESET, &reset);
}

int device_fact(struct device *dev, uint32_t n, uint32_t timeout_ms, uint32_t *result)
{
	struct emucard_fact fact = {
		.argsz = sizeof(fact),
		.value = n,
		.timeout_ms = timeout_ms,
	};
	int ret = request(dev, EMUCARD_FACT, &fact);

	*result = fact.result;
	return ret;
}

static const struct {
	int error;
	enum exit_status status;
	const char *why;
	const char *advice;
} explanations[] = {
	{ ETIMEDOUT, EXIT_FAILED, "not finished in time",
	  "a longer --timeout may help; dmesg tells more" },
	{ EIO, EXIT_FAILED, "the card reports an error",
	  "dmesg has what the card reported; 'fpga-ctl reset' starts it afresh" },
	{ ENODEV, EXIT_FAILED, "the card has been removed, or does not answer",
	  "'fpga-ctl list' shows what is there. As root, 'echo 1 >/sys/bus/pci/rescan' finds a "
	  "card that was removed; if it is listed still, write 1 to its 'remove' in sysfs first" },
	{ EAGAIN, EXIT_FAILED, "the card is busy", "try again in a moment" },
	{ EINTR, EXIT_FAILED, "interrupted by a signal", NULL },
	{ ENOMEM, EXIT_FAILED, "memory cannot be pinned",
	  "a smaller --block needs less; 'ulimit -l' shows the limit of locked memory" },
	{ EPERM, EXIT_CANNOT_TELL, "the driver does not allow it",
	  "it is read-only, or the driver needs it for itself: not even root may" },
	{ EOPNOTSUPP, EXIT_CANNOT_TELL, "this card cannot do it",
	  "'fpga-ctl info' says what it can do" },
	{ ENOTTY, EXIT_CANNOT_TELL, "the driver does not know this request",
	  "it is older than this tool, or not the project's: see 'fpga-ctl info'" },
	{ ERANGE, EXIT_USAGE, "outside the card",
	  "'fpga-ctl info' says how large its memory and its registers are" },
};

void device_die(const struct device *dev, int error, const char *format, ...)
{
	enum exit_status status = EXIT_FAILED;
	const char *why = strerror(-error), *advice = NULL;
	char what[256];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);

	for (size_t i = 0; i < sizeof(explanations) / sizeof(explanations[0]); i++) {
		if (explanations[i].error != -error)
			continue;
		status = explanations[i].status;
		why = explanations[i].why;
		advice = explanations[i].advice;
	}
	card_die(&dev->card, status, advice, "%s: %s", what, why);
}
