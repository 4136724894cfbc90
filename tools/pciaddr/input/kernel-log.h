/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel log tells: see log-facts.h; and the host bridges' windows with their offsets. */
#ifndef PCIADDR_INPUT_KERNEL_LOG_H
#define PCIADDR_INPUT_KERNEL_LOG_H

#include "pciaddr/input/textfile.h"
#include "pciaddr/model/machine.h"

/* Of a `diff -u` of two logs: so many lines of the old side, from this one on, were left out. */
void kernel_log_tell_old_side(struct machine *machine, const char *path, uint32_t first,
			      size_t count);

/* A whole log, with whatever syslog puts in front of its lines. */
void kernel_log_parse(struct machine *machine, const char *path, const char *text,
		      size_t length);

/*
 * One line of a log, without what syslog puts before it; @raw is the line as it came, with its
 * time stamp, and @path is to live as long as the machine.  It is looked at when the next one
 * comes, or the end.  False: it is a line that the log had before, quoted once more.
 */
bool kernel_log_line(struct machine *machine, const char *path, uint32_t number,
		     const struct line *line, const struct line *raw);

/* What may be the rest of that line, which a mail program has broken. */
void kernel_log_continue(struct machine *machine, const struct line *line);

void kernel_log_end(struct machine *machine);

/* The log of a file; a missing one is no failure. */
void kernel_log_load(struct machine *machine, const char *path);

#endif
