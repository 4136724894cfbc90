/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An open card: the requests of <linux/emucard.h>, one function each. They return
 * 0 or a negative errno; device_die() explains one and ends.
 */
#ifndef FPGACTL_DEVICE_H
#define FPGACTL_DEVICE_H

#include <linux/emucard.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fpgactl/card.h"
#include "fpgactl/regs.h"

struct device {
	struct card card;
	int fd;
	struct emucard_info info;
	const struct reg *regs;
	size_t nregs;
};

/**
 * device_open - open a card's node and ask what it is
 * @dev: result
 * @card: with a node
 *
 * Return: 0, or a negative errno, of open() or of EMUCARD_GET_INFO.
 */
int device_open(struct device *dev, const struct card *card);

/**
 * device_close - close what device_open() opened
 * @dev: card
 */
void device_close(struct device *dev);

/**
 * device_can - does the driver offer this?
 * @dev: card
 * @caps: EMUCARD_CAP_*, ORed
 */
bool device_can(const struct device *dev, uint64_t caps);

int device_reg_read(struct device *dev, uint32_t offset, uint32_t width, uint64_t *value);
int device_reg_write(struct device *dev, uint32_t offset, uint32_t width, uint64_t value);

/**
 * device_dma - one transfer, in one request
 * @dev: card
 * @direction: EMUCARD_DMA_TO_CARD or EMUCARD_DMA_FROM_CARD
 * @buffer: of the host
 * @offset: in card memory
 * @len: bytes
 * @timeout_ms: 0 for the driver's own
 * @done: bytes that were moved, also on error; or NULL
 */
int device_dma(struct device *dev, uint32_t direction, void *buffer, uint64_t offset,
	       uint64_t len, uint32_t timeout_ms, uint64_t *done);

/**
 * device_buf_register - pin memory and map it for the card, for many transfers
 * @dev: card, with EMUCARD_CAP_BUF
 * @memory: the memory
 * @len: bytes
 * @buf: result: its number, for device_dma_buf() and device_buf_unregister()
 */
int device_buf_register(struct device *dev, void *memory, uint64_t len, uint32_t *buf);
int device_buf_unregister(struct device *dev, uint32_t buf);

/**
 * device_dma_buf - as device_dma(), of registered memory
 * @dev: card
 * @direction: EMUCARD_DMA_TO_CARD or EMUCARD_DMA_FROM_CARD
 * @buf: of device_buf_register()
 * @at: where the transfer begins in that memory, in bytes
 * @offset: in card memory
 * @len: bytes
 * @timeout_ms: 0 for the driver's own
 * @done: bytes that were moved; or NULL
 */
int device_dma_buf(struct device *dev, uint32_t direction, uint32_t buf, uint64_t at,
		   uint64_t offset, uint64_t len, uint32_t timeout_ms, uint64_t *done);

int device_irq_raise(struct device *dev, uint32_t causes);

/**
 * device_irq_wait - wait until the count is another than the one last seen
 * @dev: card
 * @count: in: last seen; out: now
 * @causes: causes since this file last asked; or NULL
 * @timeout_ms: 0 for the driver's own
 */
int device_irq_wait(struct device *dev, uint64_t *count, uint32_t *causes, uint32_t timeout_ms);

/**
 * device_irq_count - the count now, without waiting
 * @dev: card
 * @count: result
 * @causes: causes since this file last asked; or NULL
 */
int device_irq_count(struct device *dev, uint64_t *count, uint32_t *causes);

int device_irq_eventfd(struct device *dev, int fd);
int device_reset(struct device *dev);
int device_fact(struct device *dev, uint32_t n, uint32_t timeout_ms, uint32_t *result);

/**
 * device_die - say what failed, why, and what to do; exit
 * @dev: card
 * @error: negative errno
 * @format: what was tried: "DMA of 4096 bytes to the card"
 */
void device_die(const struct device *dev, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4), noreturn));

#endif
