/* SPDX-License-Identifier: GPL-2.0-only */
/* io_uring by its system calls: one request at a time, or as many as the ring holds */
#ifndef URING_H
#define URING_H

#include <errno.h>
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define URING_ENTRIES	64

struct uring {
	int fd;
	struct io_uring_params p;
	unsigned char *sq;
	unsigned char *cq;
	struct io_uring_sqe *sqes;
};

static inline uint32_t *uring_u32(unsigned char *ring, uint32_t offset)
{
	return (uint32_t *)(ring + offset);
}

/* 0 or -errno */
static inline int uring_open(struct uring *u)
{
	memset(u, 0, sizeof(*u));
	u->fd = syscall(SYS_io_uring_setup, URING_ENTRIES, &u->p);
	if (u->fd < 0)
		return -errno;
	u->sq = mmap(NULL, u->p.sq_off.array + u->p.sq_entries * sizeof(uint32_t),
		     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, u->fd, IORING_OFF_SQ_RING);
	u->cq = mmap(NULL, u->p.cq_off.cqes + u->p.cq_entries * sizeof(struct io_uring_cqe),
		     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, u->fd, IORING_OFF_CQ_RING);
	u->sqes = mmap(NULL, u->p.sq_entries * sizeof(struct io_uring_sqe),
		       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, u->fd, IORING_OFF_SQES);
	if (u->sq == MAP_FAILED || u->cq == MAP_FAILED || u->sqes == MAP_FAILED)
		return -errno;
	return 0;
}

/* Submit one request: 0 or -errno */
static inline int uring_submit(struct uring *u, const struct io_uring_sqe *sqe)
{
	uint32_t *tail = uring_u32(u->sq, u->p.sq_off.tail);
	uint32_t i = *tail & (u->p.sq_entries - 1);

	u->sqes[i] = *sqe;
	uring_u32(u->sq, u->p.sq_off.array)[i] = i;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, u->fd, 1, 0, 0, NULL, 0) == 1 ? 0 : -errno;
}

/* The next completion: 0, or -ETIME: none came in time */
static inline int uring_wait(struct uring *u, unsigned int ms, struct io_uring_cqe *cqe)
{
	struct __kernel_timespec time = {
		.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000LL,
	};
	struct io_uring_getevents_arg arg = {
		.sigmask_sz = _NSIG / 8, .ts = (uintptr_t)&time,
	};
	uint32_t *head = uring_u32(u->cq, u->p.cq_off.head);
	uint32_t *tail = uring_u32(u->cq, u->p.cq_off.tail);
	struct io_uring_cqe *cqes = (struct io_uring_cqe *)(u->cq + u->p.cq_off.cqes);
	int ret = 0;

	while (*head == __atomic_load_n(tail, __ATOMIC_ACQUIRE)) {
		if (ret)
			return ret;
		if (syscall(SYS_io_uring_enter, u->fd, 0, 1,
			    IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg, sizeof(arg)) < 0 &&
		    errno != EINTR)
			ret = -errno;
	}
	*cqe = cqes[*head & (u->p.cq_entries - 1)];
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return 0;
}

/* Submit one request and wait for it: its result, or -ETIME */
static inline int uring_run(struct uring *u, const struct io_uring_sqe *sqe, unsigned int ms)
{
	struct io_uring_cqe cqe;
	int ret = uring_submit(u, sqe);

	if (!ret)
		ret = uring_wait(u, ms, &cqe);
	return ret ? ret : cqe.res;
}

static inline int uring_register(struct uring *u, unsigned int what, const void *arg,
				 unsigned int nr)
{
	return syscall(SYS_io_uring_register, u->fd, what, arg, nr) ? -errno : 0;
}

/* Needs no unmapping: the ring lives as long as the process. */
static inline void uring_close(struct uring *u)
{
	close(u->fd);
}

#endif /* URING_H */
