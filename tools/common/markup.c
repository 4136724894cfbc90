// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/markup.h"

#include <string.h>

#include "common/utf8.h"

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
	size_t left = strlen(text), length;

	while (left) {
		const char *character = utf8_take(&text, &left, &length);
		const char *entity = markup_entity(*character);

		if (entity)
			fputs(entity, out);
		else if ((unsigned char)*character >= ' ')
			fwrite(character, 1, length, out);
	}
}
