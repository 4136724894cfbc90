// SPDX-License-Identifier: GPL-2.0-only
/* @NAME@: what is tested here, in one line */
#include "fixture.h"

/*
 * Each TEST_F runs once for each kind of card that fixture.h names, and is skipped where there
 * is none. self->fd is its open node, self->info what EMUCARD_IOC_INFO says.
 */
TEST_F(card, @IDENTIFIER@)
{
	struct emucard_info info;

	/* EXPECT_ goes on after a failure, ASSERT_ ends the test. */
	ASSERT_EQ(0, card_info(self->fd, &info));
	EXPECT_EQ(variant->kind, info.kind);
}

/* Without a card */
TEST(@IDENTIFIER@_without_a_card)
{
	EXPECT_EQ(-1, open("/dev/no-such-card", O_RDWR));
	EXPECT_EQ(ENOENT, errno);
}

TEST_HARNESS_MAIN
