// SPDX-License-Identifier: GPL-2.0-only
/*
 * A caller cannot hold up an unbind: not even one whose memory takes as long to answer as its
 * owner likes (userfaultfd, as FUSE could)
 */
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "fixture.h"

struct stall {
	int uffd;
	unsigned char *page;
};

/* A page that is not there until stall_end(): 0 or -errno */
static int stall_begin(struct stall *s)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	size_t size = page_size();

	s->uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (s->uffd < 0)
		return -errno;
	s->page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range.start = (uintptr_t)s->page;
	reg.range.len = size;
	if (s->page == MAP_FAILED || ioctl(s->uffd, UFFDIO_API, &api) ||
	    ioctl(s->uffd, UFFDIO_REGISTER, &reg))
		return -errno;
	return 0;
}

/* A fault has come: 0, or -ETIME */
static int stall_wait(struct stall *s)
{
	struct pollfd pfd = { .fd = s->uffd, .events = POLLIN };
	struct uffd_msg msg;

	if (poll(&pfd, 1, PATIENCE_MS) != 1)
		return -ETIME;
	return read(s->uffd, &msg, sizeof(msg)) == sizeof(msg) ? 0 : -errno;
}

static void stall_end(struct stall *s, const void *content)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)s->page, .src = (uintptr_t)content,
		.len = page_size(),
	};

	ioctl(s->uffd, UFFDIO_COPY, &copy);
	close(s->uffd);
}

enum how {
	HOW_ARGUMENT,		/* the argument of a request */
	HOW_TO_CARD,		/* memory to be read from */
	HOW_FROM_CARD,		/* memory to be written to */
	HOW_READ,
	HOW_WRITE,
	HOW_SECOND,		/* the second of two vectors */
	HOWS
};

struct caller {
	pthread_t thread;
	int fd;
	enum how how;
	unsigned char *page;
	atomic_bool done;
	int error;
};

static void *call(void *data)
{
	struct caller *c = data;
	unsigned char byte = 0;
	struct iovec vec[] = { { &byte, 1 }, { c->page, 100 } };
	ssize_t n = 0;

	switch (c->how) {
	case HOW_ARGUMENT:
		n = ioctl(c->fd, EMUCARD_GET_INFO, c->page);
		break;
	case HOW_TO_CARD:
		c->error = card_to(c->fd, c->page, 0, 100);
		break;
	case HOW_FROM_CARD:
		c->error = card_from(c->fd, c->page, 0, 100);
		break;
	case HOW_READ:
		n = pread(c->fd, c->page, 100, 0);
		break;
	case HOW_WRITE:
		n = pwrite(c->fd, c->page, 100, 0);
		break;
	default:
		n = pwritev(c->fd, vec, 2, 0);
		/* The first may have been moved, where they are moved one by one. */
		if (n == 1)
			n = pwritev(c->fd, vec, 2, 0);
	}
	if (n < 0)
		c->error = -errno;
	atomic_store(&c->done, true);
	return NULL;
}

struct unbinder {
	pthread_t thread;
	const struct emucard_info *info;
	atomic_bool done;
	int error;
};

static void *unbind(void *data)
{
	struct unbinder *u = data;

	u->error = card_bind(u->info, "unbind");
	atomic_store(&u->done, true);
	return NULL;
}

TEST_F(card, memory_that_does_not_answer_does_not_hold_up_an_unbind)
{
	size_t size = page_size();
	struct emucard_info *content = calloc(1, size);
	int how, tries, fd = self->fd;

	SKIP_UNLESS_ROOT();
	content->argsz = sizeof(*content);
	for (how = 0; how < HOWS; how++) {
		struct unbinder unbinder = { .info = &self->info };
		struct caller caller = { .fd = fd, .how = how };
		struct stall stall;
		int ret = stall_begin(&stall);

		if (ret)
			SKIP(return, "userfaultfd: %s", strerror(-ret));
		caller.page = stall.page;
		ASSERT_EQ(0, pthread_create(&caller.thread, NULL, call, &caller));
		/* edu answers into memory only at the end. */
		ASSERT_EQ(0, stall_wait(&stall)) TH_LOG("way %d", how);
		EXPECT_FALSE(atomic_load(&caller.done));

		ASSERT_EQ(0, pthread_create(&unbinder.thread, NULL, unbind, &unbinder));
		for (tries = 0; tries < PATIENCE_MS / 10 && !atomic_load(&unbinder.done); tries++)
			usleep(10000);
		EXPECT_TRUE(atomic_load(&unbinder.done)) TH_LOG("way %d holds it up", how);
		EXPECT_FALSE(atomic_load(&caller.done));

		stall_end(&stall, content);
		pthread_join(caller.thread, NULL);
		pthread_join(unbinder.thread, NULL);
		EXPECT_EQ(0, unbinder.error);
		/* What had been done before the card went has been done. */
		EXPECT_TRUE(caller.error == -ENODEV || !caller.error)
			TH_LOG("way %d: %d", how, caller.error);
		ASSERT_EQ(0, card_bind(&self->info, "bind"));
		fd = card_reopen(variant->kind);
		ASSERT_GE(fd, 0);
	}
	EXPECT_TRUE(card_works(fd));
}

TEST_HARNESS_MAIN
