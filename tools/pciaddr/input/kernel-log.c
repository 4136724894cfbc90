// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/kernel-log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/die.h"
#include "common/hash.h"
#include "common/numbers.h"
#include "pciaddr/input/architecture.h"
#include "pciaddr/input/dump-log.h"
#include "pciaddr/input/log-host.h"
#include "pciaddr/input/log-line.h"
#include "pciaddr/input/log-remark.h"
#include "pciaddr/input/prefix.h"
#include "pciaddr/input/text-stream.h"
#include "pciaddr/input/textfile.h"

/* Longer ones are no lines of the PCI code. */
#define LINE_KEPT 512

static void keep(struct log_facts *facts, const struct line *line)
{
	size_t length = line->length;

	if (length > LINE_KEPT - 1 - facts->pending_length)
		length = LINE_KEPT - 1 - facts->pending_length;
	memcpy(facts->pending + facts->pending_length, line->text, length);
	facts->pending_length += length;
	facts->pending[facts->pending_length] = '\0';
}

/* "[   12.345678]" anywhere in front, in microseconds; false: none. */
static bool read_stamp(const struct line *raw, uint64_t *stamp)
{
	const char *open = memchr(raw->text, '[', raw->length < 64 ? raw->length : 64);
	const char *end = raw->text + raw->length;
	unsigned int digits = 0;

	*stamp = 0;
	if (!open)
		return false;
	for (open++; open < end && *open == ' '; open++)
		;
	for (; open < end && *open >= '0' && *open <= '9' && digits < 12; open++, digits++)
		*stamp = *stamp * 10 + (uint64_t)(*open - '0');
	if (!digits || open == end || *open != '.')
		return false;
	for (open++, digits = 0; digits < 6; digits++)
		*stamp = *stamp * 10 + (open < end && *open >= '0' && *open <= '9' ?
					(uint64_t)(*open++ - '0') : 0);
	return true;
}

/* So many lines with stamps are a log; what then comes without is somebody's text about it. */
#define STAMPED_ENOUGH 50

/*
 * People quote lines of a log once more below it, to say what they mean.  Such a line has an
 * older stamp than those before it and was there before, or has none where they have one.
 */
static bool is_quoted_again(struct log_facts *facts, const struct line *line,
			    const struct line *raw)
{
	uint64_t stamp, hash;
	bool stamped = read_stamp(raw, &stamp);
	bool again;

	facts->back = !stamped || stamp < facts->newest_stamp;
	if (line->length < 8 || (memcmp(line->text, "pci", 3) &&
				 !dump_log_function(line, &(struct pci_function) { 0 })))
		return false;
	if (memmem(line->text, line->length, "PCI host bridge to bus ", 23))
		return false;
	if (!stamped && facts->stamped_count >= STAMPED_ENOUGH)
		return true;
	/* a log without stamps says nothing of what came first */
	if (!stamped && !facts->newest_stamp)
		return false;
	hash = hash_bytes(HASH_START, line->text, log_length_without_remark(line));
	if (!stamped)
		return log_seen_before(&facts->seen, hash, 0, false);
	facts->stamped_count++;
	again = log_seen_before(&facts->seen, hash, stamp, true);
	/* once there are enough, what has no stamp is left out without a look at it */
	if (facts->stamped_count < STAMPED_ENOUGH)
		log_seen_before(&facts->seen, hash, 0, true);
	if (stamp >= facts->newest_stamp) {
		facts->newest_stamp = stamp;
		return false;
	}
	return again;
}

bool kernel_log_line(struct machine *machine, const char *path, uint32_t number,
		     const struct line *line, const struct line *raw)
{
	struct log_facts *facts = log_facts_of(machine);

	kernel_log_end(machine);
	if (is_quoted_again(facts, line, raw)) {
		if (!facts->quoted_count++)
			facts->quoted_line = number;
		return false;
	}
	if (!facts->pending)
		facts->pending = grow_array(NULL, LINE_KEPT, 1);
	facts->path = path;
	facts->pending_number = number;
	keep(facts, line);
	return true;
}

/* A mail program breaks lines inside brackets, and behind the words that something follows. */
static bool is_unfinished(const struct log_facts *facts)
{
	static const char *const ends[] = {
		":", ";", " for", " to", " assign", " assigned", " unusable", " because",
	};
	const char *text = facts->pending;
	const char *open = strrchr(text, '['), *close = strrchr(text, ']');

	if (open && (!close || close < open))
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t length = strlen(ends[i]);

		if (facts->pending_length > length &&
		    !strcmp(text + facts->pending_length - length, ends[i]))
			return true;
	}
	return false;
}

void kernel_log_continue(struct machine *machine, const struct line *line)
{
	struct log_facts *facts = machine->log;

	if (!facts || !line->length)
		return;
	if (facts->pending_length && is_unfinished(facts)) {
		keep(facts, &(struct line) { " ", 1 });
		keep(facts, line);
		return;
	}
	/* words between two lists of windows: they are of two logs */
	kernel_log_end(machine);
	facts->host_listed.open = false;
}

void kernel_log_end(struct machine *machine)
{
	struct log_facts *facts = machine->log;
	struct line line;

	if (!facts || !facts->pending_length)
		return;
	line = (struct line) { facts->pending, facts->pending_length };
	architecture_line(machine, line);
	line.length = log_length_without_remark(&line);
	facts->pending[line.length] = '\0';
	log_line(machine, facts->pending, facts->pending_number);
	log_host_line(machine, facts->pending_number, &line);
	facts->pending_length = 0;
}

void kernel_log_tell_old_side(struct machine *machine, const char *path, uint32_t first,
			      size_t count)
{
	if (count)
		machine_warn(machine, "%s:%" PRIu32 ": a 'diff -u' of two logs: %zu lines of its old "
			     "side are left out from here on; give both logs to --diff", path, first,
			     count);
}

void kernel_log_parse(struct machine *machine, const char *path, const char *text, size_t length)
{
	struct lines lines = lines_of(text, length);
	struct pci_function slot;
	uint32_t old_line = 0;
	size_t old_count = 0;
	struct line line;

	path = arena_copy(&machine->arena, path, strlen(path));
	while (next_line(&lines, &line)) {
		const struct line raw = line;
		bool old = strip_diff_sign(&line) == '-', log = strip_prefix(&line);

		if (old) {
			if (!old_count++)
				old_line = lines.number;
			kernel_log_end(machine);
			continue;
		}
		while (line.length && (*line.text == ' ' || *line.text == '\t')) {
			line.text++;
			line.length--;
		}
		if (log || dump_log_function(&line, &slot) || dump_log_is_line(&line))
			kernel_log_line(machine, path, lines.number, &line, &raw);
		else
			kernel_log_continue(machine, &line);
	}
	kernel_log_end(machine);
	kernel_log_tell_old_side(machine, path, old_line, old_count);
}

void kernel_log_load(struct machine *machine, const char *path)
{
	size_t length;
	char *text = text_stream_read_whole(machine, path, path, &length);

	if (!text)
		return;
	kernel_log_parse(machine, path, text, length);
	free(text);
}
