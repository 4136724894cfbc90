// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SONiC: a list of {domain, bus, dev, fn, id, name}, numbers hexadecimal without 0x; `domain` is
 * rare, and `id` is that of the device, rarely with its vendor.
 *
 * Kernel: a list of controllers, {type, devices} and keys that say which controller is meant.  Of
 * a pci-controller, a host bridge, `devices` have `path` (device.function below each bridge,
 * hexadecimal), and `name`, or `type` and `devices` again where a USB controller is on PCI.
 */
#include <config.h>

#include "pciaddr/import/import.h"

#include <stdlib.h>
#include <string.h>

#include "common/die.h"
#include "common/numbers.h"
#include "pciaddr/input/textfile.h"
#include "pciaddr/spec/yaml.h"

struct list {
	FILE *out;
	const char *path;
	size_t written;
	/* how many controllers of PCI the kernel's list has */
	unsigned int host_bridges;
	const struct yaml *yaml;
	int status;
};

static unsigned int line_of(const struct list *list, struct fy_node *node)
{
	return yaml_place(list->yaml, node).line;
}

static void warn_of(const struct list *list, struct fy_node *node, const char *what)
{
	warn("%s:%u: %s", list->path, line_of(list, node), what);
}

/* The scalar at this key, as long as the document lives; @length 0: there is none. */
static const char *scalar(struct fy_node *mapping, const char *key, size_t *length)
{
	struct fy_node *node = fy_node_mapping_lookup_by_string(mapping, key, strlen(key));
	const char *text = fy_node_is_scalar(node) ? fy_node_get_scalar(node, length) : NULL;

	if (!text)
		*length = 0;
	return text;
}

static bool hex_at(struct fy_node *mapping, const char *key, uint64_t max, uint64_t *value)
{
	size_t length;
	const char *text = scalar(mapping, key, &length);

	return length && parse_hex(text, length, value) && *value <= max;
}

/* In double quotes; what is not printable ASCII becomes a question mark. */
static void write_name(const struct list *list, const char *text, size_t length)
{
	fputs("  - name: \"", list->out);
	for (size_t i = 0; i < length; i++) {
		char c = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';

		if (c == '"' || c == '\\')
			fputc('\\', list->out);
		fputc(c, list->out);
	}
	fputs("\"\n", list->out);
}

static void begin_entry(struct list *list, const char *name, size_t length)
{
	if (!list->written++)
		fputs("version: 1\n\ndevices:\n", list->out);
	write_name(list, name, length);
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && !memcmp(text, word, length);
}

/* A key that says something, and that is not taken */
static void tell_others(const struct list *list, struct fy_node *node, const char *const *known)
{
	void *iterator = NULL;
	struct fy_node_pair *pair;

	while ((pair = fy_node_mapping_iterate(node, &iterator))) {
		size_t length, i = 0;
		const char *key = fy_node_get_scalar(fy_node_pair_key(pair), &length);
		char text[40];

		while (key && known[i] && !is_word(key, length, known[i]))
			i++;
		if (key && known[i])
			continue;
		snprintf(text, sizeof(text), "%.*s", key && length < 30 ? (int)length : 0,
			 key ? key : "");
		for (char *c = text; *c; c++)
			*c = *c >= ' ' && *c <= '~' ? *c : '?';
		warn("%s:%u: '%s' cannot be said in a specification; left out", list->path,
		     line_of(list, fy_node_pair_key(pair)), text);
	}
}

/* "f96a" or "1234:f96a" */
static bool read_id(const char *text, size_t length, char id[16])
{
	const char *colon = memchr(text, ':', length);
	size_t vendor_length = colon ? (size_t)(colon - text) : 0;
	uint64_t vendor = 0, device;

	if (colon && (!parse_hex(text, vendor_length, &vendor) || vendor > 0xffff))
		return false;
	if (colon) {
		text = colon + 1;
		length -= vendor_length + 1;
	}
	if (!parse_hex(text, length, &device) || device > 0xffff)
		return false;
	if (colon)
		snprintf(id, 16, "%04x:%04x", (unsigned int)vendor, (unsigned int)device);
	else
		snprintf(id, 16, "*:%04x", (unsigned int)device);
	return true;
}

/*
 * "[DDDD:]BB:dd.f".  In a template (pcie.yaml.j2) a bus may be {{name}}, to be filled in on the
 * machine: then it is "*".
 */
static bool read_slot(struct fy_node *entry, char slot[32], bool *any_bus)
{
	uint64_t domain, bus, device, function;
	size_t length, used = 0;
	const char *text;

	if (!hex_at(entry, "dev", 0x1f, &device) || !hex_at(entry, "fn", 7, &function))
		return false;
	scalar(entry, "domain", &length);
	if (length) {
		if (!hex_at(entry, "domain", UINT32_MAX, &domain))
			return false;
		used = (size_t)snprintf(slot, 32, "%04x:", (unsigned int)domain);
	}
	text = scalar(entry, "bus", &length);
	*any_bus = length > 4 && !memcmp(text, "{{", 2) && !memcmp(text + length - 2, "}}", 2);
	if (*any_bus)
		used += (size_t)snprintf(slot + used, 32 - used, "*:");
	else if (hex_at(entry, "bus", 0xff, &bus))
		used += (size_t)snprintf(slot + used, 32 - used, "%02x:", (unsigned int)bus);
	else
		return false;
	snprintf(slot + used, 32 - used, "%02x.%x", (unsigned int)device, (unsigned int)function);
	return true;
}

static void take_sonic(struct list *list, struct fy_node *entry)
{
	static const char *const known[] = { "domain", "bus", "dev", "fn", "id", "name", NULL };
	const char *name, *text;
	bool any_bus, has_id;
	char slot[32], id[16];
	size_t length;

	if (!fy_node_is_mapping(entry) || !read_slot(entry, slot, &any_bus)) {
		warn_of(list, entry, "not a device: expected bus (00 to ff), dev (00 to 1f) and "
			"fn (0 to 7); left out");
		return;
	}
	name = scalar(entry, "name", &length);
	begin_entry(list, length ? name : slot, length ? length : strlen(slot));
	text = scalar(entry, "id", &length);
	has_id = length && read_id(text, length, id);
	if (any_bus && has_id)
		fprintf(list->out, "    select: {slot: \"%s\", id: \"%s\"}\n", slot, id);
	else
		fprintf(list->out, "    select: \"%s\"\n", slot);
	if (has_id && !any_bus)
		fprintf(list->out, "    id: \"%s\"\n", id);
	if (!has_id)
		warn_of(list, entry, "no id of 4 hexadecimal digits: any device may be there");
	if (any_bus)
		warn_of(list, entry, "a bus that is filled in on the machine: any bus");
	tell_others(list, entry, known);
}

/* "14.0", "1c.4/0.0": false when it is none */
static bool read_path(const char *text, size_t length, char path[160])
{
	size_t used = 0;

	for (size_t at = 0; at <= length; at++) {
		size_t end = at;
		uint64_t device, function;
		const char *dot;

		while (end < length && text[end] != '/')
			end++;
		dot = memchr(text + at, '.', end - at);
		if (!dot || !parse_hex(text + at, (size_t)(dot - text) - at, &device) ||
		    device > 0x1f || used > 140 ||
		    !parse_hex(dot + 1, (size_t)(text + end - dot - 1), &function) || function > 7)
			return false;
		used += (size_t)snprintf(path + used, 160 - used, "%s%02x.%x",
					 used ? "/" : "", (unsigned int)device,
					 (unsigned int)function);
		at = end;
	}
	return true;
}

/*
 * The first element of a path has no bus: it is on any root bus, as for the kernel's test.  That
 * wants exactly one device there; the specification can where one host bridge is meant.
 */
static void take_board_device(struct list *list, struct fy_node *entry, bool one_host_bridge)
{
	static const char *const known[] = { "path", "name", "type", "devices", NULL };
	size_t length, name_length, type_length = 0;
	const char *text = fy_node_is_mapping(entry) ? scalar(entry, "path", &length) : NULL;
	const char *name, *type;
	struct fy_node *behind;
	char path[160];

	if (!text || !read_path(text, length, path)) {
		warn_of(list, entry, "not a device on PCI: expected path as device.function below each "
			"bridge, as in 1c.4/00.0; left out");
		return;
	}
	type = scalar(entry, "type", &type_length);
	if (type && !is_word(type, type_length, "usb-controller")) {
		warn_of(list, entry, "a controller below a device, and none of USB: cannot be said "
			"in a specification; left out, with what is behind it");
		return;
	}
	name = scalar(entry, "name", &name_length);
	if (!name_length) {
		name = type ? type : path;
		name_length = type ? type_length : strlen(path);
	}
	begin_entry(list, name, name_length);
	fprintf(list->out, "    select: {path: \"%s\"}\n", path);
	if (one_host_bridge)
		fputs("    count: 1\n", list->out);
	if (type)
		fputs("    class: \"0c03\"\n", list->out);
	behind = fy_node_mapping_lookup_by_string(entry, "devices", strlen("devices"));
	if (behind)
		warn_of(list, behind, "devices on USB cannot be said in a specification; left out");
	tell_others(list, entry, known);
}

static bool is_host_bridge(struct fy_node *controller)
{
	size_t length = 0;
	const char *type = fy_node_is_mapping(controller) ? scalar(controller, "type", &length) :
		NULL;

	return type && is_word(type, length, "pci-controller");
}

/* Keys that say which of several controllers is meant */
static bool is_identified(struct fy_node *controller)
{
	static const char *const keys[] = { "dt-mmio", "of-fullname-regex", "acpi-uid" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (fy_node_mapping_lookup_by_string(controller, keys[i], strlen(keys[i])))
			return true;
	return false;
}

static void take_controller(struct list *list, struct fy_node *controller)
{
	static const char *const known[] = { "type", "devices", NULL };
	struct fy_node *devices, *entry;
	void *iterator = NULL;

	if (!is_host_bridge(controller)) {
		warn_of(list, controller, "not a pci-controller: cannot be said in a specification; "
			"left out, with what is behind it");
		return;
	}
	tell_others(list, controller, known);
	devices = fy_node_mapping_lookup_by_string(controller, "devices", strlen("devices"));
	if (!fy_node_is_sequence(devices)) {
		warn_of(list, controller, "a controller without devices");
		return;
	}
	while ((entry = fy_node_sequence_iterate(devices, &iterator)))
		take_board_device(list, entry,
				  list->host_bridges == 1 && !is_identified(controller));
}

/* In SONiC's list nothing has devices behind it. */
static bool is_board(struct list *list, struct fy_node *sequence)
{
	struct fy_node *entry;
	void *iterator = NULL;
	bool found = false;

	while ((entry = fy_node_sequence_iterate(sequence, &iterator))) {
		list->host_bridges += is_host_bridge(entry);
		found |= fy_node_is_mapping(entry) &&
			fy_node_mapping_lookup_by_string(entry, "devices", strlen("devices"));
	}
	return found || list->host_bridges;
}

static void take_list(struct list *list, struct fy_node *sequence,
		      void (*take)(struct list *list, struct fy_node *entry))
{
	struct fy_node *entry;
	void *iterator = NULL;

	while ((entry = fy_node_sequence_iterate(sequence, &iterator)))
		take(list, entry);
}

static void write_beginning(const struct list *list, const char *what)
{
	fputs("# Specification for pciaddr-check, made of ", list->out);
	for (const char *c = list->path; *c; c++)
		fputc(*c >= ' ' && *c <= '~' ? *c : '?', list->out);
	fprintf(list->out, " (%s).\n", what);
}

static bool take_document(struct yaml *yaml, void *target, struct fy_node *root)
{
	struct list *list = target;

	list->yaml = yaml;
	list->status = EXIT_USAGE;
	if (!fy_node_is_sequence(root)) {
		warn("%s: neither SONiC's pcie.yaml nor a board of the kernel's discoverable devices: "
		     "both are lists", list->path);
		return true;
	}
	if (is_board(list, root)) {
		write_beginning(list, "the kernel's list of discoverable devices");
		fputs("# The kernel's test also requires a driver bound to each: \"driver: NAME\" says "
		      "which.\n", list->out);
		take_list(list, root, take_controller);
	} else {
		write_beginning(list, "SONiC's list of PCIe devices");
		take_list(list, root, take_sonic);
	}
	if (list->written)
		list->status = EXIT_OK;
	else
		warn("%s: no PCI device in it that a specification could ask for", list->path);
	return true;
}

int import_text(FILE *out, const char *path, const char *text, size_t length)
{
	struct list list = { .out = out, .path = path, .status = EXIT_USAGE };
	struct arena arena = { NULL, 0, 0 };
	struct yaml yaml = { .name = path, .arena = &arena, .text = text, .length = length };

	if (!yaml_read_document(&yaml, &list, take_document)) {
		list.status = EXIT_USAGE;
		warn("%s", yaml.error ? yaml.error : "not YAML");
	}
	free(yaml.error);
	arena_free(&arena);
	return list.status;
}

int import_list(FILE *out, const char *path)
{
	size_t length;
	char *text = read_text_file(path, &length);
	int status;

	if (!text)
		die_errno(EXIT_USAGE, "%s", path);
	status = import_text(out, path, text, length);
	free(text);
	return status;
}
