/* SPDX-License-Identifier: GPL-2.0-only */
/* Opening a card, and requests that fill in what is always the same. */
#ifndef CARD_H
#define CARD_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/emucard.h>

#define KIB	1024UL
#define MIB	(1024UL * KIB)

static inline size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

/* For the outer bound of a wait that is expected to end by itself [ms] */
#define PATIENCE_MS	20000

/* A card's node: EMUCARD_FPGA and EMUCARD_EDU choose among several. */
static inline const char *card_node(uint32_t kind)
{
	const char *node = getenv(kind == EMUCARD_KIND_FPGA ? "EMUCARD_FPGA" : "EMUCARD_EDU");

	if (node)
		return node;
	return kind == EMUCARD_KIND_FPGA ? "/dev/fpga0" : "/dev/edu0";
}

/* All requests return 0 or -errno. */
static inline int card_ioctl(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) ? -errno : 0;
}

static inline int card_info(int fd, struct emucard_info *info)
{
	memset(info, 0, sizeof(*info));
	info->argsz = sizeof(*info);
	return card_ioctl(fd, EMUCARD_GET_INFO, info);
}

static inline int card_reg_read(int fd, uint32_t offset, uint32_t width, uint64_t *value)
{
	struct emucard_reg reg = { .argsz = sizeof(reg), .offset = offset, .width = width };
	int ret = card_ioctl(fd, EMUCARD_REG, &reg);

	*value = reg.value;
	return ret;
}

static inline int card_reg_write(int fd, uint32_t offset, uint32_t width, uint64_t value)
{
	struct emucard_reg reg = {
		.argsz = sizeof(reg), .flags = EMUCARD_REG_WRITE,
		.offset = offset, .width = width, .value = value,
	};

	return card_ioctl(fd, EMUCARD_REG, &reg);
}

static inline int card_dma(int fd, uint32_t flags, void *addr, uint64_t offset, uint64_t len,
			   uint32_t timeout_ms, uint64_t *done)
{
	struct emucard_dma dma = {
		.argsz = sizeof(dma), .flags = flags, .addr = (uintptr_t)addr,
		.offset = offset, .len = len, .timeout_ms = timeout_ms, .done = ~0ULL,
	};
	int ret = card_ioctl(fd, EMUCARD_DMA, &dma);

	if (done)
		*done = dma.done;
	return ret;
}

static inline int card_to(int fd, const void *addr, uint64_t offset, uint64_t len)
{
	return card_dma(fd, EMUCARD_DMA_TO_CARD, (void *)addr, offset, len, PATIENCE_MS, NULL);
}

static inline int card_from(int fd, void *addr, uint64_t offset, uint64_t len)
{
	return card_dma(fd, EMUCARD_DMA_FROM_CARD, addr, offset, len, PATIENCE_MS, NULL);
}

static inline int card_raise(int fd, uint32_t causes)
{
	struct emucard_irq_raise raise = { .argsz = sizeof(raise), .causes = causes };

	return card_ioctl(fd, EMUCARD_IRQ_RAISE, &raise);
}

static inline int card_wait(int fd, uint32_t flags, uint64_t *count, uint32_t timeout_ms,
			    uint32_t *causes)
{
	struct emucard_irq_wait wait = {
		.argsz = sizeof(wait), .flags = flags, .count = *count, .timeout_ms = timeout_ms,
	};
	int ret = card_ioctl(fd, EMUCARD_IRQ_WAIT, &wait);

	*count = wait.count;
	if (causes)
		*causes = wait.causes;
	return ret;
}

static inline int card_eventfd(int fd, int eventfd)
{
	struct emucard_irq_eventfd event = { .argsz = sizeof(event), .fd = eventfd };

	return card_ioctl(fd, EMUCARD_IRQ_EVENTFD, &event);
}

static inline int card_reset(int fd)
{
	struct emucard_reset reset = { .argsz = sizeof(reset) };

	return card_ioctl(fd, EMUCARD_RESET, &reset);
}

static inline int card_fact(int fd, uint32_t n, uint32_t timeout_ms, uint32_t *result)
{
	struct emucard_fact fact = { .argsz = sizeof(fact), .value = n, .timeout_ms = timeout_ms };
	int ret = card_ioctl(fd, EMUCARD_FACT, &fact);

	*result = fact.result;
	return ret;
}

static inline int write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/* Write the card's address to its driver's "bind" or "unbind". */
static inline int card_bind(const struct emucard_info *info, const char *what)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/%s", info->driver, what);
	return write_to(path, info->slot);
}

/* The node comes back with udev's help or without, but not at once. */
static inline int card_reopen(uint32_t kind)
{
	int tries, fd = -1;

	for (tries = 0; tries < 100 && fd < 0; tries++) {
		fd = open(card_node(kind), O_RDWR);
		if (fd < 0)
			usleep(50000);
	}
	return fd;
}

/* Wait until a process that does nothing else sleeps in a call: 0, or -1 */
static inline int wait_until_asleep(pid_t pid)
{
	char path[64], state = '?';
	int tries;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (tries = 0; tries < PATIENCE_MS / 10 && state != 'S'; tries++) {
		usleep(10000);
		file = fopen(path, "r");
		/* Its name is in brackets, without spaces. */
		if (!file || fscanf(file, "%*d %*s %c", &state) != 1)
			state = '?';
		if (file)
			fclose(file);
	}
	return state == 'S' ? 0 : -1;
}

/* Memory that ends where nothing is mapped any more */
static inline unsigned char *map_before_hole(size_t len)
{
	size_t page = page_size();
	size_t whole = (len + page - 1) / page * page;
	unsigned char *map = mmap(NULL, whole + page, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED || munmap(map + whole, page))
		return NULL;
	return map + whole - len;
}

/* Bytes that differ from place to place and from seed to seed */
static inline void fill_pattern(unsigned char *buf, size_t len, uint32_t seed)
{
	uint32_t x = seed * 2654435761u + 1;
	size_t i;

	for (i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		buf[i] = x;
	}
}

/* First place where two buffers differ; len: nowhere */
static inline size_t first_difference(const unsigned char *a, const unsigned char *b, size_t len)
{
	size_t i;

	for (i = 0; i < len && a[i] == b[i]; i++)
		;
	return i;
}

#endif /* CARD_H */
