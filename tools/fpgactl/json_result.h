/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What commands print with --json. */
#ifndef FPGACTL_JSON_RESULT_H
#define FPGACTL_JSON_RESULT_H

#include <stdbool.h>

#include "common/json.h"
#include "fpgactl/device.h"

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
