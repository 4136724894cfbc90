// SPDX-License-Identifier: GPL-2.0-only
/* The form of requests: sizes, flags, padding, pointers, numbers */
#include <stddef.h>

#include "fixture.h"
#include "fpga_regs.h"

/* Requests whose structure ends in a field that must be 0, and where it is */
struct request {
	unsigned long nr;
	size_t size;
	size_t pad;	/* 0: none */
};

static const struct request requests[] = {
	{ EMUCARD_GET_INFO, sizeof(struct emucard_info), 0 },
	{ EMUCARD_REG, sizeof(struct emucard_reg), 0 },
	{ EMUCARD_DMA, sizeof(struct emucard_dma), offsetof(struct emucard_dma, buf) },
	{ EMUCARD_IRQ_RAISE, sizeof(struct emucard_irq_raise),
	  offsetof(struct emucard_irq_raise, pad) },
	{ EMUCARD_IRQ_WAIT, sizeof(struct emucard_irq_wait), 0 },
	{ EMUCARD_IRQ_EVENTFD, sizeof(struct emucard_irq_eventfd),
	  offsetof(struct emucard_irq_eventfd, pad) },
	{ EMUCARD_RESET, sizeof(struct emucard_reset), 0 },
	{ EMUCARD_FACT, sizeof(struct emucard_fact), offsetof(struct emucard_fact, pad) },
	{ EMUCARD_BUF_REGISTER, sizeof(struct emucard_buf_register),
	  offsetof(struct emucard_buf_register, pad) },
	{ EMUCARD_BUF_UNREGISTER, sizeof(struct emucard_buf_unregister),
	  offsetof(struct emucard_buf_unregister, pad) },
	/* Of 64 bits: its low half */
	{ EMUCARD_DMABUF_EXPORT, sizeof(struct emucard_dmabuf_export),
	  offsetof(struct emucard_dmabuf_export, pad) },
};

#define for_each_request(r) for ((r) = requests; (r) < requests + ARRAY_SIZE(requests); (r)++)

/* An argument that is in order as far as the common part goes */
static uint32_t *blank(const struct request *r, unsigned char *buf)
{
	uint32_t *arg = (uint32_t *)buf;

	memset(buf, 0, 256);
	arg[0] = r->size;
	return arg;
}

TEST_F(card, info_says_what_the_card_is)
{
	char path[128];

	EXPECT_EQ(sizeof(self->info), self->info.argsz);
	EXPECT_EQ(EMUCARD_API_VERSION, self->info.api_version);
	EXPECT_STREQ(variant->kind == EMUCARD_KIND_FPGA ? "fpga_pci" : "edu", self->info.driver);
	EXPECT_GE(self->info.irq_vectors, 1);
	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/%s", self->info.driver,
		 self->info.slot);
	EXPECT_EQ(0, access(path, F_OK)) TH_LOG("%s is missing", path);
}

/* There, /proc/ioports and the driver have the CPU's port, 64 KiB for each host bridge. */
#ifdef __powerpc__
#define SYSFS_HAS_BUS_PORTS	true
#else
#define SYSFS_HAS_BUS_PORTS	false
#endif

TEST_F(card, info_has_the_register_bar_of_sysfs)
{
	unsigned long long start, end, base;
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource", self->info.slot);
	file = fopen(path, "r");
	ASSERT_NE(NULL, file);
	ASSERT_EQ(2, fscanf(file, "%llx %llx", &start, &end));
	fclose(file);
	base = self->info.regs_base;
	if (self->info.regs_are_ports && SYSFS_HAS_BUS_PORTS)
		base &= 0xffff;
	EXPECT_EQ(start, base);
	EXPECT_EQ(end - start + 1, self->info.regs_size);
}

TEST_F(card, a_longer_argument_is_answered_as_far_as_the_driver_knows)
{
	unsigned char buf[sizeof(struct emucard_info) + 64];
	struct emucard_info *info = (struct emucard_info *)buf;
	size_t i;

	memset(buf, 0xa5, sizeof(buf));
	info->argsz = sizeof(buf);
	info->flags = 0;
	ASSERT_EQ(0, card_ioctl(self->fd, EMUCARD_GET_INFO, buf));
	EXPECT_EQ(sizeof(*info), info->argsz);
	EXPECT_EQ(variant->kind, info->kind);
	for (i = sizeof(*info); i < sizeof(buf); i++) {
		ASSERT_EQ(0xa5, buf[i]) TH_LOG("byte %zu was written", i);
	}
}

TEST_F(card, an_argument_shorter_than_version_1_is_refused)
{
	unsigned char buf[256];
	const struct request *r;
	uint32_t *arg, size;

	for_each_request(r) {
		for (size = 0; size < r->size; size += 4) {
			arg = blank(r, buf);
			arg[0] = size;
			EXPECT_EQ(-EINVAL, card_ioctl(self->fd, r->nr, arg))
				TH_LOG("request %lx, argsz %u", r->nr, size);
		}
	}
}

TEST_F(card, unknown_flags_are_refused)
{
	unsigned char buf[256];
	const struct request *r;
	uint32_t *arg;
	int bit;

	for_each_request(r) {
		for (bit = 2; bit < 32; bit++) {
			arg = blank(r, buf);
			arg[1] = 1U << bit;
			EXPECT_EQ(-EINVAL, card_ioctl(self->fd, r->nr, arg))
				TH_LOG("request %lx, flags %x", r->nr, arg[1]);
		}
	}
}

TEST_F(card, padding_that_is_not_zero_is_refused)
{
	struct emucard_irq_raise raise = { .argsz = sizeof(raise), .causes = 1, .pad = 1 };
	struct emucard_irq_eventfd event = { .argsz = sizeof(event), .fd = -1, .pad = 1 };
	struct emucard_fact fact = { .argsz = sizeof(fact), .value = 1, .pad = 1 };
	unsigned char byte = 0;
	int ret = -EINVAL;
	struct emucard_dma dma = {
		.argsz = sizeof(dma), .flags = EMUCARD_DMA_TO_CARD,
		.addr = (uintptr_t)&byte, .len = 1, .buf = 1,
	};

	EXPECT_EQ(-EINVAL, card_ioctl(self->fd, EMUCARD_IRQ_RAISE, &raise));
	EXPECT_EQ(-EINVAL, card_ioctl(self->fd, EMUCARD_IRQ_EVENTFD, &event));
	if (self->info.caps & EMUCARD_CAP_FACT)
		ret = card_ioctl(self->fd, EMUCARD_FACT, &fact);
	EXPECT_EQ(-EINVAL, ret);
	EXPECT_EQ(-EINVAL, card_ioctl(self->fd, EMUCARD_DMA, &dma));
}

TEST_F(card, bad_pointers_are_faults)
{
	const struct request *r;
	unsigned char *last;

	for_each_request(r) {
		EXPECT_EQ(-EFAULT, card_ioctl(self->fd, r->nr, NULL));
		/* argsz can be read, the rest cannot */
		last = map_before_hole(r->size - 4);
		ASSERT_NE(NULL, last);
		*(uint32_t *)last = r->size;
		EXPECT_EQ(-EFAULT, card_ioctl(self->fd, r->nr, last))
			TH_LOG("request %lx", r->nr);
	}
}

TEST_F(card, unknown_requests_are_enotty)
{
	unsigned char buf[256] = { 0 };

	EXPECT_EQ(-ENOTTY, card_ioctl(self->fd, _IO(EMUCARD_MAGIC, 11), buf));
	EXPECT_EQ(-ENOTTY, card_ioctl(self->fd, _IO(EMUCARD_MAGIC, 255), buf));
	EXPECT_EQ(-ENOTTY, card_ioctl(self->fd, _IO('x', 0), buf));
	EXPECT_EQ(-ENOTTY, card_ioctl(self->fd, _IOWR(EMUCARD_MAGIC, 0, struct emucard_info),
				      buf));
}

TEST_F(card, what_the_card_cannot_do_is_eopnotsupp)
{
	uint32_t result;

	if (!(self->info.caps & EMUCARD_CAP_RESET)) {
		EXPECT_EQ(-EOPNOTSUPP, card_reset(self->fd));
	}
	if (!(self->info.caps & EMUCARD_CAP_FACT)) {
		EXPECT_EQ(-EOPNOTSUPP, card_fact(self->fd, 1, 0, &result));
	}
	EXPECT_NE(EMUCARD_CAP_RESET | EMUCARD_CAP_FACT,
		  self->info.caps & (EMUCARD_CAP_RESET | EMUCARD_CAP_FACT));
}

TEST_F(card, a_timeout_beyond_the_maximum_is_refused)
{
	unsigned char byte = 0;
	uint64_t count = 0;

	EXPECT_EQ(-EINVAL, card_wait(self->fd, EMUCARD_IRQ_NOWAIT, &count,
				     EMUCARD_TIMEOUT_MAX_MS + 1, NULL));
	EXPECT_EQ(0, card_wait(self->fd, EMUCARD_IRQ_NOWAIT, &count, EMUCARD_TIMEOUT_MAX_MS,
			       NULL));
	EXPECT_EQ(-EINVAL, card_dma(self->fd, EMUCARD_DMA_TO_CARD, &byte, 0, 1,
				    EMUCARD_TIMEOUT_MAX_MS + 1, NULL));
}

TEST_F(card, a_timeout_that_is_left_to_the_driver_is_not_filled_in)
{
	struct emucard_irq_wait wait = { .argsz = sizeof(wait), .flags = EMUCARD_IRQ_NOWAIT };
	struct emucard_fact fact = { .argsz = sizeof(fact), .value = 5 };
	unsigned char byte = 0;
	struct emucard_dma dma = {
		.argsz = sizeof(dma), .flags = EMUCARD_DMA_TO_CARD,
		.addr = (uintptr_t)&byte, .len = 1,
	};

	EXPECT_EQ(0, card_ioctl(self->fd, EMUCARD_IRQ_WAIT, &wait));
	EXPECT_EQ(0, wait.timeout_ms);
	EXPECT_EQ(0, card_ioctl(self->fd, EMUCARD_DMA, &dma));
	EXPECT_EQ(0, dma.timeout_ms);
	if (self->info.caps & EMUCARD_CAP_FACT) {
		EXPECT_EQ(0, card_ioctl(self->fd, EMUCARD_FACT, &fact));
		EXPECT_EQ(0, fact.timeout_ms);
	}
}

TEST_F(card, changes_need_a_file_open_for_writing)
{
	int fd = open(card_node(variant->kind), O_RDONLY);
	struct emucard_info info;
	unsigned char byte = 0;
	uint64_t value;

	ASSERT_GE(fd, 0);
	EXPECT_EQ(0, card_info(fd, &info));
	EXPECT_EQ(0, card_reg_read(fd, 0, 4, &value));
	EXPECT_EQ(-EBADF, card_reg_write(fd, 4, 4, 0));
	EXPECT_EQ(-EBADF, card_to(fd, &byte, 0, 1));
	EXPECT_EQ(-EBADF, card_raise(fd, 1));
	close(fd);
}

TEST_F(card, registers_of_every_width_agree)
{
	uint32_t width;
	uint64_t id, part;

	ASSERT_EQ(0, card_reg_read(self->fd, 0, 4, &id));
	EXPECT_EQ(variant->kind == EMUCARD_KIND_FPGA ? FPGA_ID_VALUE : 0x010000ed, id);
	for (width = 1; width < 4; width *= 2) {
		if (!(self->info.reg_widths & width)) {
			EXPECT_EQ(-EINVAL, card_reg_read(self->fd, 0, width, &part));
			continue;
		}
		EXPECT_EQ(0, card_reg_read(self->fd, width, width, &part));
		EXPECT_EQ(id >> (8 * width) & ((1ULL << (8 * width)) - 1), part);
	}
}

TEST_F(card, the_liveness_register_inverts)
{
	uint32_t offset = variant->kind == EMUCARD_KIND_FPGA ? FPGA_SCRATCH : 4;
	uint64_t value;

	ASSERT_EQ(0, card_reg_write(self->fd, offset, 4, 0x12345678));
	ASSERT_EQ(0, card_reg_read(self->fd, offset, 4, &value));
	EXPECT_EQ(0xedcba987, value);
	/* All-ones is a value like any other of a card that is there. */
	ASSERT_EQ(0, card_reg_write(self->fd, offset, 4, 0));
	ASSERT_EQ(0, card_reg_read(self->fd, offset, 4, &value));
	EXPECT_EQ(0xffffffff, value);
}

TEST_F(card, registers_outside_the_bar_are_erange)
{
	uint64_t value;

	EXPECT_EQ(-ERANGE, card_reg_read(self->fd, self->info.regs_size, 4, &value));
	EXPECT_EQ(-ERANGE, card_reg_read(self->fd, 0xfffffffc, 4, &value));
	EXPECT_EQ(-ERANGE, card_reg_write(self->fd, self->info.regs_size, 4, 0));
	EXPECT_EQ(0, card_reg_read(self->fd, self->info.regs_size - 4, 4, &value));
}

TEST_F(card, registers_of_odd_offset_width_or_value_are_refused)
{
	uint64_t value;

	EXPECT_EQ(-EINVAL, card_reg_read(self->fd, 2, 4, &value));
	EXPECT_EQ(-EINVAL, card_reg_read(self->fd, 0, 0, &value));
	EXPECT_EQ(-EINVAL, card_reg_read(self->fd, 0, 3, &value));
	EXPECT_EQ(-EINVAL, card_reg_read(self->fd, 0, 16, &value));
	EXPECT_EQ(-EINVAL, card_reg_write(self->fd, 4, 4, 1ULL << 32));
}

TEST_F(card, registers_that_the_driver_owns_are_refused)
{
	static const uint32_t fpga[] = {
		FPGA_ID, FPGA_CONTROL, FPGA_INT_STATUS, FPGA_INT_ENABLE, FPGA_INT_RAISE,
		FPGA_INT_AUTOCLEAR, FPGA_INT_COALESCE, FPGA_INT_MAP, FPGA_DMA_RING_LO,
		FPGA_DMA_RING_HI, FPGA_DMA_RING_SIZE, FPGA_DMA_CONTROL, FPGA_DMA_DOORBELL,
	};
	static const uint32_t edu[] = { 0x00, 0x08, 0x20, 0x24, 0x60, 0x64, 0x80, 0x88, 0x90, 0x98 };
	const uint32_t *reg = variant->kind == EMUCARD_KIND_FPGA ? fpga : edu;
	size_t nr = variant->kind == EMUCARD_KIND_FPGA ? ARRAY_SIZE(fpga) : ARRAY_SIZE(edu);
	size_t i;

	for (i = 0; i < nr; i++) {
		EXPECT_EQ(-EPERM, card_reg_write(self->fd, reg[i], 4, 0))
			TH_LOG("register 0x%x", reg[i]);
	}
}

TEST_HARNESS_MAIN
