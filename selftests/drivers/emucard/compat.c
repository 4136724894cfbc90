// SPDX-License-Identifier: GPL-2.0-only
/*
 * 32-bit callers: the same requests through the system calls of i386, which a 64-bit
 * process can make as well, with everything below 4 GiB
 */
#include <sys/wait.h>

#include "fixture.h"

#ifdef __x86_64__
#define I386_NR_IOCTL	54

static long i386_ioctl(long fd, long request, void *arg)
{
	long ret = I386_NR_IOCTL;

	asm volatile("int $0x80" : "+a" (ret)
		     : "b" (fd), "c" (request), "d" (arg)
		     : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

/* The kernel need not have them. */
static bool i386_is_there(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(i386_ioctl(-1, 0, NULL) != -EBADF);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static void *low_page(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	return page == MAP_FAILED ? NULL : page;
}

TEST_F(card, a_32_bit_caller_gets_the_same_information)
{
	struct emucard_info *info = low_page();

	ASSERT_NE(NULL, info);
	if (!i386_is_there())
		SKIP(return, "the kernel has no system calls of i386");
	info->argsz = sizeof(*info);
	ASSERT_EQ(0, i386_ioctl(self->fd, EMUCARD_GET_INFO, info));
	EXPECT_EQ(0, memcmp(info, &self->info, sizeof(*info)));
}

TEST_F(card, a_32_bit_caller_moves_data)
{
	struct emucard_dma *dma = low_page();
	unsigned char *out = low_page(), *in = low_page();

	ASSERT_NE(NULL, dma);
	ASSERT_NE(NULL, out);
	ASSERT_NE(NULL, in);
	if (!i386_is_there())
		SKIP(return, "the kernel has no system calls of i386");
	fill_pattern(out, 1000, 3);
	*dma = (struct emucard_dma) {
		.argsz = sizeof(*dma), .flags = EMUCARD_DMA_TO_CARD,
		.addr = (uintptr_t)out, .offset = 5, .len = 1000, .timeout_ms = PATIENCE_MS,
	};
	ASSERT_EQ(0, i386_ioctl(self->fd, EMUCARD_DMA, dma));
	EXPECT_EQ(1000, dma->done);
	dma->flags = EMUCARD_DMA_FROM_CARD;
	dma->addr = (uintptr_t)in;
	ASSERT_EQ(0, i386_ioctl(self->fd, EMUCARD_DMA, dma));
	EXPECT_EQ(1000, first_difference(out, in, 1000));

	/* An address that such a caller cannot have */
	dma->addr |= 1ULL << 40;
	EXPECT_EQ(-EFAULT, i386_ioctl(self->fd, EMUCARD_DMA, dma));
}

TEST_F(card, a_32_bit_caller_gets_the_same_errors)
{
	struct emucard_irq_wait *wait = low_page();

	ASSERT_NE(NULL, wait);
	if (!i386_is_there())
		SKIP(return, "the kernel has no system calls of i386");
	EXPECT_EQ(-ENOTTY, i386_ioctl(self->fd, _IO(EMUCARD_MAGIC, 200), wait));
	EXPECT_EQ(-EFAULT, i386_ioctl(self->fd, EMUCARD_GET_INFO, NULL));
	wait->argsz = sizeof(*wait) - 1;
	EXPECT_EQ(-EINVAL, i386_ioctl(self->fd, EMUCARD_IRQ_WAIT, wait));
	*wait = (struct emucard_irq_wait) { .argsz = sizeof(*wait), .flags = EMUCARD_IRQ_NOWAIT };
	ASSERT_EQ(0, i386_ioctl(self->fd, EMUCARD_IRQ_WAIT, wait));
	wait->flags = 0;
	wait->timeout_ms = 20;
	EXPECT_EQ(-ETIMEDOUT, i386_ioctl(self->fd, EMUCARD_IRQ_WAIT, wait));
}
#else
TEST(a_32_bit_caller)
{
	SKIP(return, "a 64-bit process has the system calls of a 32-bit one on x86 alone");
}
#endif

TEST_HARNESS_MAIN
