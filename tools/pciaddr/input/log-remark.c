// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/log-remark.h"

#include <ctype.h>
#include <string.h>

#include "pciaddr/input/dump-log.h"

/*
 * Of drivers/pci/probe.c, setup-bus.c, setup-res.c, iov.c, ea.c and quirks.c; and any word behind a
 * colon, which newer kernels have there.
 */
static bool is_kernels(const char *text, const char *end)
{
	static const char *const words[] = {
		" to [bus ", " (subtractive decode)", " (from Enhanced", " (failed to expand",
		" (contains BAR", " (bus address [", " (bogus alignment)", " has bogus alignment",
		" conflicts with ", " claimed by ", " not claimed", " not assigned", " released",
		" add_size ", " res_to_dev_res ",
	};
	size_t length = (size_t)(end - text);

	if (length > 2 && text[0] == ':' && text[1] == ' ' && isalpha((unsigned char)text[2]))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (length >= strlen(words[i]) && !memcmp(text, words[i], strlen(words[i])))
			return true;
	return false;
}

/* The last "[mem ...]" or "[io ...]" of the line: what follows it; NULL: there is none. */
static const char *behind_resource(const struct line *line)
{
	const char *end = line->text + line->length, *behind = NULL, *close;

	for (const char *at = line->text; (at = memchr(at, '[', (size_t)(end - at))); at++) {
		if (!(end - at > 4 && !memcmp(at, "[io ", 4)) &&
		    !(end - at > 5 && !memcmp(at, "[mem ", 5)))
			continue;
		close = memchr(at, ']', (size_t)(end - at));
		if (close && (!behind || is_kernels(behind, at)))
			behind = close + 1;
	}
	return behind;
}

size_t log_length_without_remark(const struct line *line)
{
	static const char bus[] = "pci_bus ";
	const char *end = line->text + line->length, *behind;

	if (!dump_log_function(line, &(struct pci_function) { 0 }) &&
	    (line->length < strlen(bus) || memcmp(line->text, bus, strlen(bus))))
		return line->length;
	behind = behind_resource(line);
	return behind && !is_kernels(behind, end) ? (size_t)(behind - line->text) : line->length;
}
