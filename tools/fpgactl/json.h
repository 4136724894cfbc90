/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON results: short names for what json-c is used for here. */
#ifndef FPGACTL_JSON_H
#define FPGACTL_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "fpgactl/device.h"

void json_put_text(struct json_object *object, const char *key, const char *text);
void json_put_uint(struct json_object *object, const char *key, uint64_t number);
void json_put_real(struct json_object *object, const char *key, double number);
void json_put_bool(struct json_object *object, const char *key, bool truth);

/**
 * json_for_device - a new object that says which card it is about
 * @dev: card
 */
struct json_object *json_for_device(const struct device *dev);

/**
 * json_print - write to standard output and let go of the object
 * @object: result
 * @one_line: for a stream of results, one on each line
 */
void json_print(struct json_object *object, bool one_line);

#endif
