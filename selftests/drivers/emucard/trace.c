// SPDX-License-Identifier: GPL-2.0-only
/* Tracepoints: each says what has really happened */
#include <sys/stat.h>

#include "fixture.h"
#include "ports.h"

/* An instance of our own, which no other program uses */
#define INSTANCE	"/sys/kernel/tracing/instances/emucard-test"
#define TRACE_BYTES	(256 * KIB)

static int trace_start(void)
{
	int ret;

	if (mkdir(INSTANCE, 0700) && errno != EEXIST)
		return -errno;
	ret = write_to(INSTANCE "/events/emucard/enable", "1");
	/* Opened to be truncated, it forgets what was there. */
	if (!ret)
		ret = truncate(INSTANCE "/trace", 0) ? -errno : 0;
	return ret;
}

/* The text of the trace, which other programs may be writing to as well */
static char *trace_stop(void)
{
	char *text = calloc(1, TRACE_BYTES + 1);
	size_t len = 0;
	ssize_t n;
	int fd;

	write_to(INSTANCE "/events/emucard/enable", "0");
	fd = open(INSTANCE "/trace", O_RDONLY);
	while (fd >= 0 && len < TRACE_BYTES && (n = read(fd, text + len, TRACE_BYTES - len)) > 0)
		len += n;
	if (fd >= 0)
		close(fd);
	rmdir(INSTANCE);
	return text;
}

#define SKIP_UNLESS_TRACED()							\
	do {									\
		int __ret = trace_start();					\
										\
		if (__ret)							\
			SKIP(return, "%s: %s", INSTANCE, strerror(-__ret));	\
	} while (0)

/* The rest of the line in which @event says @what; NULL: there is none */
static const char *traced(const char *text, const char *event, const char *what)
{
	const char *line = text, *at, *end;

	while ((line = strstr(line, event))) {
		end = strchrnul(line, '\n');
		at = strstr(line, what);
		if (at && at < end)
			return at + strlen(what);
		line = end;
	}
	return NULL;
}

TEST_F(card, a_transfer_is_traced_from_submission_to_end)
{
	bool whole = variant->kind == EMUCARD_KIND_FPGA;
	char name[16], what[128], request[32] = "";
	unsigned char buf[2345];
	char *text;

	snprintf(name, sizeof(name), "%s", strrchr(card_node(variant->kind), '/') + 1);
	fill_pattern(buf, sizeof(buf), 1);
	SKIP_UNLESS_TRACED();
	ASSERT_EQ(0, card_to(self->fd, buf, 0x1b3, sizeof(buf)));
	text = trace_stop();

	if (whole) {
		const char *line = traced(text, "emucard_submit: ", name);

		ASSERT_NE(NULL, line) TH_LOG("%s", text);
		ASSERT_EQ(1, sscanf(line, " %31s", request));
		snprintf(what, sizeof(what),
			 "%s %s to card offset=0x1b3 len=2345 transfers=1\n", name, request);
		EXPECT_NE(NULL, traced(text, "emucard_submit: ", what)) TH_LOG("%s", text);
		snprintf(what, sizeof(what), "%s %s moved=2345 error=0\n", name, request);
		EXPECT_NE(NULL, traced(text, "emucard_end: ", what)) TH_LOG("%s", text);
	} else {
		snprintf(what, sizeof(what), "%s to card offset=0x1b3 len=2345 result=2345\n",
			 name);
		EXPECT_NE(NULL, traced(text, "emucard_copy: ", what)) TH_LOG("%s", text);
	}
}

TEST_F(card, a_transfer_that_fails_is_traced_with_its_error)
{
	unsigned char buf[16] = { 0 }, *end = map_before_hole(16);
	bool whole = variant->kind == EMUCARD_KIND_FPGA;
	const char *line;
	char *text;
	int port;

	ASSERT_NE(NULL, end);
	port = open_ports();
	if (whole && port < 0)
		SKIP(return, "/dev/port: %s", strerror(errno));
	SKIP_UNLESS_TRACED();
	if (whole) {
		stick(port, self->info.regs_base);
		EXPECT_EQ(-ETIMEDOUT, card_dma(self->fd, EMUCARD_DMA_FROM_CARD, buf, 0, 16, 20,
					       NULL));
	} else {
		EXPECT_EQ(-EFAULT, card_to(self->fd, end + 16, 0, 16));
	}
	text = trace_stop();
	line = whole ? traced(text, "emucard_end: ", "moved=0 error=-110\n") :
		       traced(text, "emucard_copy: ", "to card offset=0x0 len=16 result=-14\n");
	EXPECT_NE(NULL, line) TH_LOG("%s", text);
	EXPECT_TRUE(card_works(self->fd));
}

TEST_F(card, an_interrupt_is_traced_with_its_causes)
{
	uint64_t count = 0;
	char *text;

	card_wait(self->fd, EMUCARD_IRQ_NOWAIT, &count, 0, NULL);
	SKIP_UNLESS_TRACED();
	ASSERT_EQ(0, card_raise(self->fd, 0x4020));
	ASSERT_EQ(0, card_wait(self->fd, 0, &count, PATIENCE_MS, NULL));
	text = trace_stop();
	EXPECT_NE(NULL, traced(text, "emucard_interrupt: ", " causes=0x4020\n")) TH_LOG("%s", text);
}

TEST_HARNESS_MAIN
