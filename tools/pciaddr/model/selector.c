// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/model/selector.h"

#include <string.h>

static int hex_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at;

	if (!c)
		return -1;
	at = strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
	return at ? (int)(at - digits) : -1;
}

/*
 * Up to @digits hexadecimal digits, each of which may be "?" (or "x"); "*" at the end stands
 * for the rest.  When @prefix, digits that are left out at the end are free.
 */
static bool parse_pattern(const char *text, size_t length, unsigned int digits, bool prefix,
			  struct pattern *pattern)
{
	unsigned int count = 0;
	bool rest = false;

	*pattern = (struct pattern) { 0, 0 };
	if (!length)
		return false;
	for (size_t i = 0; i < length; i++, count++) {
		int value = hex_value(text[i]);

		if (text[i] == '*' && i + 1 == length) {
			rest = true;
			break;
		}
		if (count == digits || (value < 0 && !strchr("?xX", text[i])))
			return false;
		pattern->value = pattern->value << 4 | (uint32_t)(value < 0 ? 0 : value);
		pattern->mask = pattern->mask << 4 | (value < 0 ? 0 : 0xf);
	}
	if (rest || prefix) {
		if (prefix && !rest && count % 2)
			return false;
		if (count < digits) {
			pattern->value = count ? pattern->value << 4 * (digits - count) : 0;
			pattern->mask = count ? pattern->mask << 4 * (digits - count) : 0;
		}
	} else {
		/* fewer digits are leading zeroes; those count too */
		pattern->mask |= count < 8 ? ~0u << 4 * count : 0;
	}
	return true;
}

static bool matches(struct pattern pattern, uint32_t number)
{
	return (number & pattern.mask) == pattern.value;
}

static const char *parse_id(const char *text, struct pattern *vendor, struct pattern *product)
{
	const char *colon = strchr(text, ':');

	if (!colon || (colon - text != 4 && !memchr(text, '*', (size_t)(colon - text))) ||
	    (strlen(colon + 1) != 4 && !strchr(colon, '*')) ||
	    !parse_pattern(text, (size_t)(colon - text), 4, false, vendor) ||
	    !parse_pattern(colon + 1, strlen(colon + 1), 4, false, product))
		return "an id is VVVV:DDDD, four hexadecimal digits each (or *), for example "
			"1234:f96a";
	return NULL;
}

/*
 * "[[DDDD:]BB:]dd.f"; the parts that are left out are free.  Returns NULL, or which part is
 * wrong: a slot that no device can have would otherwise just match nothing.
 */
static const char *parse_slot_pattern(const char *text, size_t length, struct slot_pattern *slot)
{
	static const char form[] =
		"a slot is [[DDDD:]BB:]dd.f in hexadecimal (or *), for example 0000:01:01.0";
	const char *dot = memchr(text, '.', length), *part = text, *colon;
	unsigned int colons = 0;

	memset(slot, 0, sizeof(*slot));
	if (!dot)
		return form;
	for (const char *c = text; c < dot; c++)
		colons += *c == ':';
	if (colons > 2)
		return form;
	if (colons == 2) {
		colon = memchr(part, ':', (size_t)(dot - part));
		if (!parse_pattern(part, (size_t)(colon - part), 8, false, &slot->domain))
			return "a slot's domain has up to 8 hexadecimal digits (or *), for example "
				"0000:01:01.0";
		part = colon + 1;
	}
	if (colons) {
		colon = memchr(part, ':', (size_t)(dot - part));
		if (!parse_pattern(part, (size_t)(colon - part), 2, false, &slot->bus))
			return "a slot's bus is 00 to ff (or *), for example 0000:01:01.0";
		part = colon + 1;
	}
	if (!parse_pattern(part, (size_t)(dot - part), 2, false, &slot->device) ||
	    slot->device.value > 0x1f)
		return "a slot's device is 00 to 1f (or *), for example 0000:01:01.0";
	if (!parse_pattern(dot + 1, length - (size_t)(dot + 1 - text), 1, false,
			   &slot->function) || slot->function.value > 7)
		return "a slot's function is 0 to 7 (or *), for example 0000:01:01.0";
	return NULL;
}

static bool slot_matches(const struct slot_pattern *slot, const struct pci_function *function)
{
	return matches(slot->domain, function->domain) && matches(slot->bus, function->bus) &&
		matches(slot->device, function->device) &&
		matches(slot->function, function->function);
}

static const char *parse_path(struct selector *selector, const char *text)
{
	selector->path_length = 0;
	for (;;) {
		size_t length = strcspn(text, "/");
		const char *error;

		if (selector->path_length == SELECTOR_PATH_MAX)
			return "the path is too long";
		if (!memchr(text, '.', length))
			return "a path is a slot on the root bus, then device.function below each "
				"bridge, for example 00:04.0/01.0";
		error = parse_slot_pattern(text, length, &selector->path[selector->path_length++]);
		if (error)
			return error;
		if (!text[length])
			return NULL;
		text += length + 1;
	}
}

const char *selector_set(struct selector *selector, struct arena *arena, const char *key,
			 const char *value)
{
	if (!strcmp(key, "slot")) {
		selector->has_slot = true;
		return parse_slot_pattern(value, strlen(value), &selector->slot);
	}
	if (!strcmp(key, "id")) {
		selector->has_id = true;
		return parse_id(value, &selector->vendor, &selector->product);
	}
	if (!strcmp(key, "subsystem")) {
		selector->has_subsystem = true;
		return parse_id(value, &selector->subsystem_vendor, &selector->subsystem);
	}
	if (!strcmp(key, "class")) {
		if (!strncmp(value, "0x", 2))
			value += 2;
		selector->has_class = true;
		return parse_pattern(value, strlen(value), 6, true, &selector->class) ? NULL :
			"a class is 2, 4 or 6 hexadecimal digits, for example 0604";
	}
	if (!strcmp(key, "path"))
		return parse_path(selector, value);
	if (!strcmp(key, "driver")) {
		selector->driver = arena_copy(arena, value, strlen(value));
		return *value ? NULL : "expected a driver's name (none: no driver)";
	}
	return "no such key; there are slot, id, subsystem, class, path and driver";
}

static const char *parse_keys(struct selector *selector, struct arena *arena, const char *text)
{
	while (*text) {
		size_t key_length = strcspn(text, "=,"), length;
		const char *error;

		if (text[key_length] != '=')
			return "expected KEY=VALUE in each part between commas";
		length = strcspn(text + key_length + 1, ",");
		error = selector_set(selector, arena, arena_copy(arena, text, key_length),
				     arena_copy(arena, text + key_length + 1, length));
		if (error)
			return error;
		text += key_length + 1 + length;
		if (*text == ',' && !*++text)
			return "something is missing after the last comma";
	}
	return NULL;
}

const char *selector_parse(struct selector *selector, struct arena *arena, const char *text)
{
	selector->text = arena_copy(arena, text, strlen(text));
	if (!*text)
		return "expected a selector: 1234:f96a, 0000:01:01.0, 00:04.0/01.0 or KEY=VALUE";
	if (strchr(text, '='))
		return parse_keys(selector, arena, text);
	if (strchr(text, '/'))
		return selector_set(selector, arena, "path", text);
	if (strchr(text, '.'))
		return selector_set(selector, arena, "slot", text);
	return selector_set(selector, arena, "id", text);
}

static bool path_matches(const struct selector *selector, const struct pci_function *function)
{
	unsigned int left = selector->path_length;

	while (left && function) {
		if (!slot_matches(&selector->path[--left], function))
			return false;
		function = function->parent;
	}
	return !left && !function;
}

/* In a description of a machine, all buses but the first have names, and numbers later. */
static bool bus_is_named(const struct pci_function *function)
{
	return function->described && function->bus;
}

bool slot_names_bus(const struct slot_pattern *slot)
{
	return (slot->bus.mask & 0xff) == 0xff;
}

static bool place_matches(const struct slot_pattern *slot, const struct pci_function *function)
{
	return matches(slot->device, function->device) &&
		matches(slot->function, function->function);
}

enum match selector_match(const struct selector *selector, const struct pci_function *function)
{
	bool known = true;

	if (selector->has_slot && bus_is_named(function)) {
		/* bus 0 is none of these, whatever numbers they get */
		if (!place_matches(&selector->slot, function) ||
		    (slot_names_bus(&selector->slot) && !selector->slot.bus.value))
			return MATCH_NO;
		known = !selector->slot.bus.mask;
	} else if (selector->has_slot && !slot_matches(&selector->slot, function)) {
		return MATCH_NO;
	}
	if (selector->path_length && !path_matches(selector, function))
		return MATCH_NO;
	if (selector->has_id && !function->ids_known)
		known = false;
	else if (selector->has_id && (!matches(selector->vendor, function->vendor) ||
				      !matches(selector->product, function->product)))
		return MATCH_NO;
	if (selector->has_class && !function->class_known)
		known = false;
	else if (selector->has_class && function->interface_unknown &&
		 selector->class.mask & 0xff)
		known = false;
	else if (selector->has_class && !matches(selector->class, function->class))
		return MATCH_NO;
	if (selector->has_subsystem && !function->subsystem_known)
		known = false;
	else if (selector->has_subsystem &&
		 (!matches(selector->subsystem_vendor, function->subsystem_vendor) ||
		  !matches(selector->subsystem, function->subsystem)))
		return MATCH_NO;
	if (selector->driver && !function->driver)
		known = false;
	else if (selector->driver &&
		 strcmp(strcmp(selector->driver, "none") ? selector->driver : "",
			function->driver))
		return MATCH_NO;
	return known ? MATCH_YES : MATCH_UNKNOWN;
}
