// SPDX-License-Identifier: GPL-2.0-only
/* Card memory as a dma-buf: mapped, imported for a device (by ../importer), revoked */
#include <signal.h>
#include <sys/wait.h>

#include "fixture.h"
#include "../importer/importer.h"

#define LEN	(64 * KIB)

static int card_export(int fd, uint64_t offset, uint64_t len)
{
	struct emucard_dmabuf_export export = {
		.argsz = sizeof(export), .offset = offset, .len = len,
	};
	int ret = ioctl(fd, EMUCARD_DMABUF_EXPORT, &export);

	return ret < 0 ? -errno : ret;
}

/* A dma-buf of the first LEN bytes, in which there is a pattern */
static int export_pattern(int fd, unsigned char *pattern, uint32_t seed)
{
	fill_pattern(pattern, LEN, seed);
	return card_to(fd, pattern, 0, LEN) ? -EIO : card_export(fd, 0, LEN);
}

#define SKIP_WITHOUT_DMABUF()							\
	do {									\
		if (!(self->info.caps & EMUCARD_CAP_DMABUF))			\
			SKIP(return, "this card's memory cannot be exported");	\
	} while (0)

TEST_F(card, what_cannot_be_exported_is_refused)
{
	struct emucard_dmabuf_export export = { .argsz = sizeof(export), .len = page_size() };
	uint64_t size = self->info.mmap_size;
	size_t page = page_size();
	int fd;

	if (!(self->info.caps & EMUCARD_CAP_DMABUF)) {
		EXPECT_EQ(-EOPNOTSUPP, card_export(self->fd, 0, page));
		return;
	}
	EXPECT_EQ(-EINVAL, card_export(self->fd, 0, 0));
	EXPECT_EQ(-EINVAL, card_export(self->fd, 0, page - 1));
	EXPECT_EQ(-EINVAL, card_export(self->fd, 1, page));
	EXPECT_EQ(-ERANGE, card_export(self->fd, size, page));
	EXPECT_EQ(-ERANGE, card_export(self->fd, size - page, 2 * page));
	EXPECT_EQ(-ERANGE, card_export(self->fd, page, -(uint64_t)page));
	EXPECT_EQ(-ERANGE, card_export(self->fd, -(uint64_t)page, page));
	export.flags = 1;
	EXPECT_EQ(-EINVAL, card_ioctl(self->fd, EMUCARD_DMABUF_EXPORT, &export));
	export.flags = 0;
	export.pad = 1;
	EXPECT_EQ(-EINVAL, card_ioctl(self->fd, EMUCARD_DMABUF_EXPORT, &export));
	fd = open(card_node(variant->kind), O_RDONLY);
	EXPECT_EQ(-EBADF, card_export(fd, 0, page));
	close(fd);
	fd = open(card_node(variant->kind), O_WRONLY);
	EXPECT_EQ(-EBADF, card_export(fd, 0, page));
	close(fd);
	fd = card_export(self->fd, size - page, page);
	EXPECT_LE(0, fd);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(page, lseek(fd, 0, SEEK_END));
	close(fd);
}

TEST_F(card, it_is_mapped_as_the_card_s_memory)
{
	size_t page = page_size();
	unsigned char pattern[LEN], *map;
	int buf;

	SKIP_WITHOUT_DMABUF();
	fill_pattern(pattern, LEN, 1);
	ASSERT_EQ(0, card_to(self->fd, pattern, 0, LEN));
	buf = card_export(self->fd, page, LEN - page);
	ASSERT_LE(0, buf);
	/* It does not need the file any more. */
	close(self->fd);
	self->fd = open(card_node(variant->kind), O_RDWR | O_CLOEXEC);

	map = mmap(NULL, LEN - page, PROT_READ | PROT_WRITE, MAP_SHARED, buf, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(LEN - page, first_difference(map, pattern + page, LEN - page));
	map[5] ^= 0xff;
	ASSERT_EQ(0, card_from(self->fd, pattern, 0, LEN));
	EXPECT_EQ(map[5], pattern[page + 5]);
	munmap(map, LEN - page);

	map = mmap(NULL, page, PROT_READ, MAP_SHARED, buf, page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(page, first_difference(map, pattern + 2 * page, page));
	munmap(map, page);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, LEN, PROT_READ, MAP_SHARED, buf, 0));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, page, PROT_READ, MAP_PRIVATE, buf, 0));
	close(buf);
}

static int importer_open(void)
{
	if (access("/dev/emucard_importer", F_OK))
		system("modprobe -q emucard_importer");
	return open("/dev/emucard_importer", O_RDONLY);
}

static int importer_attach(int fd, int buf, const char *slot, bool revocable)
{
	struct importer_attach attach = { .fd = buf, .revocable = revocable };

	snprintf(attach.slot, sizeof(attach.slot), "%s", slot);
	return card_ioctl(fd, IMPORTER_ATTACH, &attach);
}

/* The device that imports: another card on the same bus if there is one, else the card itself */
static const char *importing_slot(const struct emucard_info *info)
{
	const char *slot = getenv("EMUCARD_IMPORTER");

	return slot ? slot : info->slot;
}

#define OPEN_IMPORTER(_fd)							\
	do {									\
		SKIP_UNLESS_ROOT();						\
		SKIP_WITHOUT_DMABUF();						\
		_fd = importer_open();						\
		if (_fd < 0)							\
			SKIP(return, "no module emucard_importer: %s", strerror(errno)); \
	} while (0)

static size_t importer_difference(int fd, const unsigned char *pattern, size_t len)
{
	unsigned char in[4096];
	size_t at, part;

	for (at = 0; at < len; at += sizeof(in)) {
		if (pread(fd, in, sizeof(in), at) != sizeof(in))
			return at;
		part = first_difference(in, pattern + at, sizeof(in));
		if (part != sizeof(in))
			return at + part;
	}
	return len;
}

TEST_F(card, a_device_reaches_it)
{
	unsigned char pattern[LEN], byte;
	int importer, buf;

	OPEN_IMPORTER(importer);
	buf = export_pattern(self->fd, pattern, 2);
	ASSERT_LE(0, buf);
	ASSERT_EQ(0, importer_attach(importer, buf, importing_slot(&self->info), true));
	/* The importer keeps what it has. */
	close(buf);
	ASSERT_EQ(0, card_ioctl(importer, IMPORTER_MAP, NULL));
	EXPECT_EQ(LEN, importer_difference(importer, pattern, LEN));
	EXPECT_EQ(0, pread(importer, &byte, 1, LEN));

	fill_pattern(pattern, LEN, 3);
	ASSERT_EQ(0, card_to(self->fd, pattern, 0, LEN));
	EXPECT_EQ(LEN, importer_difference(importer, pattern, LEN));
	EXPECT_EQ(0, ioctl(importer, IMPORTER_TOLD));
	close(importer);
}

TEST_F(card, a_device_that_it_cannot_serve_is_refused)
{
	int importer, buf;

	OPEN_IMPORTER(importer);
	buf = card_export(self->fd, 0, LEN);
	ASSERT_LE(0, buf);
	/* One that wants page structures, or cannot be told to stop */
	EXPECT_EQ(-EOPNOTSUPP, importer_attach(importer, buf, self->info.slot, false));
	close(buf);
	close(importer);
}

/* Revoked by what the PCI core does, and to be had again */
TEST_F(card, a_reset_of_the_function_revokes_it_for_its_time)
{
	unsigned char pattern[LEN];
	int importer, buf, told;
	char path[64];

	OPEN_IMPORTER(importer);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/reset", self->info.slot);
	if (access(path, W_OK))
		SKIP(return, "the kernel knows no reset for this card");
	buf = export_pattern(self->fd, pattern, 4);
	ASSERT_LE(0, buf);
	ASSERT_EQ(0, importer_attach(importer, buf, importing_slot(&self->info), true));
	ASSERT_EQ(0, card_ioctl(importer, IMPORTER_MAP, NULL));
	ASSERT_EQ(0, write_to(path, "1"));
	told = ioctl(importer, IMPORTER_TOLD);
	EXPECT_LE(2, told);
	EXPECT_EQ(0, importer_difference(importer, pattern, LEN));
	ASSERT_EQ(0, card_ioctl(importer, IMPORTER_MAP, NULL));
	EXPECT_EQ(LEN, importer_difference(importer, pattern, LEN));
	close(buf);
	close(importer);
}

/* True if an access to memory is a SIGBUS */
static bool is_bus_error(volatile unsigned char *map)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		signal(SIGBUS, SIG_DFL);
		(void)map[0];
		_exit(0);
	}
	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS;
}

TEST_F(card, when_the_card_goes_it_is_revoked_for_ever)
{
	unsigned char pattern[LEN], byte, *map;
	int importer, late, buf, fd;

	OPEN_IMPORTER(importer);
	buf = export_pattern(self->fd, pattern, 5);
	ASSERT_LE(0, buf);
	ASSERT_EQ(0, importer_attach(importer, buf, importing_slot(&self->info), true));
	ASSERT_EQ(0, card_ioctl(importer, IMPORTER_MAP, NULL));
	map = mmap(NULL, LEN, PROT_READ, MAP_SHARED, buf, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_FALSE(is_bus_error(map));

	ASSERT_EQ(0, card_bind(&self->info, "unbind"));
	EXPECT_EQ(-1, pread(importer, &byte, 1, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-ENODEV, card_ioctl(importer, IMPORTER_MAP, NULL));
	EXPECT_TRUE(is_bus_error(map));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, LEN, PROT_READ, MAP_SHARED, buf, 0));
	EXPECT_EQ(-ENODEV, card_export(self->fd, 0, LEN));
	late = importer_open();
	EXPECT_EQ(-ENODEV, importer_attach(late, buf, self->info.slot, true));
	close(late);

	ASSERT_EQ(0, card_bind(&self->info, "bind"));
	fd = card_reopen(variant->kind);
	ASSERT_GE(fd, 0);
	EXPECT_TRUE(card_works(fd));
	/* That of the card that has gone stays so. */
	EXPECT_EQ(-ENODEV, card_ioctl(importer, IMPORTER_MAP, NULL));
	EXPECT_TRUE(is_bus_error(map));
	munmap(map, LEN);
	close(buf);
	close(importer);
	close(fd);
}

TEST_HARNESS_MAIN
