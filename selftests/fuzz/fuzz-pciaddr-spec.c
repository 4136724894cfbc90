// SPDX-License-Identifier: GPL-2.0-or-later
/* A specification; one that is taken is checked against a small machine. */
#include <stdlib.h>

#include "pciaddr/input/dump-reader.h"
#include "pciaddr/spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char dump[] =
	"00:04.0 bridge\n"
	"00: 11 10 26 00 07 00 10 00 00 00 04 06 00 00 01 00\n"
	"10: 00 00 00 00 00 00 00 00 00 01 01 00 20 20 00 00\n"
	"20: f0 ff 00 00 01 fd f1 fd 00 00 00 00 00 00 00 00\n"
	"30: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
	"\n"
	"01:01.0 card\n"
	"\tRegion 0: I/O ports at 2000 [size=2K]\n"
	"00: 34 12 6a f9 07 00 10 00 00 00 00 12 00 00 00 00\n"
	"10: 01 20 00 00 00 00 00 00 0c 00 00 fd 00 00 00 00\n"
	"20: 00 00 00 00 00 00 00 00 00 00 00 00 f4 1a 00 11\n"
	"30: 00 00 00 00 40 00 00 00 00 00 00 00 00 01 00 00\n"
	"40: 05 00 81 00 00 00 00 00 00 00 00 00 00 00 00 00\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct results results = { 0 };
	struct machine machine;
	struct spec *spec;
	char *error;

	spec = spec_parse("fuzz", (const char *)data, size, &error);
	free(error);
	if (!spec) {
		/* an error without a message is of no use to anybody */
		if (!error)
			__builtin_trap();
		return 0;
	}
	machine_init(&machine, SOURCE_DUMP, "fuzz");
	dump_parse(&machine, dump, sizeof(dump) - 1);
	machine_link(&machine);
	spec_check(&machine, &results, spec);
	/* to check nothing and to find nothing would be a silent pass */
	if (!results.count)
		__builtin_trap();
	results_free(&results);
	machine_free(&machine);
	spec_free(spec);
	return 0;
}
