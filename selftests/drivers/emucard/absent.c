// SPDX-License-Identifier: GPL-2.0-only
/*
 * User memory that is not there when a transfer begins: never touched, shared with a child
 * process, or kept away for as long as another process likes
 */
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define WITHOUT_EDU
#include "fixture.h"

#define PART	(8 * MIB)

static unsigned char *map_untouched(size_t len)
{
	return mmap(NULL, len, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

TEST_F(card, memory_that_was_never_touched_is_filled_and_read)
{
	unsigned char *zeros = map_untouched(PART), *in = map_untouched(PART), *out;
	struct iovec vec[3];

	ASSERT_NE(MAP_FAILED, zeros);
	ASSERT_NE(MAP_FAILED, in);
	out = malloc(PART);
	fill_pattern(out, PART, 11);
	ASSERT_EQ(PART, pwrite(self->fd, out, PART, 0));
	/* Also with a piece in the middle that has been touched */
	memset(in + 5 * MIB, 1, 3);
	vec[0] = (struct iovec) { in, 3 * MIB + 1 };
	vec[1] = (struct iovec) { NULL, 0 };
	vec[2] = (struct iovec) { in + 3 * MIB + 1, PART - 3 * MIB - 1 };
	EXPECT_EQ(PART, preadv(self->fd, vec, 3, 0));
	EXPECT_EQ(PART, first_difference(in, out, PART));
	EXPECT_EQ(PART, pwrite(self->fd, zeros, PART, 0));
	EXPECT_EQ(PART, pread(self->fd, in, PART, 0));
	EXPECT_EQ(PART, first_difference(in, zeros, PART));
	munmap(zeros, PART);
	munmap(in, PART);
	free(out);
}

/* Reading it for the card must end the sharing, or the child's writes could be seen. */
TEST_F(card, memory_that_a_child_shares_is_read_and_filled)
{
	size_t len = 40 * page_size();
	unsigned char *map = map_untouched(len), *in = malloc(len), *out = malloc(len);
	int hold[2], status;
	pid_t pid;

	ASSERT_EQ(0, pipe(hold));
	fill_pattern(map, len, 5);
	memcpy(out, map, len);
	pid = fork();
	if (!pid) {
		close(hold[1]);
		_exit(read(hold[0], in, 1) || memcmp(map, out, len));
	}
	close(hold[0]);
	EXPECT_EQ(0, card_to(self->fd, map, 0, len));
	EXPECT_EQ(0, card_from(self->fd, in, 0, len));
	EXPECT_EQ(len, first_difference(in, out, len));
	fill_pattern(in, len, 6);
	EXPECT_EQ(0, card_to(self->fd, in, 0, len));
	EXPECT_EQ(0, card_from(self->fd, map, 0, len));
	EXPECT_EQ(len, first_difference(map, in, len));
	/* The child has what it had. */
	close(hold[1]);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	munmap(map, len);
	free(in);
	free(out);
}

/* What comes before memory that cannot be had is moved. */
TEST_F(card, memory_before_a_hole_need_not_have_been_touched)
{
	unsigned char *map = map_untouched(4 * MIB), *in = malloc(MIB);
	struct iovec vec[2] = { { map, MIB }, { map + 3 * MIB, MIB } };

	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + 3 * MIB, MIB));
	EXPECT_EQ(MIB, preadv(self->fd, vec, 2, 0));
	EXPECT_EQ(MIB, pread(self->fd, in, MIB, 0));
	EXPECT_EQ(MIB, first_difference(map, in, MIB));
	EXPECT_EQ(-1, preadv(self->fd, vec + 1, 1, 0));
	EXPECT_EQ(EFAULT, errno);
	munmap(map, 3 * MIB);
	free(in);
}

struct reader {
	pthread_t thread;
	int fd;
	unsigned char *map;
	ssize_t got;
};

static void *read_part(void *data)
{
	struct reader *r = data;

	r->got = pread(r->fd, r->map, PART, 0);
	return NULL;
}

/* A file descriptor that has taken over the faults of @map, or an error */
static int take_faults(void *map, size_t len)
{
	struct uffdio_register range = {
		.range = { (uintptr_t)map, len }, .mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_api api = { .api = UFFD_API };
	/* poll() works only on one that does not block */
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0 && !ioctl(fd, UFFDIO_API, &api) && !ioctl(fd, UFFDIO_REGISTER, &range))
		return fd;
	return -errno;
}

/*
 * More than all that requests may hold together waits for pages that do not come: others
 * can use the card all the same.
 */
TEST_F(card, memory_that_does_not_come_keeps_no_other_waiting)
{
	long most = sysconf(_SC_PHYS_PAGES) * page_size() / 8;
	int nr = (most < 128 * (long)MIB ? most : 128 * (long)MIB) / PART + 2, faults, other, i;
	struct reader *readers = calloc(nr, sizeof(*readers));
	unsigned char *map = map_untouched(nr * PART), *out = malloc(PART), byte;
	struct iovec vec = { &byte, 1 };
	struct pollfd poller;
	struct uffd_msg msg;

	ASSERT_NE(MAP_FAILED, map);
	faults = take_faults(map, nr * PART);
	if (faults < 0)
		SKIP(return, "userfaultfd: %s", strerror(-faults));
	fill_pattern(out, PART, 7);
	ASSERT_EQ(PART, pwrite(self->fd, out, PART, 0));
	for (i = 0; i < nr; i++) {
		readers[i] = (struct reader) { .fd = self->fd, .map = map + i * PART };
		ASSERT_EQ(0, pthread_create(&readers[i].thread, NULL, read_part, &readers[i]));
	}
	/* Each of them waits for its first page. */
	poller = (struct pollfd) { faults, POLLIN, 0 };
	for (i = 0; i < nr; i++) {
		ASSERT_EQ(1, poll(&poller, 1, PATIENCE_MS));
		ASSERT_EQ(sizeof(msg), read(faults, &msg, sizeof(msg)));
	}

	other = open(card_node(variant->kind), O_RDWR | O_CLOEXEC);
	poller = (struct pollfd) { other, POLLIN | POLLOUT, 0 };
	EXPECT_EQ(1, poll(&poller, 1, 0));
	EXPECT_EQ(1, preadv2(other, &vec, 1, 77, RWF_NOWAIT));
	EXPECT_EQ(out[77], byte);
	EXPECT_TRUE(card_works(other));
	close(other);

	/* They have had no bytes yet, and the time for that is over for some of them. */
	ASSERT_EQ(0, close(faults));
	for (i = 0; i < nr; i++) {
		pthread_join(readers[i].thread, NULL);
		EXPECT_TRUE(readers[i].got == PART || readers[i].got == -1);
	}
	EXPECT_TRUE(card_works(self->fd));
	munmap(map, nr * PART);
	free(readers);
	free(out);
}

TEST_HARNESS_MAIN
