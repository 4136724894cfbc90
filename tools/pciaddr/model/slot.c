// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/model/slot.h"

#include <string.h>

#define DOMAIN_DIGITS_MIN 4
#define DOMAIN_DIGITS_MAX 8

/* "DDDD:"; returns its length, 0 when there is none, -1 when it is too long. */
static int parse_domain(const char *text, size_t length, uint32_t *domain)
{
	size_t digits = 0;

	*domain = 0;
	while (digits < length && digits <= DOMAIN_DIGITS_MAX + 1 && hex_digit(text[digits]) >= 0)
		digits++;
	if (digits < DOMAIN_DIGITS_MIN || digits == length || text[digits] != ':')
		return 0;
	if (digits > DOMAIN_DIGITS_MAX)
		return -1;
	for (size_t i = 0; i < digits; i++)
		*domain = *domain << 4 | (uint32_t)hex_digit(text[i]);
	return (int)digits + 1;
}

int slot_parse(const char *text, size_t length, struct pci_function *slot)
{
	uint32_t domain;
	int at = parse_domain(text, length, &domain), device;

	if (at < 0)
		return -1;
	text += at;
	length -= (size_t)at;
	if (length < 7 || text[2] != ':' || text[5] != '.' || hex_byte(text) < 0 ||
	    hex_byte(text + 3) < 0 || hex_digit(text[6]) < 0)
		return 0;
	device = hex_byte(text + 3);
	if (device > 0x1f || hex_digit(text[6]) > 7)
		return -1;
	slot->domain = domain;
	slot->bus = (uint8_t)hex_byte(text);
	slot->device = (uint8_t)device;
	slot->function = (uint8_t)hex_digit(text[6]);
	return at + 7;
}

bool bus_name_parse(const char *text, uint32_t *domain, uint8_t *bus)
{
	static const char prefix[] = "PCI Bus ";
	int at;

	if (strncmp(text, prefix, strlen(prefix)))
		return false;
	text += strlen(prefix);
	if (*text == '#')	/* kernels before 2.6.30 or so: "PCI Bus #01" */
		text++;
	at = parse_domain(text, strlen(text), domain);
	if (at < 0 || strlen(text + at) != 2 || hex_byte(text + at) < 0)
		return false;
	*bus = (uint8_t)hex_byte(text + at);
	return true;
}
