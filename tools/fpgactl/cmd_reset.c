// SPDX-License-Identifier: GPL-2.0-or-later
/* fpga-ctl reset: the card as after power-on. */
#include <stdio.h>

#include "fpgactl/card_message.h"
#include "fpgactl/command.h"
#include "fpgactl/json_result.h"
#include "fpgactl/select.h"
#include "fpgactl/units.h"

static const char help[] =
	"Puts the card's registers into their reset state. Transfers that are in flight\n"
	"fail; what is in the card's memory stays.\n";

static int run(struct invocation *call, int argc, char **argv)
{
	struct json_object *object;
	char card[CARD_TEXT_SIZE];
	struct device dev;
	uint64_t begin, ns;
	int ret;

	no_options_or_die(call, argc, argv);
	select_device_or_die(&dev, call, EMUCARD_CAP_RESET);
	begin = now_ns();
	ret = device_reset(&dev);
	ns = now_ns() - begin;
	if (ret)
		device_die(&dev, ret, "reset");
	if (call->json) {
		object = json_for_device(&dev);
		json_put_real(object, "seconds", (double)ns / 1e9);
		json_print(object, false);
	} else {
		printf("%s: reset, in %s\n", card_text(&dev.card, card), time_text(ns).text);
	}
	device_close(&dev);
	return EXIT_OK;
}

const struct command command_reset = {
	.name = "reset",
	.arguments = "[OPTION]...",
	.summary = "put a card into its reset state",
	.help = help,
	.run = run,
};
