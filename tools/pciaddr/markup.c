// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/markup.h"

#include <stddef.h>

const char *markup_entity(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	default:
		return NULL;
	}
}

void markup_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		const char *entity = markup_entity(*text);

		if (entity)
			fputs(entity, out);
		else if ((unsigned char)*text >= ' ')
			fputc(*text, out);
	}
}
