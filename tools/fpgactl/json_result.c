// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/json_result.h"

#include <stdio.h>

struct json_object *json_for_device(const struct device *dev)
{
	struct json_object *object = json_object_new_object();

	json_put_text(object, "device", dev->card.name);
	json_put_text(object, "slot", dev->card.slot);
	return object;
}

void json_print(struct json_object *object, bool one_line)
{
	json_write(stdout, object, one_line ? JSON_C_TO_STRING_PLAIN : JSON_C_TO_STRING_PRETTY);
	putchar('\n');
}
