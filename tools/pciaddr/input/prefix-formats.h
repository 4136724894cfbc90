/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What programs other than the kernel, dmesg(1) and a classic syslog put in front of a message. */
#ifndef PCIADDR_INPUT_PREFIX_FORMATS_H
#define PCIADDR_INPUT_PREFIX_FORMATS_H

#include <stdbool.h>

#include "pciaddr/input/cursor.h"
#include "pciaddr/input/textfile.h"

/*
 * journalctl -o json, json-pretty, json-sse, export and verbose have a line for each message, or
 * for each field of it: what stays of the line is the message, or nothing.  False: another line.
 */
bool take_journal_field(struct line *line);

/* "1 2025-03-18T10:00:01.000000+01:00 HOST kernel - - - ", of RFC 5424, behind its "<6>" */
bool take_rfc5424(struct cursor *cursor);

/* "Tue 2025-03-18 10:00:01 CET ", of journalctl -o short-full and with-unit */
bool take_full_time(struct cursor *cursor);

/* "03-18 10:00:01.123     0     0 I kernel  : ", of logcat */
bool take_logcat(struct cursor *cursor);

/* "<6>.(0)[1:swapper/0]", " [1:  swapper/0:    1] ": the processor and task, behind the stamp */
bool take_vendor_caller(struct cursor *cursor);

#endif
