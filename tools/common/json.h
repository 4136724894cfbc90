/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON results, made with json-c: short names for what it is used for here, and text that
 * may be anything.
 */
#ifndef TOOLS_COMMON_JSON_H
#define TOOLS_COMMON_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * json_new_text - a string, or null for NULL
 * @text: what is not UTF-8 in it (a file's name, a line of a broken dump) becomes U+FFFD,
 *        which json-c does not see to
 */
struct json_object *json_new_text(const char *text);

/* A new member of @object */
void json_put_text(struct json_object *object, const char *key, const char *text);
void json_put_uint(struct json_object *object, const char *key, uint64_t number);
void json_put_real(struct json_object *object, const char *key, double number);
void json_put_bool(struct json_object *object, const char *key, bool truth);

/**
 * json_write - write and let go of the object
 * @object: result
 * @form: one of json-c's JSON_C_TO_STRING_..., such as _PRETTY
 */
void json_write(FILE *out, struct json_object *object, int form);

/**
 * json_write_open - as json_write() on one line, but for the brace at the end
 * @object: one member or more; the caller writes others behind them, and the brace
 */
void json_write_open(FILE *out, struct json_object *object);

#endif
