// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What people have of a machine as text: `lspci` with any of -v, -x and -n, with parts of
 * /proc/ioports, /proc/iomem and the kernel's log before or behind it, in one file.  What a
 * line is, its content says.
 *
 * Nothing in such a file is trusted.  A line that does not fit becomes a warning with its
 * number, and what it would have told stays unknown.
 */
#include <config.h>

#include "pciaddr/input/dump-reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/numbers.h"
#include "pciaddr/input/architecture.h"
#include "pciaddr/input/dump-details.h"
#include "pciaddr/input/dump-foreign.h"
#include "pciaddr/input/dump-log.h"
#include "pciaddr/input/dump-machine-readable.h"
#include "pciaddr/input/dump-marks.h"
#include "pciaddr/input/dump-merge.h"
#include "pciaddr/input/dump-registers.h"
#include "pciaddr/input/dump-resources.h"
#include "pciaddr/input/dump-rows.h"
#include "pciaddr/input/dump-slots.h"
#include "pciaddr/input/dump-unread.h"
#include "pciaddr/input/kernel-log.h"
#include "pciaddr/input/prefix.h"
#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/slot.h"

static void read_held(struct dump_reader *reader)
{
	struct held_line *held = &reader->held;
	struct line line = { held->text, dump_drop_markdown(held->text, held->length) };

	if (!held->length)
		return;
	held->length = 0;
	reader->detail_line = held->number;
	if (held->header) {
		told_header(&reader->told, &line, held->number);
		return;
	}
	architecture_line(reader->machine, line);
	dump_read_detail(reader, line);
}

/* How wide the line is on a screen. */
static size_t columns_of(const struct line *line)
{
	size_t columns = 0;

	for (size_t i = 0; i < line->length; i++)
		columns += line->text[i] == '\t' ? 8 - columns % 8 : 1;
	return columns;
}

/* Reads a header or a detail when it is known to be whole; @shown is the line as it came. */
static void hold(struct dump_reader *reader, const struct line *line, bool header,
		 const struct line *shown)
{
	struct held_line *held = &reader->held;

	read_held(reader);
	held->header = header;
	held->number = reader->lines.number;
	held->columns = columns_of(shown);
	/* what is longer than any line of lspci's is not joined with what follows */
	held->length = line->length < sizeof(held->text) ? line->length : sizeof(held->text);
	memcpy(held->text, line->text, held->length);
	if (held->length == sizeof(held->text))
		read_held(reader);
}

/* Mail programs break lines at 72 columns or more, where the next word would not fit. */
#define BROKEN_COLUMNS 60

/* The rest of the line before, which came right above: a mail program has broken it. */
static bool join_held(struct dump_reader *reader, const struct line *line)
{
	struct held_line *held = &reader->held;
	size_t word = 0;

	while (word < line->length && line->text[word] != ' ' && line->text[word] != '\t')
		word++;
	/* "IOVCtl:" begins a line of its own, behind one that is long by itself */
	if (word > 1 && line->text[word - 1] == ':' && line->text[0] >= 'A' && line->text[0] <= 'Z')
		return false;
	if (!held->length || held->columns + 1 + word <= BROKEN_COLUMNS ||
	    held->length + 1 + line->length > sizeof(held->text))
		return false;
	if (held->text[held->length - 1] != ' ')
		held->text[held->length++] = ' ';
	memcpy(held->text + held->length, line->text, line->length);
	held->length += line->length;
	held->columns = columns_of(line);
	return true;
}

static void end_function(struct dump_reader *reader)
{
	read_held(reader);
	dump_end_row(reader);
	if (reader->in_function)
		dump_decode(reader);
	reader->in_function = false;
	reader->skipping = false;
	reader->after_blank = false;
	reader->out_of_order = false;
	reader->again = false;
	reader->keyed = false;
	reader->unindented = false;
	reader->last_row = -1;
	reader->config_end = 0;
	reader->present_count = 0;
	reader->region_count = 0;
	memset(reader->present, 0, sizeof(reader->present));
	if (reader->extended_end)
		memset(reader->extended_present, 0, sizeof(reader->extended_present));
	reader->extended_end = 0;
	told_begin(&reader->told);
}

/* A section as --verbose tells it; many small ones would say nothing. */
#define SECTIONS_TOLD 40

static void tell_section(struct dump_reader *reader)
{
	static const char *const names[] = {
		[SECTION_LSPCI] = "lspci",
		[SECTION_TREE] = "lspci -t (which says nothing more)",
		[SECTION_LOG] = "a kernel's log",
	};
	struct machine *machine = reader->machine;
	const char *path = dump_path(reader);

	if (!names[reader->section] || reader->sections_told++ >= SECTIONS_TOLD)
		return;
	if (reader->section == SECTION_LSPCI || reader->section_functions)
		machine_tell(machine, "%s: %s, %zu functions, from line %" PRIu32 " to %" PRIu32,
			     path, names[reader->section], reader->section_functions,
			     reader->section_first, reader->section_last);
	else
		machine_tell(machine, "%s: %s, from line %" PRIu32 " to %" PRIu32, path,
			     names[reader->section], reader->section_first, reader->section_last);
}

static void tell_left_out(struct dump_reader *reader)
{
	struct left_out *left = &reader->left_out;

	if (left->count == 1)
		machine_warn(reader->machine, "%s:%" PRIu32 ": not a line of lspci's, left out: %s",
			     left->path, left->first, left->shown);
	else if (left->count)
		machine_warn(reader->machine, "%s:%" PRIu32 ": not lines of lspci's, left out up to "
			     "line %" PRIu32 ": %s", left->path, left->first, left->last,
			     left->shown);
	left->count = 0;
}

static void leave_out(struct dump_reader *reader, const struct line *line)
{
	struct left_out *left = &reader->left_out;

	left->last = dump_number(reader);
	if (left->count++)
		return;
	left->first = left->last;
	left->path = dump_path(reader);
	dump_shown(line, left->shown);
}

static void enter_section(struct dump_reader *reader, enum section section)
{
	uint32_t number = dump_number(reader);

	tell_left_out(reader);
	if (section != SECTION_LSPCI)
		read_held(reader);
	reader->seen |= 1u << section;
	if (reader->block.count && section != SECTION_IOPORTS)
		dump_end_resources(reader);
	if (reader->section != section) {
		if (reader->section != SECTION_NONE && reader->section != SECTION_IOPORTS)
			tell_section(reader);
		reader->section = section;
		reader->section_first = number;
		reader->section_functions = 0;
	}
	reader->section_last = number;
}

/* A slot in front of a line; see slot_parse(). */
static int parse_slot(const struct line *line, struct pci_function *slot)
{
	int length = slot_parse(line->text, line->length, slot);

	if (length > 0 && line->length > (size_t)length && !strchr(" \t/", line->text[length]))
		return 0;
	return length;
}

static void begin_function(struct dump_reader *reader, const struct pci_function *slot)
{
	struct pci_function *function;
	size_t index;

	end_function(reader);
	index = dump_find_slot(reader, slot);
	reader->again = index != SIZE_MAX;
	if (reader->again) {
		reader->current = index;
		function = dump_function(reader);
		reader->before = *function;
	} else {
		function = machine_add(reader->machine);
		reader->current = reader->machine->count - 1;
	}
	reader->section_functions++;
	*function = *slot;
	function->line = reader->lines.number;
	reader->in_function = true;
	reader->from_log = false;
	reader->config_follows = false;
}

static void skip_blanks(struct line *line)
{
	while (line->length && (line->text[0] == ' ' || line->text[0] == '\t')) {
		line->text++;
		line->length--;
	}
}

static bool contains(const struct line *line, const char *text)
{
	return memmem(line->text, line->length, text, strlen(text));
}

/*
 * "/01.0" or, of -PP, "/01:01.0" behind @length characters of a slot: lspci -P has the way to a
 * function through its bridges.  *@slot becomes the last one; returns the length of all, -1 where
 * the bus of one is not known.
 */
static int parse_path(struct dump_reader *reader, const struct line *line, int length,
		      struct pci_function *slot)
{
	while ((size_t)length < line->length && line->text[length] == '/') {
		const char *text = line->text + length + 1;
		size_t left = line->length - (size_t)length - 1, bridge;
		struct pci_function next = { 0 };
		int taken = slot_parse(text, left, &next);

		if (taken > 0) {
			next.domain = slot->domain;
		} else {
			/* as "00:01.0" on the bus behind the bridge */
			char full[] = "00:dd.f";

			if (left < 4)
				return -1;
			memcpy(full + 3, text, 4);
			if (slot_parse(full, strlen(full), &next) <= 0)
				return -1;
			end_function(reader);
			bridge = dump_find_slot(reader, slot);
			if (bridge == SIZE_MAX || !reader->machine->functions[bridge].bridge ||
			    !reader->machine->functions[bridge].bridge->buses_known)
				return -1;
			next.domain = slot->domain;
			next.bus = reader->machine->functions[bridge].bridge->secondary;
			taken = 4;
		}
		*slot = next;
		length += 1 + taken;
	}
	return length;
}

/* A slot or a row in front of the line, without blanks; false: something else. */
static bool read_header_or_row(struct dump_reader *reader, const struct line *line)
{
	struct pci_function slot = { 0 };
	size_t digits = dump_row_digits(line);
	struct line rest = *line;
	int length;

	if (digits) {
		read_held(reader);
		/* print_hex_dump() of any driver looks the same */
		if (reader->in_function && reader->from_log && !reader->config_follows)
			return true;
		if (reader->in_function)
			enter_section(reader, reader->from_log ? SECTION_LOG : SECTION_LSPCI);
		dump_read_row(reader, line, digits);
		if (reader->in_function && !reader->from_log)
			dump_read_next_rows(reader);
		return true;
	}
	length = parse_slot(line, &slot);
	if (!length)
		return false;
	enter_section(reader, SECTION_LSPCI);
	if (length < 0) {
		dump_warn(reader, line, "invalid PCI address, ignored");
		end_function(reader);
		reader->skipping = true;
		return true;
	}
	length = parse_path(reader, line, length, &slot);
	if (length < 0) {
		dump_warn(reader, line, "lspci -P without -v does not give bus numbers, ignored");
		end_function(reader);
		reader->skipping = true;
		return true;
	}
	begin_function(reader, &slot);
	rest.text += length;
	rest.length -= (size_t)length;
	skip_blanks(&rest);
	hold(reader, &rest, true, line);
	return true;
}

/* "-[0000:00]-+-00.0", "           +-01.0", "           \-02.0" */
static bool is_tree(const struct line *line)
{
	struct line rest = *line;

	while (rest.length && (rest.text[0] == ' ' || rest.text[0] == '|')) {
		rest.text++;
		rest.length--;
	}
	return rest.length >= 3 &&
		(!memcmp(rest.text, "-[", 2) || !memcmp(rest.text, "+-", 2) ||
		 !memcmp(rest.text, "\\-", 2)) && rest.text[2] != '-';
}

/*
 * What people write above a part of a file, "$ cat /proc/ioports" or "=== iomem ===": it says
 * what follows, and is no line of anything.
 */
static bool is_heading(struct dump_reader *reader, const struct line *line)
{
	static const char *const commands[] = { "lspci", "dmesg", "journalctl", "/proc/", "/sys/" };
	bool words = false;

	if (line->length > 120)
		return false;
	if (contains(line, "ioports"))
		reader->hint = SECTION_IOPORTS;
	else if (contains(line, "iomem"))
		reader->hint = SECTION_IOMEM;
	if (reader->hint != SECTION_NONE)
		return true;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (contains(line, commands[i]))
			return true;
	for (size_t i = 0; i < line->length; i++)
		words = words || !strchr("-=_*#~`+. ", line->text[i] ? line->text[i] : 'x');
	return !words;
}

/* Is another device of lspci's text at the slot that the log has found one at? */
static bool has_another(struct dump_reader *reader, const struct pci_function *slot,
			const struct log_found *line)
{
	struct log_function found = { .slot = {
		.ids_known = true, .vendor = line->vendor, .product = line->device,
		.header_known = true, .class_known = true, .class = line->class,
	} };
	size_t index;

	end_function(reader);
	index = dump_find_slot(reader, slot);
	return index != SIZE_MAX &&
		log_function_is_another(&found, &reader->machine->functions[index]);
}

/* A line that the kernel, or another program, has put into a log; @raw is with its stamp. */
static void read_log(struct dump_reader *reader, const struct line *line,
		     const struct line *raw)
{
	struct pci_function slot = { 0 };
	size_t length = dump_log_function(line, &slot);
	struct line text = { line->text + length, line->length - length };
	struct log_found found;

	enter_section(reader, SECTION_LOG);
	if (!kernel_log_line(reader->machine, dump_path(reader), dump_number(reader), line, raw) ||
	    !length)
		return;
	if (dump_log_config(&text)) {
		begin_function(reader, &slot);
		reader->from_log = true;
		reader->config_follows = true;
	} else if (dump_log_found(&text, &found)) {
		if (has_another(reader, &slot, &found))
			return;
		begin_function(reader, &slot);
		/* found anew, after another start or in a slot for hot-plug, it may be another card */
		reader->again = reader->again && !reader->before.told_by_log;
		reader->from_log = true;
		dump_log_tell(&reader->told, &found, reader->lines.number);
		dump_function(reader)->told_by_log = !reader->again;
	}
}

static void read_other(struct dump_reader *reader, const struct line *line)
{
	bool whole = line_was_complete(&reader->lines, line);

	architecture_line(reader->machine, *line);
	if (!reader->foreign)
		reader->foreign = dump_foreign_line(line);
	if (is_heading(reader, line)) {
		end_function(reader);
		/* a rule in somebody's text, which goes on */
		if (reader->left_out.count && reader->section == SECTION_NONE &&
		    reader->hint == SECTION_NONE) {
			reader->left_out.last = dump_number(reader);
			return;
		}
		enter_section(reader, SECTION_NONE);
		return;
	}
	/* the rest of a message of several lines, which has no stamp */
	if (reader->section == SECTION_LOG && whole) {
		kernel_log_continue(reader->machine, line);
		return;
	}
	/* of a slot or a row; what else ends without a line feed is something else */
	reader->cut_off = !whole && line->length && hex_digit(line->text[0]) >= 0;
	if (whole)
		leave_out(reader, line);
	else
		dump_warn(reader, line, "the file is cut off here");
}

/* What belongs to the function that is being read; @bare is the @line without its blanks. */
static bool read_details(struct dump_reader *reader, const struct line *line,
			 const struct line *bare, bool log)
{
	bool detail = dump_is_detail(bare), indented = bare->text != line->text;
	struct pci_function slot = { 0 };

	if (dump_keyed_slot(bare, &slot)) {
		enter_section(reader, SECTION_LSPCI);
		begin_function(reader, &slot);
		reader->keyed = true;
		return true;
	}
	if (!reader->in_function || reader->from_log)
		return false;
	if (reader->keyed && dump_keyed_line(reader, bare)) {
		enter_section(reader, SECTION_LSPCI);
		return true;
	}
	if (detail || (indented && !log)) {
		enter_section(reader, SECTION_LSPCI);
		reader->unindented = reader->unindented || !indented;
		hold(reader, bare, false, line);
		return true;
	}
	if (log)
		return false;
	if (join_held(reader, bare))
		return true;
	/* there are too many kinds of lines within capabilities to know them all */
	if (reader->unindented && reader->held.length && !is_heading(reader, bare)) {
		hold(reader, bare, false, line);
		return true;
	}
	return false;
}

/* A line that mail, a web page or a log may have changed. */
static void read_disguised(struct dump_reader *reader, struct line line)
{
	const struct line raw = line;
	bool old = strip_diff_sign(&line) == '-', log = strip_prefix(&line);
	struct line bare = line;
	struct pci_function slot;

	if (old) {
		if (!reader->old_count++)
			reader->old_line = dump_number(reader);
		return;
	}
	if (!line.length) {
		read_held(reader);
		reader->after_blank = !log || reader->after_blank;
		return;
	}
	skip_blanks(&bare);
	dump_strip_marks(&bare);
	if (dump_unread_line(reader, &bare))
		return;
	if (read_header_or_row(reader, &bare)) {
		reader->indented = true;
		return;
	}
	if (dump_continue_row(reader, &bare))
		return;
	if (dump_read_resource(reader, &bare)) {
		enter_section(reader, SECTION_IOPORTS);
		end_function(reader);
		return;
	}
	if (is_tree(&line)) {
		enter_section(reader, SECTION_TREE);
		end_function(reader);
		return;
	}
	if (dump_log_function(&bare, &slot) || dump_log_is_line(&bare)) {
		read_log(reader, &bare, &raw);
		return;
	}
	if (read_details(reader, &line, &bare, log))
		return;
	if (log)
		read_log(reader, &bare, &raw);
	else if (!reader->skipping || bare.text == line.text)
		read_other(reader, &bare);
}

static void read_line(struct dump_reader *reader, const struct line *line)
{
	reader->cut_off = false;
	if (!line->length) {
		read_held(reader);
		reader->after_blank = true;
		return;
	}
	/* as lspci has written it, most lines are one of these */
	if (line->text[0] == '\t' && reader->in_function && reader->section == SECTION_LSPCI &&
	    !reader->indented) {
		reader->section_last = dump_number(reader);
		hold(reader, line, false, line);
		return;
	}
	if (hex_digit(line->text[0]) >= 0 && !reader->unread_line && read_header_or_row(reader, line)) {
		reader->indented = false;
		return;
	}
	read_disguised(reader, *line);
}

/*
 * lspci -k names the driver of every device that has one; then those without a line have none.
 * Of a device that only a log beside it names, that says nothing.
 */
static void settle_drivers(struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		if (!machine->functions[i].driver && !machine->functions[i].told_by_log)
			machine->functions[i].driver = "";
}

void dump_start(struct dump_reader *reader, struct machine *machine)
{
	memset(reader, 0, sizeof(*reader));
	reader->machine = machine;
	reader->last_row = -1;
	reader->told.extended = &reader->told_extended;
	told_begin(&reader->told);
	if (!machine->config_path)
		machine->config_path = machine->name;
}

/* Lines that are whole; the number of the last one is carried on from piece to piece. */
void dump_feed(struct dump_reader *reader, const char *text, size_t length)
{
	uint32_t number = reader->lines.number;
	struct line line;

	reader->lines = lines_of(text, length);
	reader->lines.number = number;
	while (next_line(&reader->lines, &line))
		read_line(reader, &line);
}

/* lspci writes 64, 128 (CardBus), 256 or 4096 bytes of each function, or of none. */
static bool ends_in_function(const struct dump_reader *reader)
{
	int end = reader->last_row + DUMP_ROW_BYTES;

	if (!reader->in_function || reader->again || reader->from_log)
		return false;
	if (reader->last_row < 0)
		return reader->any_rows;
	return end != 64 && end != 128 && end != 256 && end != 4096;
}

static void tell_old_side(struct dump_reader *reader)
{
	kernel_log_tell_old_side(reader->machine, dump_path(reader), reader->old_line,
				 reader->old_count);
	reader->old_count = 0;
}

static void end_part(struct dump_reader *reader)
{
	tell_left_out(reader);
	tell_old_side(reader);
	dump_unread_end(reader);
	if (reader->cut_off || ends_in_function(reader))
		reader->machine->cut_off = true;
	end_function(reader);
	kernel_log_end(reader->machine);
	enter_section(reader, SECTION_NONE);
}

void dump_next_part(struct dump_reader *reader, const char *path)
{
	struct machine *machine = reader->machine;
	struct source_part *part = arena_alloc(&machine->arena, sizeof(*part));

	end_part(reader);
	reader->cut_off = false;
	reader->indented = false;
	reader->any_rows = false;
	reader->hint = SECTION_NONE;
	part->path = arena_copy(&machine->arena, path, strlen(path));
	part->before = reader->lines.number;
	part->next = machine->parts;
	machine->parts = part;
}

void dump_finish(struct dump_reader *reader)
{
	end_part(reader);
	if (reader->any_driver)
		settle_drivers(reader->machine);
	dump_free_slots(reader);
}

void dump_parse(struct machine *machine, const char *text, size_t length)
{
	struct dump_reader reader;

	dump_start(&reader, machine);
	dump_feed(&reader, text, length);
	dump_finish(&reader);
}
