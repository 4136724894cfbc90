/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fixture that opens a card, for each kind of card.
 *
 * The harness's EXPECT and ASSERT are two statements: a loop around one needs braces.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "kselftest_harness.h"
#include "card.h"

FIXTURE(card) {
	int fd;
	struct emucard_info info;
};

FIXTURE_VARIANT(card) {
	uint32_t kind;
};

FIXTURE_VARIANT_ADD(card, fpga) { .kind = EMUCARD_KIND_FPGA };
FIXTURE_VARIANT_ADD(card, edu) { .kind = EMUCARD_KIND_EDU };

FIXTURE_SETUP(card)
{
	self->fd = open(card_node(variant->kind), O_RDWR | O_CLOEXEC);
	if (self->fd < 0)
		SKIP(return, "%s: %s", card_node(variant->kind), strerror(errno));
	ASSERT_EQ(0, card_info(self->fd, &self->info));
	ASSERT_EQ(variant->kind, self->info.kind);
}

FIXTURE_TEARDOWN(card)
{
	if (self->fd >= 0)
		close(self->fd);
}

#define SKIP_WITHOUT(cap)							\
	do {									\
		if (!(self->info.caps & EMUCARD_CAP_##cap))			\
			SKIP(return, "this card has no " #cap);			\
	} while (0)

#define SKIP_WITH(cap)								\
	do {									\
		if (self->info.caps & EMUCARD_CAP_##cap)			\
			SKIP(return, "this card has " #cap);			\
	} while (0)

#endif /* FIXTURE_H */
