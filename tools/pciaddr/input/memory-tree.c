// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A flat view lists the ranges of an address space as they come out of all regions, aliases and
 * priorities: what an access really reaches.
 *
 *     FlatView #0
 *      AS "I/O", root: io
 *      Root memory region: io
 *       0000000000002000-00000000000027ff (prio 1, i/o): fpga-regs owner:{dev id=fpga}
 *
 * A range without an owner is the ground that all others lie on, where nothing answers.
 */
#include <config.h>

#include "pciaddr/input/memory-tree.h"

#include <stdlib.h>
#include <string.h>

#include "pciaddr/input/dump-words.h"
#include "pciaddr/input/textfile.h"

bool is_memory_tree(const char *text)
{
	return strstr(text, "FlatView #") && strstr(text, " AS \"");
}

static const char *find(const char *text, const char *end, const char *what)
{
	return memmem(text, (size_t)(end - text), what, strlen(what));
}

/* "dev id=fpga", "dev path=/machine/unattached/device[4]", "obj path=/objects/ram" */
static void read_owner(struct machine *machine, struct answer *answer, const char *text,
		       const char *end)
{
	static const char peripheral[] = "/machine/peripheral/";
	const char *close = memchr(text, '}', (size_t)(end - text));
	const char *equals;

	end = close ? close : end;
	answer->device = (size_t)(end - text) > 4 && !memcmp(text, "dev ", 4);
	equals = memchr(text, '=', (size_t)(end - text));
	if (!equals)
		return;
	text = equals + 1;
	/* a part of a device with an id, such as a virtio device of its PCI proxy */
	if ((size_t)(end - text) > strlen(peripheral) &&
	    !memcmp(text, peripheral, strlen(peripheral))) {
		text += strlen(peripheral);
		close = memchr(text, '/', (size_t)(end - text));
		end = close ? close : end;
	}
	answer->owner = arena_copy(&machine->arena, text, (size_t)(end - text));
}

static bool read_range(const struct line *line, struct range *range, const char **rest)
{
	const char *text = line->text, *end = line->text + line->length;
	const char *dash, *blank;

	while (text < end && *text == ' ')
		text++;
	dash = memchr(text, '-', (size_t)(end - text));
	blank = memchr(text, ' ', (size_t)(end - text));
	if (!dash || !blank || dash > blank ||
	    !parse_hex(text, (size_t)(dash - text), &range->first) ||
	    !parse_hex(dash + 1, (size_t)(blank - dash - 1), &range->last) ||
	    range->first > range->last)
		return false;
	*rest = blank;
	return true;
}

/* False: the line is not one of a range. */
static bool read_answer(struct machine *machine, const struct line *line, unsigned int spaces,
			size_t *capacity)
{
	const char *end = line->text + line->length, *rest, *name, *owner, *stop;
	struct answer answer = { 0 };

	if (!read_range(line, &answer.range, &rest))
		return false;
	name = find(rest, end, "): ");
	if (!name)
		return true;
	name += strlen("): ");
	/* behind the name, which may be empty: it shares no blank with what is before */
	owner = find(name, end, " owner:{");
	if (!owner)
		return true;
	stop = find(name, owner, " @");
	answer.name = arena_copy(&machine->arena, name, (size_t)((stop ? stop : owner) - name));
	read_owner(machine, &answer, owner + strlen(" owner:{"), end);
	for (enum space space = 0; space < SPACES; space++) {
		if (!(spaces & 1u << space))
			continue;
		answer.space = (uint8_t)space;
		machine->answers = array_room(machine->answers, machine->answer_count, capacity,
					      sizeof(*machine->answers));
		machine->answers[machine->answer_count++] = answer;
	}
	return true;
}

static int compare_answers(const void *a, const void *b)
{
	const struct answer *first = a, *second = b;

	if (first->space != second->space)
		return first->space < second->space ? -1 : 1;
	return range_compare(first->range, second->range);
}

void memory_tree_read(struct machine *machine, const char *text)
{
	struct lines lines = lines_of(text, strlen(text));
	unsigned int spaces = 0;
	size_t capacity = 0;
	struct line line;

	machine->answer_count = 0;
	free(machine->answers);
	machine->answers = NULL;
	while (next_line(&lines, &line)) {
		if (line_begins(&line, "FlatView #"))
			spaces = 0;
		else if (line_begins(&line, " AS \"I/O\","))
			spaces |= 1u << SPACE_IO;
		else if (line_begins(&line, " AS \"memory\","))
			spaces |= 1u << SPACE_MEMORY;
		else if (spaces && !read_answer(machine, &line, spaces, &capacity) &&
			 !line.length)
			spaces = 0;
	}
	if (machine->answer_count)
		qsort(machine->answers, machine->answer_count, sizeof(*machine->answers),
		      compare_answers);
	machine->answers_known = machine->answer_count != 0;
}
