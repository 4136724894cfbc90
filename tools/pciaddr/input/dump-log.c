// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/dump-log.h"

#include <string.h>

#include "common/numbers.h"
#include "pciaddr/input/dump-registers.h"
#include "pciaddr/model/pcispec.h"

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_' || c == '-' || c == '.';
}

size_t dump_log_function(const struct line *line, struct pci_function *slot)
{
	const char *text = line->text, *end = line->text + line->length;
	unsigned int digits = 0;
	uint32_t domain = 0;

	while (text < end && is_name(*text))
		text++;
	if (text == line->text || text == end || *text != ' ')
		return 0;
	text++;
	for (; text + digits < end && hex_digit(text[digits]) >= 0 && digits < 9; digits++)
		domain = domain << 4 | (uint32_t)hex_digit(text[digits]);
	text += digits;
	if (digits < 4 || digits > 8 || end - text < 9 || text[0] != ':' || text[3] != ':' ||
	    text[6] != '.' || hex_byte(text + 1) < 0 || hex_byte(text + 4) < 0 ||
	    hex_byte(text + 4) > 0x1f || hex_digit(text[7]) < 0 || hex_digit(text[7]) > 7)
		return 0;
	*slot = (struct pci_function) {
		.domain = domain,
		.bus = (uint8_t)hex_byte(text + 1),
		.device = (uint8_t)hex_byte(text + 4),
		.function = (uint8_t)hex_digit(text[7]),
	};
	text += 8;
	/* "config space:" has no colon before it on some kernels */
	if (*text != ':' && *text != ' ')
		return 0;
	while (text < end && (*text == ':' || *text == ' '))
		text++;
	return (size_t)(text - line->text);
}

bool dump_log_is_line(const struct line *line)
{
	static const char *const beginnings[] = {
		"pci_bus ", "pci_root ", "PCI: ", "PCI host bridge to bus ", "ACPI: ", "acpi ",
		"pnp ", "vgaarb: ", "resource: ", "e820: ", "BIOS-e820: ", "Linux version ",
		/* of NVIDIA's driver, also in the second line of a message */
		"NVRM: BAR",
		/* of bridges, before Linux 2.6.28 */
		"IO window: ", "MEM window: ", "PREFETCH window: ",
	};

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (line->length >= strlen(beginnings[i]) &&
		    !memcmp(line->text, beginnings[i], strlen(beginnings[i])))
			return true;
	return false;
}

bool dump_log_config(const struct line *text)
{
	static const char words[] = "config space:";

	return text->length >= strlen(words) && !memcmp(text->text, words, strlen(words));
}

/* "[8086:15d3] type 01 class 0x060400", before Linux 3.4 "[8086:15d3] type 1 class 0x000604" */
bool dump_log_found(const struct line *text, struct log_found *found)
{
	static const char type_word[] = "] type ", class_word[] = " class 0x";
	const char *at = text->text, *end = text->text + text->length;
	uint64_t vendor, device, type, class;
	size_t digits;

	if (end - at < 33 || at[0] != '[' || !parse_hex(at + 1, 4, &vendor) || at[5] != ':' ||
	    !parse_hex(at + 6, 4, &device) || memcmp(at + 10, type_word, strlen(type_word)))
		return false;
	digits = at[18] == ' ' ? 1 : 2;
	if (!parse_hex(at + 17, digits, &type) ||
	    memcmp(at + 17 + digits, class_word, strlen(class_word)) || end - at < 32 + (int)digits ||
	    !parse_hex(at + 26 + digits, 6, &class))
		return false;
	*found = (struct log_found) {
		.vendor = (uint16_t)vendor, .device = (uint16_t)device, .type = (uint8_t)type,
		.class = (uint32_t)(digits == 1 ? class << 8 & 0xffffff : class),
		.whole_class = digits == 2,
		.length = 32 + digits,
	};
	return true;
}

void dump_log_tell(struct told *told, const struct log_found *found, uint32_t number)
{
	told_bytes(told, CFG_VENDOR, 4, (uint32_t)found->vendor | (uint32_t)found->device << 16,
		   number);
	told_bytes(told, CFG_HEADER_TYPE, 1, found->type, number);
	told_bytes(told, CFG_CLASS, 3, found->class, number);
}
