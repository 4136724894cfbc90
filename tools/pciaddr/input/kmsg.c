// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Documentation/ABI/testing/dev-kmsg: "LEVEL,SEQUENCE,MICROSECONDS,FLAGS;text", then lines that
 * begin with a blank and say of which device it is.  EPIPE: the next record was overwritten
 * before it was read; the one after it is next.
 */
#include <config.h>

#include "pciaddr/input/kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pciaddr/input/kernel-log.h"
#include "pciaddr/input/prefix.h"
#include "pciaddr/model/log-facts.h"

/* CONSOLE_EXT_LOG_MAX, the longest that a read() gives */
#define RECORD_MAX 8192

/* The log may grow as fast as this reads. */
#define RECORDS_MAX 4000000

static uint64_t sequence_of(const char *record)
{
	const char *comma = strchr(record, ',');

	return comma ? strtoull(comma + 1, NULL, 10) : 0;
}

static void take_record(struct machine *machine, const char *path, const char *record,
			uint64_t sequence)
{
	struct line line = { record, strcspn(record, "\n") };
	uint32_t number = sequence < UINT32_MAX ? (uint32_t)sequence : UINT32_MAX;

	if (!strip_prefix(&line))
		return;
	while (line.length && *line.text == ' ') {
		line.text++;
		line.length--;
	}
	if (line.length)
		kernel_log_line(machine, path, number, &line, &line);
}

void kmsg_load(struct machine *machine, const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	uint64_t expected = 0, lost = 0;
	char record[RECORD_MAX + 1];

	if (fd < 0) {
		machine_tell(machine, "%s: not read: %s", path, strerror(errno));
		return;
	}
	for (unsigned int records = 0; records < RECORDS_MAX; records++) {
		ssize_t length = read(fd, record, RECORD_MAX);
		uint64_t sequence;

		if (length < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (length <= 0)
			break;
		record[length] = '\0';
		sequence = sequence_of(record);
		if (sequence > expected)
			lost += sequence - expected;
		expected = sequence + 1;
		take_record(machine, path, record, sequence);
	}
	close(fd);
	kernel_log_end(machine);
	if (machine->log)
		machine->log->lost = lost;
	machine_tell(machine, "%s: the kernel's log, %" PRIu64 " records, of which %" PRIu64
		     " were overwritten", path, expected, lost);
}
