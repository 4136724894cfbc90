// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/domain-xml.h"

#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/die.h"
#include "pciaddr/input/unpack.h"

#define SIZE_MAX_READ (16u * 1024 * 1024)

/* What a parser has found besides the tree. */
struct parse_notes {
	struct machine *machine;
	bool document_type;
	const char *error;	/* the first one; those after it follow from it */
	int line;
};

static xmlParserInput *load_nothing(const char *url, const char *id, xmlParserCtxt *context)
{
	(void)url;
	(void)id;
	(void)context;
	return NULL;
}

/* Machines are read by several threads, and the library wants to be begun by one. */
static void begin_library(void)
{
	xmlInitParser();
	xmlSetExternalEntityLoader(load_nothing);
}

/* What libvirt writes has no document type, and entities cannot come but by one. */
static void refuse_document_type(void *context, const xmlChar *name, const xmlChar *id,
				 const xmlChar *system)
{
	xmlParserCtxt *parser = context;

	(void)name;
	(void)id;
	(void)system;
	((struct parse_notes *)parser->_private)->document_type = true;
	xmlStopParser(parser);
}

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

/* The library's messages end in a line feed, and quote what is in the file. */
static const char *error_text(struct machine *machine, const xmlError *error)
{
	char *text;

	if (!error->message)
		return "not XML";
	text = arena_copy(&machine->arena, error->message, strcspn(error->message, "\r\n"));
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return text;
}

/* The type of the argument has become const in version 2.12. */
#if LIBXML_VERSION >= 21200
#define XML_ERROR const xmlError
#else
#define XML_ERROR xmlError
#endif

static void keep_first(void *context, XML_ERROR *error)
{
	struct parse_notes *notes = ((xmlParserCtxt *)context)->_private;

	if (notes->error || error->level < XML_ERR_ERROR)
		return;
	notes->error = error_text(notes->machine, error);
	notes->line = error->line;
}

static xmlDoc *parse(struct machine *machine, const char *text, size_t length)
{
	const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
		XML_PARSE_BIG_LINES | XML_PARSE_NOCDATA;
	xmlParserCtxt *parser = xmlNewParserCtxt();
	struct parse_notes notes = { .machine = machine };
	xmlDoc *document;

	if (!parser)
		die(EXIT_CANNOT_TELL, "out of memory");
	parser->_private = &notes;
	parser->sax->serror = keep_first;
	parser->sax->internalSubset = refuse_document_type;
	document = xmlCtxtReadMemory(parser, text, (int)length, NULL, NULL, options);
	if (notes.document_type)
		machine_fail(machine, EXIT_USAGE, "%s: it has a document type declaration "
			     "(<!DOCTYPE ...>), which no libvirt domain has; refused for the "
			     "entities that it may define", machine->config_path);
	else if (!document || !parser->wellFormed)
		machine_fail(machine, EXIT_USAGE, "%s:%d: %s; wanted: what 'virsh dumpxml DOMAIN' "
			     "prints", machine->config_path, notes.line,
			     notes.error ? notes.error : "not XML");
	if (machine->error) {
		xmlFreeDoc(document);
		document = NULL;
	}
	xmlFreeParserCtxt(parser);
	return document;
}

xmlDoc *domain_xml_read(struct machine *machine, const char *path)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	xmlDoc *document = NULL;
	size_t length;
	char *text;

	pthread_once(&once, begin_library);
	text = read_file(machine, path, &length);
	if (!machine->error)
		document = parse(machine, text, length);
	free(text);
	return document;
}

bool xml_is(const xmlNode *node, const char *name)
{
	return node && node->type == XML_ELEMENT_NODE && !strcmp((const char *)node->name, name);
}

xmlNode *xml_next(const xmlNode *parent, const xmlNode *last)
{
	xmlNode *node = last ? last->next : parent ? parent->children : NULL;

	while (node && node->type != XML_ELEMENT_NODE)
		node = node->next;
	return node;
}

xmlNode *xml_child(const xmlNode *parent, const char *name)
{
	xmlNode *node = NULL;

	while ((node = xml_next(parent, node)))
		if (xml_is(node, name))
			break;
	return node;
}

xmlNode *domain_xml_root(xmlDoc *document)
{
	xmlNode *root = xmlDocGetRootElement(document);

	return xml_is(root, "domain") ? root : xml_child(root, "domain");
}

const char *xml_attribute(struct arena *arena, const xmlNode *node, const char *name)
{
	xmlChar *value = node ? xmlGetNoNsProp(node, (const xmlChar *)name) : NULL;
	char *copy;

	if (!value)
		return NULL;
	copy = arena_copy(arena, (char *)value, strlen((char *)value));
	xmlFree(value);
	for (char *c = copy; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	return copy;
}

bool xml_attribute_is(const xmlNode *node, const char *name, const char *value)
{
	xmlChar *found = node ? xmlGetNoNsProp(node, (const xmlChar *)name) : NULL;
	bool same = found && !strcmp((char *)found, value);

	xmlFree(found);
	return same;
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

bool xml_number(struct arena *arena, const xmlNode *node, const char *name, uint64_t max,
		uint64_t *value)
{
	const char *text = xml_attribute(arena, node, name);

	if (!text)
		return false;
	if (text[0] == '0' && text[1] >= '0' && text[1] <= '9')
		return parse_octal(text, value) && *value <= max;
	return parse_u64_max(text, max, value);
}

uint32_t xml_line(const xmlNode *node)
{
	long line = xmlGetLineNo(node);

	return line > 0 ? (uint32_t)line : 0;
}
