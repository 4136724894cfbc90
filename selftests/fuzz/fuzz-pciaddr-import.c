// SPDX-License-Identifier: GPL-2.0-or-later
/* Another project's list: what is made of it is a specification that is taken. */
#include <stdlib.h>

#include "common/die.h"
#include "pciaddr/import/import.h"
#include "pciaddr/spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = NULL, *error = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	int status;

	if (!out)
		return 0;
	status = import_text(out, "fuzz", (const char *)data, size);
	fclose(out);
	if (status == EXIT_OK) {
		struct spec *spec = spec_parse("made", text, length, &error);

		if (!spec) {
			fprintf(stderr, "%s\n%s\n", error, text);
			__builtin_trap();
		}
		spec_free(spec);
	}
	free(error);
	free(text);
	return 0;
}
