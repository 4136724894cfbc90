// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/dump-merge.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/configspace/decode.h"
#include "pciaddr/input/dump-details.h"
#include "pciaddr/input/dump-extended.h"
#include "pciaddr/input/dump-registers.h"
#include "pciaddr/input/kernel-log.h"
#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/pcispec.h"

static bool was_read(const struct pci_function *function, unsigned int offset)
{
	return offset < function->config_length &&
		(!function->present || bit_is_set(function->present, offset));
}

static void add_byte(struct dump_reader *reader, unsigned int offset, uint8_t byte)
{
	set_bit(reader->present, offset);
	reader->present_count++;
	reader->config[offset] = byte;
	if (offset >= reader->config_end)
		reader->config_end = offset + 1;
}

/* The hex of the record before; returns how many bytes say something else now. */
static unsigned int add_hex_before(struct dump_reader *reader, const struct pci_function *before)
{
	unsigned int differences = 0;

	for (unsigned int i = 0; i < before->config_length; i++) {
		if (!was_read(before, i) || text_origin(before, i))
			continue;
		if (!bit_is_set(reader->present, i)) {
			add_byte(reader, i, before->config[i]);
		} else if (reader->config[i] != before->config[i]) {
			reader->config[i] = before->config[i];
			differences++;
		}
	}
	return differences;
}

/* What the text of the record before told. */
static void add_told_before(struct told *told, const struct pci_function *before)
{
	for (unsigned int i = 0; i < before->origin_count; i++) {
		const struct text_origin *origin = &before->origins[i];

		if (told->origin_count == ORIGINS_MAX)
			return;
		/* a window's, of which no byte is known */
		if (!was_read(before, origin->offset))
			continue;
		told->origins[told->origin_count++] = *origin;
		for (unsigned int at = origin->offset; at < origin->offset + origin->length; at++) {
			told->bytes[at] = before->config[at];
			set_bit(told->present, at);
		}
	}
}

/* The origins whose bytes no hex has are kept; they say where a value was read. */
static void add_told(struct dump_reader *reader, struct pci_function *function)
{
	const struct told *told = &reader->told;
	struct text_origin kept[ORIGINS_MAX];
	unsigned int count = 0;

	for (unsigned int i = 0; i < told->origin_count; i++) {
		const struct text_origin *origin = &told->origins[i];
		bool used = false;

		if (origin->offset >= CONFIG_KEPT)
			continue;
		for (unsigned int at = origin->offset; at < origin->offset + origin->length; at++) {
			if (bit_is_set(reader->present, at))
				continue;
			add_byte(reader, at, told->bytes[at]);
			used = true;
		}
		if (used)
			kept[count++] = *origin;
	}
	if (!count)
		return;
	function->origins = memcpy(arena_alloc(&reader->machine->arena, count * sizeof(*kept)),
				   kept, count * sizeof(*kept));
	function->origin_count = (uint8_t)count;
}

static void add_origin(struct machine *machine, struct pci_function *function,
		       const struct text_origin *origin)
{
	unsigned int count = function->origin_count;
	struct text_origin *origins = arena_alloc(&machine->arena,
						  (count + 1) * sizeof(*origins));

	if (count)
		memcpy(origins, function->origins, count * sizeof(*origins));
	origins[count] = *origin;
	function->origins = origins;
	function->origin_count++;
}

/* What the text tells of the extended config space, where no hex has it. */
static void add_told_extended(struct dump_reader *reader, struct pci_function *function)
{
	struct told_extended *extended = &reader->told_extended;
	const struct told *told = &reader->told;

	if (!extended->used)
		return;
	told_extended_finish(&reader->told);
	for (unsigned int i = 0; i < told->origin_count; i++) {
		const struct text_origin *origin = &told->origins[i];

		if (origin->offset >= EXTENDED_BEGIN &&
		    !bit_is_set(reader->extended_present, origin->offset - EXTENDED_BEGIN))
			add_origin(reader->machine, function, origin);
	}
	for (unsigned int i = 0; i < EXTENDED_SIZE; i++) {
		if (!bit_is_set(extended->present, i) || bit_is_set(reader->extended_present, i))
			continue;
		set_bit(reader->extended_present, i);
		reader->extended[i] = extended->bytes[i];
		if (i >= reader->extended_end)
			reader->extended_end = i + 1;
	}
}

/* The BARs of the record before, as the lines that they came from. */
static unsigned int regions_before(const struct pci_function *before, struct region *regions)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < before->bar_count; i++) {
		const struct bar *bar = &before->bars[i];

		if (!bar->line)
			continue;
		regions[count++] = (struct region) {
			.index = bar->index,
			.space = bar->space,
			.has_address = bar->kernel_known ||
				(bar->fixed_legacy && !bar->kernel_unset && !bar->kernel_none),
			.unassigned = bar->kernel_unset,
			.ignored = bar->kernel_none,
			.virtual = bar->kernel_shadow,
			.has_size = bar->size_known,
			.is_64bit = bar->is_64bit,
			.prefetchable = bar->prefetchable,
			.enhanced = bar->enhanced,
			.disabled = bar->not_decoded,
			.address = bar->fixed_legacy ? bar->range.first : bar->kernel.first,
			.size = range_size(bar->range),
			.line = bar->line,
		};
	}
	return count;
}

static void add_windows_before(struct bridge *bridge, const struct bridge *before)
{
	if (!bridge || !before)
		return;
	for (enum window_kind kind = 0; kind < WINDOWS; kind++) {
		struct window *window = &bridge->windows[kind];
		const struct window *old = &before->windows[kind];

		if (window->state == WINDOW_UNKNOWN ||
		    (window->assumed && old->state != WINDOW_UNKNOWN)) {
			window->state = old->state;
			window->range = old->range;
			window->assumed = old->assumed;
			window->maybe_kernel = old->maybe_kernel;
			window->line = old->line;
		} else if (old->state == WINDOW_OPEN && window->kernel_state == WINDOW_UNKNOWN &&
			   old->maybe_kernel && (window->state != WINDOW_OPEN ||
						 !range_equal(window->range, old->range))) {
			window->kernel_state = old->state;
			window->kernel = old->range;
			window->line = old->line;
		}
		if (window->kernel_state == WINDOW_UNKNOWN) {
			window->kernel_state = old->kernel_state;
			window->kernel = old->kernel;
			if (old->kernel_state != WINDOW_UNKNOWN)
				window->line = old->line;
		}
	}
}

static void warn_of_differences(struct dump_reader *reader, unsigned int differences,
				uint32_t line)
{
	uint32_t number, before;
	const char *path = machine_line_path(reader->machine, line, &number);
	const char *path_before = machine_line_path(reader->machine, reader->before.line, &before);
	char slot[SLOT_TEXT_MAX];

	machine_warn(reader->machine,
		     "%s:%" PRIu32 ": %s comes a second time, with other config space (bytes that "
		     "differ: %u); the first, of line %" PRIu32 "%s%s, counts",
		     path, number, slot_text(&reader->before, slot), differences, before,
		     path == path_before ? "" : " of ", path == path_before ? "" : path_before);
}

/* Two functions cannot be at one slot, and their words are not one function's. */
static void warn_of_other_ids(struct dump_reader *reader, uint32_t line)
{
	const struct pci_function *before = &reader->before;
	uint32_t number;
	const char *path = machine_line_path(reader->machine, line, &number);
	char slot[SLOT_TEXT_MAX];
	bool others = false;

	for (unsigned int at = CFG_VENDOR; at < CFG_VENDOR + 4; at++)
		others |= bit_is_set(reader->told.present, at) && was_read(before, at) &&
			reader->told.bytes[at] != before->config[at];
	if (!others)
		return;
	machine_warn(reader->machine, "%s:%" PRIu32 ": %s comes a second time, with other ids: two "
		     "functions cannot be there; the first ids count", path, number,
		     slot_text(before, slot));
}

static void warn_of_silence(struct dump_reader *reader, uint32_t line)
{
	const struct pci_function *before = &reader->before;
	uint32_t number, first;
	const char *path = machine_line_path(reader->machine, line, &number);
	const char *path_before = machine_line_path(reader->machine, before->line, &first);
	char slot[SLOT_TEXT_MAX];

	machine_warn(reader->machine, "%s:%" PRIu32 ": %s comes a second time, and answers config "
		     "reads in one of the two alone; the first, of line %" PRIu32 "%s%s, counts",
		     path, number, slot_text(before, slot), first,
		     path == path_before ? "" : " of ", path == path_before ? "" : path_before);
}

/*
 * Does lspci's text say that the function reads all ones?  Of two records the first counts, as of
 * bytes that differ; a log tells of another time.
 */
static void take_silence(struct dump_reader *reader, struct pci_function *function,
			 bool header_read, uint32_t line)
{
	const struct pci_function *before = &reader->before;
	uint32_t silent_line = header_read ? 0 : reader->told.silent_line;
	bool answers = header_read || reader->told.flags ||
		bit_is_set(reader->told.present, CFG_COMMAND);

	if (reader->again && before->silent_line) {
		function->silent_line = before->silent_line;
		if (answers && !reader->from_log)
			warn_of_silence(reader, line);
	} else if (reader->again && before->header_known && !before->told_by_log) {
		if (silent_line)
			warn_of_silence(reader, line);
	} else {
		function->silent_line = silent_line;
	}
	function->absent = function->silent_line;
}

/* A byte of the record, from its hex or its text. */
static bool record_byte(const struct dump_reader *reader, unsigned int at, uint8_t *byte)
{
	bool hex = bit_is_set(reader->present, at);

	*byte = hex ? reader->config[at] : reader->told.bytes[at];
	return hex || bit_is_set(reader->told.present, at);
}

/* Behind what a log has found at the slot: lspci's record of another device is no more of it. */
static bool is_another(const struct dump_reader *reader)
{
	uint8_t bytes[4] = { 0 }, class = 0;
	struct pci_function function = { 0 };
	const struct log_function *found;

	kernel_log_end(reader->machine);
	found = reader->machine->log ? log_facts_function(reader->machine->log, &reader->before) :
		NULL;
	function.ids_known = true;
	for (unsigned int i = 0; i < sizeof(bytes); i++)
		function.ids_known &= record_byte(reader, CFG_VENDOR + i, &bytes[i]);
	function.vendor = (uint16_t)(bytes[0] | bytes[1] << 8);
	function.product = (uint16_t)(bytes[2] | bytes[3] << 8);
	function.class_known = record_byte(reader, CFG_CLASS + 2, &class);
	function.class = (uint32_t)class << 16;
	function.absent = function.ids_known && function.vendor == 0xffff;
	return found && log_function_is_another(found, &function);
}

void dump_decode(struct dump_reader *reader)
{
	struct pci_function *function = dump_function(reader), *before = &reader->before;
	struct machine *machine = reader->machine;
	struct region old_regions[REGIONS_MAX];
	bool header_read = bit_is_set(reader->present, CFG_HEADER_TYPE);
	uint32_t line = function->line;
	unsigned int differences;

	if (reader->again && before->told_by_log && !reader->from_log && is_another(reader))
		reader->again = false;
	if (reader->again) {
		differences = add_hex_before(reader, before);
		if (differences)
			warn_of_differences(reader, differences, function->line);
		function->line = before->line;
		if (!function->driver)
			function->driver = before->driver;
	}
	take_silence(reader, function, header_read, line);
	if (reader->present_count < CONFIG_KEPT) {
		told_finish(&reader->told, reader->regions, reader->region_count);
		if (reader->again) {
			warn_of_other_ids(reader, function->line);
			add_told_before(&reader->told, before);
		}
		add_told(reader, function);
	}
	if (reader->config_end)
		config_decode(machine, function, reader->config,
			      reader->present_count == reader->config_end ?
			      NULL : reader->present, reader->config_end);
	/* its class is the kernel's in lspci's text, whatever the registers read */
	function->maybe_bridge = function->absent &&
		(reader->told.class == CLASS_PCI_BRIDGE ||
		 reader->told.class == CLASS_CARDBUS_BRIDGE ||
		 (reader->again && before->maybe_bridge));
	if (reader->again) {
		function->sriov = before->sriov;
		function->acs = before->acs;
		function->resizable = before->resizable;
		function->extended_known = before->extended_known;
	}
	/* a header whose pointers were blotted out still has its text */
	if (function->port_type == PORT_UNKNOWN)
		function->port_type = reader->told.port_type;
	/* lspci -k has some lines of -v, too */
	function->regions_known = (reader->again && before->regions_known) ||
		reader->told.flags || bit_is_set(reader->told.present, CFG_COMMAND);
	function->command_derived = text_origin(function, CFG_COMMAND) &&
		(reader->told.flags || (reader->again && before->command_derived));
	function->bars_counted = reader->again && before->bars_counted;
	dump_apply_windows(machine, function, &reader->told);
	dump_apply_regions(machine, function, reader->regions, reader->region_count);
	/* the sizes that lspci -v has told come first */
	add_told_extended(reader, function);
	if (reader->extended_end)
		config_decode_extended(machine, function, reader->extended,
				       reader->extended_present, reader->extended_end);
	if (reader->again) {
		size_t old_count = regions_before(before, old_regions);

		add_windows_before(function->bridge, before->bridge);
		dump_apply_regions(machine, function, old_regions, old_count);
	}
}
