// SPDX-License-Identifier: GPL-2.0-only
/* splice() and sendfile() to and from card memory */
#include <sys/sendfile.h>

#include "fixture.h"

/* More than a pipe holds; edu takes 100 ms for each piece of it */
#define FPGA_LEN	(300 * KIB + 5)
#define EDU_LEN		4000

static size_t length_for(uint32_t kind)
{
	return kind == EMUCARD_KIND_FPGA ? FPGA_LEN : EDU_LEN;
}

/* All of a range of one file to another, in as many calls as it takes: bytes or -errno */
static ssize_t send_all(int to, int from, off_t *offset, size_t len)
{
	size_t sent = 0;
	ssize_t n;

	while (sent < len) {
		n = sendfile(to, from, offset, len - sent);
		if (n < 0)
			return -errno;
		if (!n)
			break;
		sent += n;
	}
	return sent;
}

TEST_F(card, sendfile_from_a_file_and_to_one)
{
	size_t len = length_for(variant->kind);
	unsigned char *out = malloc(len), *in = calloc(1, len);
	int from = memfd_create("from", 0), to = memfd_create("to", 0);
	off_t offset = 0;

	ASSERT_GE(from, 0);
	ASSERT_GE(to, 0);
	fill_pattern(out, len, 11);
	ASSERT_EQ(len, write(from, out, len));

	ASSERT_EQ(7, lseek(self->fd, 7, SEEK_SET));
	ASSERT_EQ(len, send_all(self->fd, from, &offset, len));
	EXPECT_EQ(7 + len, lseek(self->fd, 0, SEEK_CUR));
	ASSERT_EQ(len, pread(self->fd, in, len, 7));
	EXPECT_EQ(len, first_difference(out, in, len));

	offset = 7;
	memset(in, 0, len);
	ASSERT_EQ(len, send_all(to, self->fd, &offset, len));
	EXPECT_EQ(7 + len, offset);
	ASSERT_EQ(len, pread(to, in, len, 0));
	EXPECT_EQ(len, first_difference(out, in, len));
}

TEST_F(card, splice_through_a_pipe)
{
	unsigned char out[3000], in[3000] = { 0 };
	loff_t offset = 12;
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	fill_pattern(out, sizeof(out), 12);
	/* Two pieces of the pipe, neither whole nor aligned */
	ASSERT_EQ(1001, write(pipes[1], out, 1001));
	ASSERT_EQ(sizeof(out) - 1001, write(pipes[1], out + 1001, sizeof(out) - 1001));
	ASSERT_EQ(sizeof(out), splice(pipes[0], NULL, self->fd, &offset, sizeof(out), 0));
	EXPECT_EQ(12 + sizeof(out), offset);

	offset = 12;
	ASSERT_EQ(sizeof(in), splice(self->fd, &offset, pipes[1], NULL, sizeof(in), 0));
	ASSERT_EQ(sizeof(in), read(pipes[0], in, sizeof(in)));
	EXPECT_EQ(sizeof(in), first_difference(out, in, sizeof(in)));
}

TEST_F(card, splice_knows_the_end_of_the_memory)
{
	loff_t offset = self->info.dma_size;
	unsigned char byte = 0;
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	EXPECT_EQ(0, splice(self->fd, &offset, pipes[1], NULL, 100, 0));
	offset = self->info.dma_size - 1;
	EXPECT_EQ(1, splice(self->fd, &offset, pipes[1], NULL, 100, 0));
	EXPECT_EQ(1, read(pipes[0], &byte, 1));

	ASSERT_EQ(1, write(pipes[1], &byte, 1));
	offset = self->info.dma_size;
	EXPECT_EQ(-1, splice(pipes[0], NULL, self->fd, &offset, 1, 0));
	EXPECT_EQ(ENOSPC, errno);
}

TEST_F(card, splice_from_a_card_that_went_is_enodev)
{
	loff_t offset = 0;
	int pipes[2];

	SKIP_UNLESS_ROOT();
	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(0, card_bind(&self->info, "unbind"));
	EXPECT_EQ(-1, splice(self->fd, &offset, pipes[1], NULL, 100, 0));
	EXPECT_EQ(ENODEV, errno);
	ASSERT_EQ(0, card_bind(&self->info, "bind"));
	close(card_reopen(variant->kind));
}

TEST_HARNESS_MAIN
