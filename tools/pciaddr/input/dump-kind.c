// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/dump-kind.h"

#include "common/hash.h"
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
	struct dump_content content = { .slots = HASH_START };
	struct look look = { 0 };

	machine_init(&look.machine, SOURCE_DUMP, path);
	dump_start(&look.reader, &look.machine);
	text_stream_read_file(&look.machine, path, path, feed, &look);
	dump_finish(&look.reader);
	for (size_t i = 0; i < look.machine.count && i < ENOUGH_FUNCTIONS; i++) {
		const struct pci_function *function = &look.machine.functions[i];
		uint64_t slot;

		content.functions = content.functions || is_known(function);
		content.details = content.details || function->regions_known;
		slot = (uint64_t)function->domain << 32 | (uint64_t)function->bus << 16 |
			(uint64_t)function->device << 8 | function->function;
		content.slots = hash_bytes(content.slots, &slot, sizeof(slot));
	}
	content.hex = look.reader.any_rows;
	content.kind = kind_of(&look, &content);
	machine_free(&look.machine);
	return content;
}
