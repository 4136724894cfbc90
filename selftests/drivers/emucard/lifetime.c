// SPDX-License-Identifier: GPL-2.0-only
/* The card goes while files are open and requests under way */
#include <sys/wait.h>

#include "fixture.h"
#include "threads.h"

TEST_F(card, every_call_after_unbind_is_enodev)
{
	struct pollfd pfd = { .fd = self->fd, .events = POLLPRI };
	struct emucard_info info;
	unsigned char byte = 0;
	uint64_t value = 0;
	uint32_t result;
	int fd;

	SKIP_UNLESS_ROOT();
	ASSERT_EQ(0, card_bind(&self->info, "unbind"));
	EXPECT_EQ(-ENODEV, card_info(self->fd, &info));
	EXPECT_EQ(-ENODEV, card_reg_read(self->fd, 0, 4, &value));
	EXPECT_EQ(-ENODEV, card_to(self->fd, &byte, 0, 1));
	EXPECT_EQ(-ENODEV, card_raise(self->fd, 1));
	EXPECT_EQ(-ENODEV, card_wait(self->fd, 0, &value, PATIENCE_MS, NULL));
	EXPECT_EQ(-ENODEV, card_eventfd(self->fd, -1));
	EXPECT_EQ(-ENODEV, card_reset(self->fd));
	EXPECT_EQ(-ENODEV, card_ioctl(self->fd, EMUCARD_DMABUF_EXPORT,
				      &(struct emucard_dmabuf_export){ .argsz = 32 }));
	EXPECT_EQ(-ENODEV, card_fact(self->fd, 1, 0, &result));
	EXPECT_EQ(-1, pread(self->fd, &byte, 1, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-1, pwrite(self->fd, &byte, 1, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLERR | POLLHUP, pfd.revents);
	EXPECT_EQ(-1, open(card_node(variant->kind), O_RDWR));

	ASSERT_EQ(0, card_bind(&self->info, "bind"));
	fd = card_reopen(variant->kind);
	ASSERT_GE(fd, 0);
	EXPECT_EQ(0, card_to(fd, &byte, 0, 1));
	/* The old file stays what it is: of a card that has gone. */
	EXPECT_EQ(-ENODEV, card_info(self->fd, &info));
	close(fd);
}

TEST_F(card, calls_under_way_end_with_enodev_when_the_card_goes)
{
	struct caller callers[] = CALLERS;
	int round, fd = self->fd;
	size_t i;

	SKIP_UNLESS_ROOT();
	for (round = 0; round < 5; round++) {
		ASSERT_EQ(0, start_callers(callers, fd));
		usleep(20000 * round);
		ASSERT_EQ(0, card_bind(&self->info, "unbind"));
		join_callers(callers);
		for (i = 0; i < ARRAY_SIZE(callers); i++) {
			EXPECT_EQ(-ENODEV, callers[i].error) TH_LOG("%s", callers[i].name);
		}
		ASSERT_EQ(0, card_bind(&self->info, "bind"));
		fd = card_reopen(variant->kind);
		ASSERT_GE(fd, 0);
	}
}

TEST_F(card, a_driver_may_be_bound_and_unbound_often)
{
	int round, fd;

	SKIP_UNLESS_ROOT();
	for (round = 0; round < 20; round++) {
		ASSERT_EQ(0, card_bind(&self->info, "unbind"));
		ASSERT_EQ(0, card_bind(&self->info, "bind"));
		fd = card_reopen(variant->kind);
		ASSERT_GE(fd, 0);
		close(fd);
	}
}

static int delete_module(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

TEST_F(card, rmmod_of_the_driver_ends_what_is_under_way_and_the_core_stays)
{
	struct caller callers[] = CALLERS;
	char text[64];
	size_t i;
	int fd;

	SKIP_UNLESS_ROOT();
	/* Only what is a module has it. */
	snprintf(text, sizeof(text), "/sys/module/%s/initstate", self->info.driver);
	if (access(text, R_OK))
		SKIP(return, "%s is not a module", self->info.driver);
	ASSERT_EQ(0, start_callers(callers, self->fd));
	usleep(50000);
	EXPECT_EQ(-EAGAIN, delete_module("emucard"));
	ASSERT_EQ(0, delete_module(self->info.driver));
	join_callers(callers);
	for (i = 0; i < ARRAY_SIZE(callers); i++) {
		EXPECT_EQ(-ENODEV, callers[i].error) TH_LOG("%s", callers[i].name);
	}
	/* The file that is open keeps the core, which answers for the card that has gone. */
	EXPECT_EQ(-EAGAIN, delete_module("emucard"));
	EXPECT_EQ(-ENODEV, card_info(self->fd, &self->info));

	snprintf(text, sizeof(text), "modprobe %s",
		 variant->kind == EMUCARD_KIND_FPGA ? "fpga_pci" : "edu");
	ASSERT_EQ(0, system(text));
	fd = card_reopen(variant->kind);
	ASSERT_GE(fd, 0);
	EXPECT_TRUE(card_works(fd));
	close(fd);
}

TEST_HARNESS_MAIN
