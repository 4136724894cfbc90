// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <linux/emucard.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fpgactl/checks.h"

#define WAIT_MS		5000
#define CAUSE_BITS	16

static bool raise_and_wait(struct device *dev, uint32_t cause, uint64_t *count, char *why)
{
	uint64_t before = *count;
	uint32_t causes;
	int ret = device_irq_raise(dev, cause);

	if (ret)
		return check_failed(why, "raising cause %#" PRIx32 ": %s", cause, strerror(-ret));
	ret = device_irq_wait(dev, count, &causes, WAIT_MS);
	if (ret)
		return check_failed(why, "waiting for cause %#" PRIx32 ": %s", cause,
				    strerror(-ret));
	if (*count != before + 1 || causes != cause)
		return check_failed(why, "cause %#" PRIx32 ": expected one interrupt, got %" PRIu64
				    ", causes %#" PRIx32, cause, *count - before, causes);
	return true;
}

static bool each_cause_arrives(struct device *dev, char *why)
{
	uint64_t count;
	int ret = device_irq_count(dev, &count, NULL);

	if (ret)
		return check_failed(why, "asking for the count: %s", strerror(-ret));
	for (unsigned int bit = 0; bit < CAUSE_BITS; bit++)
		if (!raise_and_wait(dev, UINT32_C(1) << bit, &count, why))
			return false;
	return true;
}

static bool wait_ends_without_interrupt(struct device *dev, char *why)
{
	uint64_t count;
	int ret = device_irq_count(dev, &count, NULL);

	if (!ret)
		ret = device_irq_wait(dev, &count, NULL, 50);
	if (ret == -ETIMEDOUT)
		return true;
	return check_failed(why, "expected ETIMEDOUT, got %s", ret ? strerror(-ret) : "success");
}

static bool expect_poll(int fd, short events, const char *what, char *why)
{
	struct pollfd pfd = { .fd = fd, .events = events };
	int n = poll(&pfd, 1, WAIT_MS);

	if (n == 1 && (pfd.revents & events))
		return true;
	return check_failed(why, "%s: expected events %#x, got %#x (%s)", what, (unsigned int)events,
			    (unsigned int)pfd.revents, n < 0 ? strerror(errno) : "poll");
}

static bool poll_reports(struct device *dev, char *why)
{
	struct pollfd pfd = { .fd = dev->fd, .events = POLLPRI };
	uint64_t count;
	int ret = device_irq_count(dev, &count, NULL);

	if (ret)
		return check_failed(why, "asking for the count: %s", strerror(-ret));
	if (poll(&pfd, 1, 0))
		return check_failed(why, "before: expected no event, got %#x",
				    (unsigned int)pfd.revents);
	ret = device_irq_raise(dev, 1);
	if (ret)
		return check_failed(why, "raising: %s", strerror(-ret));
	if (!expect_poll(dev->fd, POLLPRI, "after", why))
		return false;
	ret = device_irq_count(dev, &count, NULL);
	if (ret || poll(&pfd, 1, 0))
		return check_failed(why, "asked for the count, and the event is still there");
	return true;
}

static bool eventfd_is_signalled(struct device *dev, char *why)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	bool ok = false;
	uint64_t n = 0;
	int ret;

	if (fd < 0)
		return check_failed(why, "eventfd(): %s", strerror(errno));
	ret = device_irq_eventfd(dev, fd);
	if (!ret)
		ret = device_irq_raise(dev, 1);
	if (ret)
		check_failed(why, "%s", strerror(-ret));
	else if (expect_poll(fd, POLLIN, "eventfd", why))
		ok = read(fd, &n, sizeof(n)) == sizeof(n) && n == 1;
	if (n > 1)
		check_failed(why, "expected 1 signal, got %" PRIu64, n);
	device_irq_eventfd(dev, -1);
	close(fd);
	return ok;
}

const struct check irq_checks[] = {
	{ "each interrupt cause arrives once", EMUCARD_CAP_IRQ, 0, each_cause_arrives },
	{ "a wait without an interrupt ends in time", EMUCARD_CAP_IRQ, 0,
	  wait_ends_without_interrupt },
	{ "poll() reports an interrupt", EMUCARD_CAP_IRQ, 0, poll_reports },
	{ "an eventfd is signalled by an interrupt", EMUCARD_CAP_IRQ, 0, eventfd_is_signalled },
	{ 0 }
};
