// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SONiC: a list of {bus, dev, fn, id, name}, numbers hexadecimal without 0x, `id` that of the
 * device without its vendor.  Kernel: `devices`, of which those of type pci-controller have
 * `devices` with `path` (device.function below each bridge, hexadecimal) and `name`.
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

static void begin_entry(struct list *list, struct fy_node *node)
{
	size_t length;
	const char *name = scalar(node, "name", &length);

	if (!list->written++)
		fputs("\ndevices:\n", list->out);
	if (length)
		write_name(list, name, length);
	else
		write_name(list, "device", strlen("device"));
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

		while (key && known[i] && (strlen(known[i]) != length ||
					   memcmp(known[i], key, length)))
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

static void take_sonic(struct list *list, struct fy_node *entry)
{
	static const char *const known[] = { "bus", "dev", "fn", "id", "name", NULL };
	uint64_t bus, device, function, id;

	if (!fy_node_is_mapping(entry) || !hex_at(entry, "bus", 0xff, &bus) ||
	    !hex_at(entry, "dev", 0x1f, &device) || !hex_at(entry, "fn", 7, &function)) {
		warn_of(list, entry, "not a device: bus (00 to ff), dev (00 to 1f) and fn (0 to 7) "
			"are wanted; left out");
		return;
	}
	begin_entry(list, entry);
	fprintf(list->out, "    select: \"%02x:%02x.%x\"\n", (unsigned int)bus,
		(unsigned int)device, (unsigned int)function);
	if (hex_at(entry, "id", 0xffff, &id))
		fprintf(list->out, "    id: \"*:%04x\"\n", (unsigned int)id);
	else
		warn_of(list, entry, "no id of 4 hexadecimal digits: any device may be there");
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
					 used ? "/" : "00:", (unsigned int)device,
					 (unsigned int)function);
		at = end;
	}
	return true;
}

static void take_board_device(struct list *list, struct fy_node *entry)
{
	static const char *const known[] = { "path", "name", NULL };
	size_t length;
	const char *text = fy_node_is_mapping(entry) ? scalar(entry, "path", &length) : NULL;
	char path[160];

	if (!text || !read_path(text, length, path)) {
		warn_of(list, entry, "not a device on PCI: path wants device.function below each "
			"bridge, as in 1c.4/00.0; left out");
		return;
	}
	begin_entry(list, entry);
	/* of one element, it is a slot on the root bus */
	fprintf(list->out, "    select: {path: \"%s\"}\n", path);
	tell_others(list, entry, known);
}

static void take_controller(struct list *list, struct fy_node *controller)
{
	static const char *const known[] = { "type", "devices", NULL };
	size_t length = 0;
	const char *type = fy_node_is_mapping(controller) ? scalar(controller, "type", &length) :
		NULL;
	struct fy_node *devices, *entry;
	void *iterator = NULL;

	if (!type || length != strlen("pci-controller") ||
	    memcmp(type, "pci-controller", length)) {
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
		take_board_device(list, entry);
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
	fprintf(list->out, " (%s).\nversion: 1\n", what);
}

static bool take_document(struct yaml *yaml, void *target, struct fy_node *root)
{
	struct list *list = target;
	struct fy_node *devices = fy_node_is_mapping(root) ?
		fy_node_mapping_lookup_by_string(root, "devices", strlen("devices")) : NULL;

	list->yaml = yaml;
	list->status = EXIT_USAGE;
	if (fy_node_is_sequence(root)) {
		write_beginning(list, "SONiC's list of PCIe devices");
		take_list(list, root, take_sonic);
	} else if (fy_node_is_sequence(devices)) {
		write_beginning(list, "the kernel's list of discoverable devices");
		take_list(list, devices, take_controller);
	} else {
		warn("%s: neither SONiC's pcie.yaml (a list) nor a board of the kernel's "
		     "discoverable devices (a key 'devices')", list->path);
		return true;
	}
	if (list->written)
		list->status = EXIT_OK;
	else
		warn("%s: no PCI device in it that a specification could ask for", list->path);
	return true;
}

int import_list(FILE *out, const char *path)
{
	struct list list = { .out = out, .path = path, .status = EXIT_USAGE };
	struct arena arena = { NULL, 0, 0 };
	struct yaml yaml = { .name = path, .arena = &arena };
	size_t length;
	char *text = read_text_file(path, &length);

	if (!text)
		die_errno(EXIT_USAGE, "%s", path);
	yaml.text = text;
	yaml.length = length;
	if (!yaml_read_document(&yaml, &list, take_document)) {
		list.status = EXIT_USAGE;
		warn("%s", yaml.error ? yaml.error : "not YAML");
	}
	free(yaml.error);
	arena_free(&arena);
	free(text);
	return list.status;
}
