// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/spec/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/nearest.h"
#include "common/utf8.h"

#define LINE_SHOWN 120		/* characters of the offending line */

/* The line with the error, and a caret under it. */
static void show_line(FILE *out, const struct yaml *yaml, struct yaml_pos place)
{
	const char *text = yaml->text, *end = yaml->text + yaml->length;
	size_t length, skipped = 0, column = place.column ? place.column - 1 : 0;

	for (unsigned int line = 1; line < place.line && text; line++) {
		text = memchr(text, '\n', (size_t)(end - text));
		text = text ? text + 1 : NULL;
	}
	if (!place.line || !text || text >= end)
		return;
	for (length = 0; text + length < end; length++)
		if (text[length] == '\r' || text[length] == '\n')
			break;
	if (column > LINE_SHOWN) {
		skipped = column - LINE_SHOWN / 2;
		skipped = skipped < length ? skipped : length;
	}
	fprintf(out, "\n%5u | ", place.line);
	for (size_t i = skipped; i < length && i < skipped + LINE_SHOWN; i++)
		fputc(text[i] >= ' ' && text[i] <= '~' ? text[i] :
		      text[i] == '\t' ? ' ' : '?', out);
	fprintf(out, "\n      | %*s^", (int)(column - skipped), "");
}

static void __attribute__((format(printf, 3, 0))) keep_error(struct yaml *yaml,
							     struct yaml_pos place,
							     const char *format, va_list args)
{
	size_t size;
	FILE *out;

	if (yaml->error)
		return;
	out = open_memstream(&yaml->error, &size);
	if (!out)
		return;
	if (place.line)
		fprintf(out, "%s:%u:%u: ", yaml->name, place.line, place.column);
	else
		fprintf(out, "%s: ", yaml->name);
	vfprintf(out, format, args);
	show_line(out, yaml, place);
	fclose(out);
}

static bool __attribute__((format(printf, 3, 4))) error_at(struct yaml *yaml,
			  struct yaml_pos place, 
							   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep_error(yaml, place, format, args);
	va_end(args);
	return false;
}

/* Mappings and sequences have no token of their own: their first scalar stands for them. */
struct yaml_pos yaml_place(const struct yaml *yaml, struct fy_node *node)
{
	const struct fy_mark *mark = NULL;
	void *iterator = NULL;

	while (node && !mark) {
		struct fy_token *token = fy_node_get_scalar_token(node);
		struct fy_node_pair *pair;

		if (token) {
			mark = fy_token_start_mark(token);
			break;
		}
		iterator = NULL;
		if (fy_node_is_mapping(node)) {
			pair = fy_node_mapping_iterate(node, &iterator);
			node = pair ? fy_node_pair_key(pair) : NULL;
		} else if (fy_node_is_sequence(node)) {
			node = fy_node_sequence_iterate(node, &iterator);
		} else {
			node = NULL;
		}
	}
	if (!mark)
		return yaml->place;
	return (struct yaml_pos) { (unsigned int)mark->line + 1, (unsigned int)mark->column + 1 };
}

bool yaml_error(struct yaml *yaml, struct fy_node *node, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep_error(yaml, yaml_place(yaml, node), format, args);
	va_end(args);
	return false;
}

const char *yaml_text(struct yaml *yaml, struct fy_node *node)
{
	size_t length;
	const char *text;

	if (!node || !fy_node_is_scalar(node)) {
		yaml_error(yaml, node, "expected a single value, not a mapping or a list");
		return NULL;
	}
	if (fy_node_is_alias(node)) {
		yaml_error(yaml, node, "aliases (*name) are not supported: write the value out");
		return NULL;
	}
	text = fy_node_get_scalar(node, &length);
	if (!text || !length) {
		yaml_error(yaml, node, "a value is missing here");
		return NULL;
	}
	if (memchr(text, '\0', length)) {
		yaml_error(yaml, node, "a NUL character in a value");
		return NULL;
	}
	return arena_copy(yaml->arena, text, length);
}

static bool unknown_key(struct yaml *yaml, struct fy_node *node, const char *name,
			const struct yaml_key *keys)
{
	const char *list = "";
	struct nearest nearest;

	nearest_start(&nearest, name);
	for (unsigned int i = 0; keys[i].name; i++) {
		nearest_offer(&nearest, keys[i].name);
		list = arena_printf(yaml->arena, "%s%s%s", list, i ? ", " : "", keys[i].name);
	}
	if (nearest.best)
		return yaml_error(yaml, node, "unknown key '%s'; did you mean '%s'?", name,
				  nearest.best);
	return yaml_error(yaml, node, "unknown key '%s'; there are: %s", name, list);
}

bool yaml_mapping(struct yaml *yaml, struct fy_node *node, const struct yaml_key *keys,
		  void *target)
{
	struct yaml_pos outer = yaml->place;
	struct fy_node_pair *pair;
	void *iterator = NULL;

	if (!node || !fy_node_is_mapping(node))
		return yaml_error(yaml, node, "expected a mapping here (KEY: VALUE lines)");
	while ((pair = fy_node_mapping_iterate(node, &iterator))) {
		const struct yaml_key *key = keys;
		const char *name = yaml_text(yaml, fy_node_pair_key(pair));

		if (!name)
			return false;
		yaml->place = yaml_place(yaml, fy_node_pair_key(pair));
		while (key->name && strcmp(key->name, name))
			key++;
		if (!key->name)
			return unknown_key(yaml, fy_node_pair_key(pair), name, keys);
		if (!key->read(yaml, target, fy_node_pair_value(pair)))
			return false;
		yaml->place = outer;
	}
	return true;
}

bool yaml_sequence(struct yaml *yaml, struct fy_node *node, void *target,
		   bool (*read)(struct yaml *yaml, void *target, struct fy_node *node))
{
	struct fy_node *element;
	void *iterator = NULL;

	if (!node || !fy_node_is_sequence(node))
		return yaml_error(yaml, node, "expected a list here ('- ' before each element)");
	while ((element = fy_node_sequence_iterate(node, &iterator)))
		if (!read(yaml, target, element))
			return false;
	return true;
}

int yaml_word(struct yaml *yaml, struct fy_node *node, const char *const *words)
{
	const char *text = yaml_text(yaml, node), *list = "";
	struct nearest nearest;

	if (!text)
		return -1;
	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], text))
			return i;
	nearest_start(&nearest, text);
	for (int i = 0; words[i]; i++) {
		nearest_offer(&nearest, words[i]);
		list = arena_printf(yaml->arena, "%s%s%s", list, i ? ", " : "", words[i]);
	}
	if (nearest.best)
		yaml_error(yaml, node, "'%s' is not one of %s; did you mean '%s'?", text, list,
			   nearest.best);
	else
		yaml_error(yaml, node, "'%s' is not one of %s", text, list);
	return -1;
}

bool yaml_bool(struct yaml *yaml, struct fy_node *node, bool *value)
{
	static const char *const words[] = { "false", "true", "off", "on", "no", "yes", NULL };
	int word = yaml_word(yaml, node, words);

	*value = word & 1;
	return word >= 0;
}

bool yaml_number(struct yaml *yaml, struct fy_node *node, uint64_t max, uint64_t *value)
{
	const char *text = yaml_text(yaml, node);

	if (!text)
		return false;
	if (!parse_u64(text, value))
		return yaml_error(yaml, node,
				  "'%s' is not a number (decimal, or 0x and hexadecimal)", 
				  text);
	if (*value > max)
		return yaml_error(yaml, node, "'%s' is too big, at most %llu is possible", text,
				  (unsigned long long)max);
	return true;
}

bool yaml_range(struct yaml *yaml, struct fy_node *node, struct range *range)
{
	const char *text = yaml_text(yaml, node);

	if (!text)
		return false;
	if (!parse_range(text, range))
		return yaml_error(yaml, node, "'%s': %s", text, range_error(text));
	return true;
}

bool yaml_size(struct yaml *yaml, struct fy_node *node, uint64_t *size)
{
	const char *text = yaml_text(yaml, node);

	if (!text)
		return false;
	if (!parse_size(text, size))
		return yaml_error(yaml, node, "'%s' is not a size; expected a number, with K, M, G "
				  "or T if you like, for example 0x800 or 16M", text);
	return true;
}

/* libfyaml's own message, in our form. */
static bool syntax_error(struct yaml *yaml, struct fy_diag *diag)
{
	struct fy_diag_error *error;
	void *iterator = NULL;

	while ((error = fy_diag_errors_iterate(diag, &iterator)))
		if (error->msg)
			return error_at(yaml, (struct yaml_pos) {
				error->line > 0 ? (unsigned int)error->line : 0,
				error->column > 0 ? (unsigned int)error->column : 0 },
				"not valid YAML: %s", error->msg);
	return error_at(yaml, (struct yaml_pos) { 0, 0 }, "not valid YAML");
}

static bool read_documents(struct yaml *yaml, struct fy_parser *parser, struct fy_diag *diag,
			   void *target,
			   bool (*read)(struct yaml *yaml, void *target, struct fy_node *root))
{
	struct fy_document *document = fy_parse_load_document(parser);
	struct fy_document *second;
	bool good;

	if (fy_diag_got_error(diag)) {
		fy_parse_document_destroy(parser, document);
		return syntax_error(yaml, diag);
	}
	if (!document || !fy_document_root(document)) {
		fy_parse_document_destroy(parser, document);
		return error_at(yaml, (struct yaml_pos) { 0, 0 },
				"the specification is empty: there is nothing to check");
	}
	good = read(yaml, target, fy_document_root(document));
	fy_parse_document_destroy(parser, document);
	if (!good)
		return false;
	second = fy_parse_load_document(parser);
	if (second || fy_diag_got_error(diag)) {
		fy_parse_document_destroy(parser, second);
		if (fy_diag_got_error(diag))
			return syntax_error(yaml, diag);
		return error_at(yaml, (struct yaml_pos) { 0, 0 },
				"a second document ('---') in the file; one is read");
	}
	return true;
}

/*
 * YAML 1.2.2, 5.1: printable characters in UTF-8.  libfyaml 0.7.12 never ends on some files
 * that are something else, so that it is not left to find out.
 */
static bool check_characters(struct yaml *yaml)
{
	struct yaml_pos place = { 1, 1 };

	for (size_t at = 0; at < yaml->length;) {
		unsigned char c = (unsigned char)yaml->text[at];
		size_t length = utf8_length(yaml->text + at, yaml->length - at);

		if (!length)
			return error_at(yaml, place, "not UTF-8 (byte 0x%02x)", c);
		if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return error_at(yaml, place, "a control character (0x%02x)", c);
		place.column++;
		if (c == '\n')
			place = (struct yaml_pos) { place.line + 1, 1 };
		at += length;
	}
	return true;
}

bool yaml_read_document(struct yaml *yaml, void *target,
			bool (*read)(struct yaml *yaml, void *target, struct fy_node *root))
{
	struct fy_parse_cfg config = { .flags = FYPCF_QUIET | FYPCF_DISABLE_MMAP_OPT };
	struct fy_diag_cfg diag_config;
	struct fy_parser *parser;
	struct fy_diag *diag;
	bool good;

	if (!check_characters(yaml))
		return false;
	fy_diag_cfg_default(&diag_config);
	diag_config.fp = NULL;
	diag_config.level = FYET_ERROR;
	diag = fy_diag_create(&diag_config);
	if (!diag)
		return error_at(yaml, (struct yaml_pos) { 0, 0 }, "out of memory");
	fy_diag_set_collect_errors(diag, true);
	config.diag = diag;
	parser = fy_parser_create(&config);
	if (!parser || fy_parser_set_string(parser, yaml->text, yaml->length)) {
		if (parser)
			fy_parser_destroy(parser);
		fy_diag_destroy(diag);
		return error_at(yaml, (struct yaml_pos) { 0, 0 }, "out of memory");
	}
	good = read_documents(yaml, parser, diag, target, read);
	fy_parser_destroy(parser);
	fy_diag_destroy(diag);
	return good;
}
