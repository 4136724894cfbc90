// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file as it comes: packed, in any encoding, as mail, web and logs have made it, with or
 * without hex, in parts.  Which of these a run begins with, its seeds say.
 */
#include <stdlib.h>
#include <string.h>

#include "common/die.h"
#include "pciaddr/check/checks.h"
#include "pciaddr/input/dump-reader.h"
#include "pciaddr/input/source.h"
#include "pciaddr/input/text-stream.h"
#include "fuzz-show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed(void *context, char *text, size_t length)
{
	dump_feed(context, text, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct unpack *unpack = unpack_open_memory(data, size);
	struct results results = { 0 };
	struct dump_reader reader;
	struct machine machine;

	machine_init(&machine, SOURCE_DUMP, "fuzz");
	dump_start(&reader, &machine);
	text_stream_read(&machine, "fuzz", unpack, feed, &reader);
	dump_finish(&reader);
	unpack_close(unpack);
	machine_settle(&machine);
	check_machine(&machine, &results);
	fuzz_show(&machine, &results);
	results_free(&results);
	machine_free(&machine);
	return 0;
}
