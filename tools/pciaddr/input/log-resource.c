// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/log-resource.h"

#include <string.h>

#include "common/numbers.h"

const char *log_after(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(text, prefix, length) ? NULL : text + length;
}

const char *log_read_hex(const char *text, uint64_t *value)
{
	size_t length = 0;

	if (text[0] == '0' && text[1] == 'x')
		text += 2;
	while (hex_digit(text[length]) >= 0)
		length++;
	if (!length || length > 16 || !parse_hex(text, length, value))
		return NULL;
	return text + length;
}

static const char *skip_blanks(const char *text)
{
	while (*text == ' ')
		text++;
	return text;
}

void log_set_range(struct printed_resource *resource)
{
	resource->has_range = true;
	resource->empty = resource->range.last < resource->range.first;
	resource->size = resource->empty ? 0 : range_size(resource->range);
}

/* "0x1000-0x1fff", "0x03f6", "size 0x1000" */
static const char *read_numbers(const char *text, struct printed_resource *resource)
{
	const char *size = log_after(text, "size "), *rest;

	if (size)
		return log_read_hex(skip_blanks(size), &resource->size);
	rest = log_read_hex(text, &resource->range.first);
	if (!rest)
		return NULL;
	resource->range.last = resource->range.first;
	if (*rest == '-') {
		rest = log_read_hex(rest + 1, &resource->range.last);
		if (!rest)
			return NULL;
	}
	/* two lines that a serial console has mixed: "[io  0x0dow]" */
	if (*rest && !strchr(" ]", *rest))
		return NULL;
	log_set_range(resource);
	return rest;
}

/*
 * A console of 80 columns shows no more.  Above 4 GiB there are no other windows than
 * prefetchable ones.
 */
static const char *read_cut_off(const char *word, struct printed_resource *resource)
{
	size_t length = strlen(word);

	if (resource->space == SPACE_MEMORY)
		resource->is_64bit = strstr(word, "64bit") ||
			(resource->has_range && resource->range.last > UINT32_MAX);
	resource->prefetchable = strstr(word, " p") ||
		(resource->has_range && resource->range.last > UINT32_MAX);
	return word + length;
}

const char *log_read_resource(const char *text, struct printed_resource *resource)
{
	const char *end, *word;

	memset(resource, 0, sizeof(*resource));
	word = log_after(text, "[io ");
	resource->space = word ? SPACE_IO : SPACE_MEMORY;
	if (!word)
		word = log_after(text, "[mem ");
	if (!word)
		return NULL;
	word = skip_blanks(word);
	end = strchr(word, ']');
	/* a closed window of kernels before 3.3: "[mem pref disabled]" */
	if (end && end - word <= 13 && (log_after(word, "disabled]") ||
					log_after(word, "pref disabled]"))) {
		resource->prefetchable = word[0] == 'p';
		resource->disabled = true;
		return end + 1;
	}
	word = read_numbers(word, resource);
	if (!word)
		return NULL;
	end = strchr(word, ']');
	if (!end)
		return read_cut_off(word, resource);
	for (; word < end; word++) {
		resource->is_64bit |= !!log_after(word, "64bit");
		resource->prefetchable |= !!log_after(word, "pref");
		resource->disabled |= !!log_after(word, "disabled");
	}
	return end + 1;
}
