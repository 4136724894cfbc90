/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls of every kind that go on until the card goes: each returns its first error. */
#ifndef THREADS_H
#define THREADS_H

#include <linux/aio_abi.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/syscall.h>

#include "card.h"

static int wait_long(int fd)
{
	uint64_t count = 0;

	card_wait(fd, EMUCARD_IRQ_NOWAIT, &count, 0, NULL);
	return card_wait(fd, 0, &count, EMUCARD_TIMEOUT_MAX_MS, NULL);
}

static int poll_long(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLPRI };

	return poll(&pfd, 1, -1) == 1 && pfd.revents == (POLLERR | POLLHUP) ? -ENODEV : -EIO;
}

static int dma_long(int fd)
{
	static __thread unsigned char buf[1 << 20];
	struct emucard_info info;
	uint64_t len = sizeof(buf);
	int ret = card_info(fd, &info);

	if (len > info.dma_size)
		len = info.dma_size;
	while (!ret)
		ret = card_dma(fd, EMUCARD_DMA_FROM_CARD, buf, 0, len, PATIENCE_MS, NULL);
	return ret;
}

static int read_long(int fd)
{
	static __thread unsigned char buf[4096];

	while (pread(fd, buf, sizeof(buf), 0) > 0)
		;
	return -errno;
}

static int aio_long(int fd)
{
	static __thread unsigned char buf[20000];
	struct iocb cb = {
		.aio_lio_opcode = IOCB_CMD_PREAD, .aio_fildes = fd,
		.aio_buf = (uintptr_t)buf, .aio_nbytes = sizeof(buf),
	}, *list = &cb;
	struct io_event event = { 0 };
	aio_context_t ctx = 0;
	int ret = 0;

	if (syscall(SYS_io_setup, 1, &ctx))
		return -errno;
	while (!ret) {
		if (syscall(SYS_io_submit, ctx, 1, &list) != 1)
			ret = -errno;
		else if (syscall(SYS_io_getevents, ctx, 1, 1, &event, NULL) != 1)
			ret = -EIO;
		else if ((long)event.res < 0)
			ret = event.res;
	}
	syscall(SYS_io_destroy, ctx);
	return ret;
}

static __thread sigjmp_buf touch_fault;

static void on_touch_fault(int sig)
{
	siglongjmp(touch_fault, 1);
}

/* SIGBUS is what a mapping says instead of ENODEV. */
static int touch_long(int fd)
{
	struct sigaction action = { .sa_handler = on_touch_fault };
	volatile unsigned char *map;
	struct emucard_info info;
	int ret = card_info(fd, &info);
	uint64_t i;

	if (ret || !info.mmap_size)
		return ret ? ret : poll_long(fd);
	map = mmap(NULL, info.mmap_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	sigaction(SIGBUS, &action, NULL);
	if (!sigsetjmp(touch_fault, 1))
		for (i = info.mmap_size / 2;; i = i + 4096 < info.mmap_size ? i + 4096 : 0)
			map[i] = i;
	return -ENODEV;
}

struct caller {
	const char *name;
	int (*call)(int fd);
	pthread_t thread;
	int fd;
	int error;
};

#define NR_CALLERS	8
#define CALLERS {								\
	{ "interrupt", wait_long }, { "poll", poll_long }, { "dma", dma_long },	\
	{ "dma 2", dma_long }, { "read", read_long }, { "read 2", read_long },	\
	{ "asynchronous", aio_long }, { "mapping", touch_long },		\
}

static void *call(void *data)
{
	struct caller *c = data;

	c->error = c->call(c->fd);
	return NULL;
}

static inline int start_callers(struct caller *callers, int fd)
{
	int i, ret = 0;

	for (i = 0; i < NR_CALLERS && !ret; i++) {
		callers[i].fd = fd;
		ret = -pthread_create(&callers[i].thread, NULL, call, &callers[i]);
	}
	return ret;
}

static inline void join_callers(struct caller *callers)
{
	int i;

	for (i = 0; i < NR_CALLERS; i++)
		pthread_join(callers[i].thread, NULL);
}

#endif /* THREADS_H */
