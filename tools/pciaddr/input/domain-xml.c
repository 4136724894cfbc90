// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/domain-xml.h"

#include <errno.h>
#include <expat.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/die.h"
#include "common/numbers.h"
#include "pciaddr/input/unpack.h"

#define SIZE_MAX_READ (16u * 1024 * 1024)

/* Between a name space and a name, where Expat tells both: no URI holds it. */
#define SEPARATOR '\n'

struct open_element {
	struct xml_element *element;
	struct xml_element **end;	/* of its children */
};

struct reading {
	XML_Parser parser;
	struct arena *arena;
	struct xml_element *root;
	struct open_element *open;	/* from the root to the innermost one */
	size_t depth, room;
	char *text;			/* of the innermost one since its beginning */
	size_t text_length, text_room;
	bool document_type;
};

static char *read_file(struct machine *machine, const char *path, size_t *length)
{
	bool standard_input = !strcmp(path, "-");
	int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	char *text = xcalloc(1, SIZE_MAX_READ + 1);
	struct unpack *unpack;
	ssize_t count = 0;

	*length = 0;
	if (fd < 0) {
		machine_fail(machine, EXIT_USAGE, "%s: %s", machine->config_path,
			     strerror(errno));
		return text;
	}
	unpack = unpack_open(fd);
	do {
		count = unpack_read(unpack, text + *length, SIZE_MAX_READ + 1 - *length);
		*length += count > 0 ? (size_t)count : 0;
	} while (count > 0 && *length <= SIZE_MAX_READ);
	if (count < 0)
		machine_fail(machine, EXIT_USAGE, "%s: %s", machine->config_path,
			     unpack_error(unpack));
	else if (*length > SIZE_MAX_READ)
		machine_fail(machine, EXIT_USAGE, "%s: larger than 16 MiB: not a libvirt domain",
			     machine->config_path);
	unpack_close(unpack);
	if (!standard_input)
		close(fd);
	return text;
}

/* What a terminal would act on becomes a blank. */
static const char *keep(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_copy(arena, text, length);

	for (char *c = copy; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	return copy;
}

static unsigned long current_line(XML_Parser parser)
{
	/* Expat 2.9 calls the older function deprecated. */
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 9
	return XML_GetCurrentLineNumber64(parser);
#else
	return XML_GetCurrentLineNumber(parser);
#endif
}

static struct xml_element *element_new(struct reading *reading, const char *name,
				       const char **attributes)
{
	struct arena *arena = reading->arena;
	struct xml_element *element = arena_alloc(arena, sizeof(*element));
	const char *separator = strchr(name, SEPARATOR);
	struct xml_attribute **end = &element->attributes;

	if (separator) {
		element->name_space = keep(arena, name, (size_t)(separator - name));
		name = separator + 1;
	}
	element->name = keep(arena, name, strlen(name));
	element->line = (uint32_t)current_line(reading->parser);
	for (; attributes[0]; attributes += 2) {
		if (strchr(attributes[0], SEPARATOR))
			continue;
		*end = arena_alloc(arena, sizeof(**end));
		(*end)->name = keep(arena, attributes[0], strlen(attributes[0]));
		(*end)->value = keep(arena, attributes[1], strlen(attributes[1]));
		end = &(*end)->next;
	}
	return element;
}

static void begin_element(void *context, const char *name, const char **attributes)
{
	struct reading *reading = context;
	struct xml_element *element = element_new(reading, name, attributes);

	if (reading->depth) {
		struct open_element *parent = &reading->open[reading->depth - 1];

		*parent->end = element;
		parent->end = &element->next;
	} else {
		reading->root = element;
	}
	reading->open = array_room(reading->open, reading->depth, &reading->room,
				   sizeof(*reading->open));
	reading->open[reading->depth++] = (struct open_element) { element, &element->children };
	reading->text_length = 0;
}

static void end_element(void *context, const char *name)
{
	struct reading *reading = context;
	struct xml_element *element = reading->open[--reading->depth].element;

	(void)name;
	element->text = "";
	if (reading->text_length && !element->children)
		element->text = keep(reading->arena, reading->text, reading->text_length);
	reading->text_length = 0;
}

static void add_text(void *context, const char *text, int length)
{
	struct reading *reading = context;
	size_t wanted = reading->text_length + (size_t)length;

	if (wanted > reading->text_room) {
		reading->text_room = wanted * 2;
		reading->text = grow_array(reading->text, reading->text_room, 1);
	}
	memcpy(reading->text + reading->text_length, text, (size_t)length);
	reading->text_length = wanted;
}

/* What libvirt writes has no document type, and entities cannot come but by one. */
static void refuse_document_type(void *context, const char *name, const char *system,
				 const char *public, int has_subset)
{
	struct reading *reading = context;

	(void)name;
	(void)system;
	(void)public;
	(void)has_subset;
	reading->document_type = true;
	XML_StopParser(reading->parser, XML_FALSE);
}

static const struct xml_element *parse(struct machine *machine, const char *text, size_t length)
{
	struct reading reading = {
		.parser = XML_ParserCreateNS(NULL, SEPARATOR),
		.arena = &machine->arena,
	};
	XML_Parser parser = reading.parser;

	if (!parser)
		die(EXIT_CANNOT_TELL, "out of memory");
	XML_SetUserData(parser, &reading);
	XML_SetElementHandler(parser, begin_element, end_element);
	XML_SetCharacterDataHandler(parser, add_text);
	XML_SetStartDoctypeDeclHandler(parser, refuse_document_type);
	if (XML_Parse(parser, text, (int)length, true) != XML_STATUS_OK) {
		enum XML_Error error = XML_GetErrorCode(parser);

		if (error == XML_ERROR_NO_MEMORY)
			die(EXIT_CANNOT_TELL, "out of memory");
		reading.root = NULL;
		if (reading.document_type)
			machine_fail(machine, EXIT_USAGE, "%s: it has a document type declaration "
				     "(<!DOCTYPE ...>), which no libvirt domain has; refused for "
				     "the entities that it may define", machine->config_path);
		else
			machine_fail(machine, EXIT_USAGE, "%s:%lu: %s; expected: what 'virsh dumpxml "
				     "DOMAIN' prints", machine->config_path,
				     current_line(parser),
				     XML_ErrorString(error));
	}
	XML_ParserFree(parser);
	free(reading.open);
	free(reading.text);
	return reading.root;
}

const struct xml_element *domain_xml_read(struct machine *machine, const char *path)
{
	const struct xml_element *root = NULL;
	size_t length;
	char *text;

	text = read_file(machine, path, &length);
	if (!machine->error)
		root = parse(machine, text, length);
	free(text);
	return root;
}

bool xml_is(const struct xml_element *element, const char *name)
{
	return element && !strcmp(element->name, name);
}

const struct xml_element *xml_child(const struct xml_element *parent, const char *name)
{
	const struct xml_element *element = parent ? parent->children : NULL;

	while (element && !xml_is(element, name))
		element = element->next;
	return element;
}

const struct xml_element *domain_xml_domain(const struct xml_element *root)
{
	return xml_is(root, "domain") ? root : xml_child(root, "domain");
}

const char *xml_attribute(const struct xml_element *element, const char *name)
{
	const struct xml_attribute *attribute = element ? element->attributes : NULL;

	while (attribute && strcmp(attribute->name, name))
		attribute = attribute->next;
	return attribute ? attribute->value : NULL;
}

bool xml_attribute_is(const struct xml_element *element, const char *name, const char *value)
{
	const char *found = xml_attribute(element, name);

	return found && !strcmp(found, value);
}

static bool parse_octal(const char *text, uint64_t *value)
{
	*value = 0;
	for (; *text >= '0' && *text <= '7'; text++) {
		if (*value >> 61)
			return false;
		*value = *value << 3 | (uint64_t)(*text - '0');
	}
	return !*text;
}

bool xml_number(const struct xml_element *element, const char *name, uint64_t max,
		uint64_t *value)
{
	const char *text = xml_attribute(element, name);

	if (!text)
		return false;
	if (text[0] == '0' && text[1] >= '0' && text[1] <= '9')
		return parse_octal(text, value) && *value <= max;
	return parse_u64_max(text, max, value);
}
