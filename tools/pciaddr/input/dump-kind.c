// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/dump-kind.h"

#include "pciaddr/input/dump-reader.h"
#include "pciaddr/input/text-stream.h"

/* As many functions tell whether two files are of one machine. */
#define ENOUGH_FUNCTIONS 64

struct look {
	struct dump_reader reader;
	struct machine machine;
	bool any_text;
};

static void feed(void *context, char *text, size_t length)
{
	struct look *look = context;

	look->any_text = look->any_text || length;
	if (look->machine.count <= ENOUGH_FUNCTIONS)
		dump_feed(&look->reader, text, length);
}

/* FNV-1a */
static uint64_t hash(uint64_t value, uint64_t added)
{
	for (unsigned int i = 0; i < 8; i++)
		value = (value ^ (added >> (8 * i) & 0xff)) * 0x100000001b3;
	return value;
}

static bool is_known(const struct pci_function *function)
{
	return function->config_length || function->ids_known || function->class_known ||
		function->regions_known;
}

static enum dump_kind kind_of(const struct look *look, const struct dump_content *content)
{
	const struct machine *machine = &look->machine;
	size_t lines = machine->resources[SPACE_IO].count + machine->resources[SPACE_MEMORY].count;

	if (machine->error || !look->any_text)
		return DUMP_BROKEN;
	if (content->functions && (look->reader.seen & 1u << SECTION_LSPCI))
		return DUMP_LSPCI;
	if (content->functions || machine->host_window_count)
		return DUMP_LOG;
	/* some such lines in a text of something else are examples */
	if (lines && lines * 2 > look->reader.lines.number)
		return machine->resources[SPACE_IO].count ? DUMP_IOPORTS : DUMP_IOMEM;
	if ((look->reader.seen & 1u << SECTION_TREE) && !machine->warning_count)
		return DUMP_TREE;
	return DUMP_OTHER;
}

struct dump_content dump_content(const char *path)
{
	struct dump_content content = { .slots = 0xcbf29ce484222325 };
	struct look look = { 0 };

	machine_init(&look.machine, SOURCE_DUMP, path);
	dump_start(&look.reader, &look.machine);
	text_stream_read_file(&look.machine, path, path, feed, &look);
	dump_finish(&look.reader);
	for (size_t i = 0; i < look.machine.count && i < ENOUGH_FUNCTIONS; i++) {
		const struct pci_function *function = &look.machine.functions[i];

		content.functions = content.functions || is_known(function);
		content.details = content.details || function->regions_known;
		content.slots = hash(content.slots, (uint64_t)function->domain << 32 |
				     (uint64_t)function->bus << 16 |
				     (uint64_t)function->device << 8 | function->function);
	}
	content.hex = look.reader.any_rows;
	content.kind = kind_of(&look, &content);
	machine_free(&look.machine);
	return content;
}
