/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fixture that opens a card, for each kind of card; WITHOUT_FPGA and WITHOUT_EDU
 * leave one of them out.
 *
 * The harness's EXPECT and ASSERT are two statements: a loop around one needs braces.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

#include "harness.h"
#include "card.h"

FIXTURE(card) {
	int fd;
	struct emucard_info info;
};

FIXTURE_VARIANT(card) {
	uint32_t kind;
};

#ifndef WITHOUT_FPGA
FIXTURE_VARIANT_ADD(card, fpga) { .kind = EMUCARD_KIND_FPGA };
#endif
#ifndef WITHOUT_EDU
FIXTURE_VARIANT_ADD(card, edu) { .kind = EMUCARD_KIND_EDU };
#endif

FIXTURE_SETUP(card)
{
	self->fd = open(card_node(variant->kind), O_RDWR | O_CLOEXEC);
	if (self->fd < 0)
		SKIP_TEST("%s: %s", card_node(variant->kind), strerror(errno));
	ASSERT_EQ(0, card_info(self->fd, &self->info));
	ASSERT_EQ(variant->kind, self->info.kind);
}

FIXTURE_TEARDOWN(card)
{
	if (self->fd >= 0)
		close(self->fd);
}

#define SKIP_UNLESS_ROOT()							\
	do {									\
		if (geteuid())							\
			SKIP(return, "needs root");						\
	} while (0)

/* In a test of a card: also fpga has nothing to map where firmware had no room for its memory. */
#define SKIP_UNLESS_MAPPABLE()							\
	do {									\
		if (!(self->info.caps & EMUCARD_CAP_MMAP))			\
			SKIP(return, "this card has nothing to map");		\
	} while (0)

/* As a shell's job control does: 0, or -1 if the process has ended */
static inline int stop_and_continue(pid_t pid)
{
	int status;

	kill(pid, SIGSTOP);
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		return -1;
	return kill(pid, SIGCONT);
}

/* A transfer there and back says that the card is in order. */
static inline bool card_works(int fd)
{
	unsigned char out[512], in[512] = { 0 };

	fill_pattern(out, sizeof(out), getpid());
	return !card_to(fd, out, 0, sizeof(out)) && !card_from(fd, in, 0, sizeof(in)) &&
	       !memcmp(out, in, sizeof(out));
}

#endif /* FIXTURE_H */
