// SPDX-License-Identifier: GPL-2.0-only
/* Software interrupts: counted, waited for, polled for, signalled */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/time.h>

#include "fixture.h"

static uint64_t count_now(int fd)
{
	uint64_t count = 0;

	card_wait(fd, EMUCARD_IRQ_NOWAIT, &count, 0, NULL);
	return count;
}

TEST_F(card, raise_and_wait)
{
	uint64_t count = count_now(self->fd), before = count;
	uint32_t causes;

	ASSERT_EQ(0, card_raise(self->fd, 0x8001));
	ASSERT_EQ(0, card_wait(self->fd, 0, &count, PATIENCE_MS, &causes));
	EXPECT_EQ(before + 1, count);
	EXPECT_EQ(0x8001, causes);
}

TEST_F(card, causes_are_told_once)
{
	uint64_t count = count_now(self->fd);
	uint32_t causes;

	ASSERT_EQ(0, card_raise(self->fd, 0x10));
	ASSERT_EQ(0, card_wait(self->fd, 0, &count, PATIENCE_MS, &causes));
	ASSERT_EQ(0, card_wait(self->fd, EMUCARD_IRQ_NOWAIT, &count, 0, &causes));
	EXPECT_EQ(0, causes);
}

TEST_F(card, each_open_file_is_told)
{
	int other = open(card_node(variant->kind), O_RDWR);
	uint64_t count = count_now(self->fd), count2 = count;
	uint32_t causes;

	ASSERT_GE(other, 0);
	ASSERT_EQ(0, card_raise(self->fd, 0x4));
	ASSERT_EQ(0, card_wait(self->fd, 0, &count, PATIENCE_MS, &causes));
	EXPECT_EQ(0x4, causes);
	ASSERT_EQ(0, card_wait(other, 0, &count2, PATIENCE_MS, &causes));
	EXPECT_EQ(0x4, causes);
	close(other);
}

TEST_F(card, an_interrupt_before_the_wait_is_not_missed)
{
	uint64_t count = count_now(self->fd), seen = count;

	ASSERT_EQ(0, card_raise(self->fd, 1));
	ASSERT_EQ(0, card_wait(self->fd, 0, &seen, PATIENCE_MS, NULL));
	/* The same old count again: there is nothing to wait for. */
	EXPECT_EQ(0, card_wait(self->fd, 0, &count, PATIENCE_MS, NULL));
	EXPECT_EQ(seen, count);
}

TEST_F(card, a_wait_times_out_and_tells_the_count)
{
	uint64_t count = count_now(self->fd), before = count;

	EXPECT_EQ(-ETIMEDOUT, card_wait(self->fd, 0, &count, 20, NULL));
	EXPECT_EQ(before, count);
}

static void nothing(int sig)
{
}

TEST_F(card, a_signal_ends_a_wait)
{
	struct itimerval often = { .it_interval.tv_usec = 10000, .it_value.tv_usec = 10000 };
	struct itimerval never = { 0 };
	struct sigaction action = { .sa_handler = nothing };
	uint64_t count = count_now(self->fd);

	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &often, NULL));
	EXPECT_EQ(-EINTR, card_wait(self->fd, 0, &count, PATIENCE_MS, NULL));
	setitimer(ITIMER_REAL, &never, NULL);
}

TEST_F(card, a_stop_does_not_end_a_wait)
{
	uint64_t count = count_now(self->fd);
	int status, tries;
	pid_t pid = fork();

	if (!pid)
		_exit(-card_wait(self->fd, 0, &count, PATIENCE_MS, NULL));
	for (tries = 0; tries < 3; tries++) {
		usleep(50000);
		ASSERT_EQ(0, stop_and_continue(pid));
	}
	ASSERT_EQ(0, card_raise(self->fd, 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(card, causes_must_be_of_the_sixteen)
{
	EXPECT_EQ(-EINVAL, card_raise(self->fd, 0));
	EXPECT_EQ(-EINVAL, card_raise(self->fd, 0x10000));
}

TEST_F(card, poll_is_urgent_only_when_something_happened)
{
	struct pollfd pfd = { .fd = self->fd, .events = POLLPRI };
	uint64_t count = count_now(self->fd);

	EXPECT_EQ(0, poll(&pfd, 1, 0));
	ASSERT_EQ(0, card_raise(self->fd, 1));
	ASSERT_EQ(1, poll(&pfd, 1, PATIENCE_MS));
	EXPECT_EQ(POLLPRI, pfd.revents);
	ASSERT_EQ(0, card_wait(self->fd, 0, &count, PATIENCE_MS, NULL));
	EXPECT_EQ(0, poll(&pfd, 1, 0));
}

/* As of a file: without it io_uring, which waits for it, would wait for ever. */
TEST_F(card, poll_says_that_memory_can_be_read_and_written)
{
	struct pollfd pfd = {
		.fd = self->fd, .events = POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM,
	};

	ASSERT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM, pfd.revents);
}

/* Without a handler the kernel makes the call again; with all of its time, it never ended. */
TEST_F(card, signals_do_not_prolong_a_wait)
{
	struct emucard_irq_wait wait = {
		.argsz = sizeof(wait), .count = count_now(self->fd), .timeout_ms = 400,
	};
	int status, tries;
	pid_t pid = fork();

	if (!pid) {
		card_ioctl(self->fd, EMUCARD_IRQ_WAIT, &wait);
		_exit(0);
	}
	for (tries = 0; tries < 100; tries++) {
		usleep(50000);
		/* It ends between two signals, or before it is stopped by one. */
		if (waitpid(pid, &status, WNOHANG) == pid || stop_and_continue(pid))
			break;
	}
	/* 5 s of signals, for a wait of 0.4 s */
	EXPECT_GT(100, tries);
	if (tries == 100) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
}

TEST_F(card, a_signal_leaves_what_is_left_of_the_time)
{
	struct itimerval often = { .it_interval.tv_usec = 10000, .it_value.tv_usec = 10000 };
	struct itimerval never = { 0 };
	struct sigaction action = { .sa_handler = nothing };
	struct emucard_irq_wait wait = {
		.argsz = sizeof(wait), .count = count_now(self->fd), .timeout_ms = PATIENCE_MS,
	};

	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &often, NULL));
	EXPECT_EQ(-EINTR, card_ioctl(self->fd, EMUCARD_IRQ_WAIT, &wait));
	setitimer(ITIMER_REAL, &never, NULL);
	EXPECT_LT(0, wait.timeout_ms);
	EXPECT_GE(PATIENCE_MS, wait.timeout_ms);
}

TEST_F(card, an_eventfd_is_signalled_when_the_card_goes)
{
	int event = eventfd(0, EFD_NONBLOCK);
	struct pollfd pfd = { .fd = event, .events = POLLIN };

	SKIP_UNLESS_ROOT();
	ASSERT_EQ(0, card_eventfd(self->fd, event));
	ASSERT_EQ(0, card_bind(&self->info, "unbind"));
	EXPECT_EQ(1, poll(&pfd, 1, PATIENCE_MS));
	ASSERT_EQ(0, card_bind(&self->info, "bind"));
	close(card_reopen(variant->kind));
}

TEST_F(card, an_eventfd_is_signalled)
{
	int event = eventfd(0, EFD_NONBLOCK), second = eventfd(0, EFD_NONBLOCK);
	struct pollfd pfd = { .fd = event, .events = POLLIN };
	uint64_t count = count_now(self->fd), value;

	ASSERT_EQ(0, card_eventfd(self->fd, event));
	ASSERT_EQ(0, card_raise(self->fd, 1));
	ASSERT_EQ(1, poll(&pfd, 1, PATIENCE_MS));
	ASSERT_EQ(sizeof(value), read(event, &value, sizeof(value)));
	EXPECT_EQ(1, value);

	/* A second one takes its place */
	ASSERT_EQ(0, card_eventfd(self->fd, second));
	count = count_now(self->fd);
	ASSERT_EQ(0, card_raise(self->fd, 1));
	pfd.fd = second;
	ASSERT_EQ(1, poll(&pfd, 1, PATIENCE_MS));
	EXPECT_EQ(-1, read(event, &value, sizeof(value)));

	/* and -1 stops it. */
	ASSERT_EQ(sizeof(value), read(second, &value, sizeof(value)));
	ASSERT_EQ(0, card_eventfd(self->fd, -1));
	count = count_now(self->fd);
	ASSERT_EQ(0, card_raise(self->fd, 1));
	ASSERT_EQ(0, card_wait(self->fd, 0, &count, PATIENCE_MS, NULL));
	EXPECT_EQ(-1, read(second, &value, sizeof(value)));
}

TEST_F(card, an_eventfd_must_be_one)
{
	EXPECT_EQ(-EBADF, card_eventfd(self->fd, 1000));
	EXPECT_EQ(-EBADF, card_eventfd(self->fd, -2));
	EXPECT_EQ(-EINVAL, card_eventfd(self->fd, self->fd));
}

struct waiter {
	pthread_t thread;
	int fd;
	uint64_t count;
	int error;
};

static void *wait_once(void *data)
{
	struct waiter *w = data;

	w->error = card_wait(w->fd, 0, &w->count, PATIENCE_MS, NULL);
	return NULL;
}

TEST_F(card, all_who_wait_are_woken)
{
	uint64_t count = count_now(self->fd);
	struct waiter waiters[4];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(waiters); i++) {
		waiters[i] = (struct waiter) { .fd = self->fd, .count = count };
		ASSERT_EQ(0, pthread_create(&waiters[i].thread, NULL, wait_once, &waiters[i]));
	}
	ASSERT_EQ(0, card_raise(self->fd, 1));
	for (i = 0; i < ARRAY_SIZE(waiters); i++) {
		pthread_join(waiters[i].thread, NULL);
		EXPECT_EQ(0, waiters[i].error);
		EXPECT_EQ(count + 1, waiters[i].count);
	}
}

TEST_F(card, none_of_many_is_lost)
{
	uint64_t count = count_now(self->fd), before = count;
	uint32_t causes;
	int i;

	for (i = 0; i < 200; i++) {
		ASSERT_EQ(0, card_raise(self->fd, 1 << (i % 16)));
		ASSERT_EQ(0, card_wait(self->fd, 0, &count, PATIENCE_MS, &causes));
		ASSERT_EQ(1 << (i % 16), causes) TH_LOG("round %d", i);
	}
	EXPECT_EQ(before + 200, count);
}

TEST_HARNESS_MAIN
