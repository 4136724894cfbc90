// SPDX-License-Identifier: GPL-2.0-or-later
/* fpga-ctl list: which cards there are, without opening any. */
#include <stdio.h>
#include <string.h>

#include "fpgactl/command.h"
#include "fpgactl/json_result.h"
#include "fpgactl/select.h"

static const char help[] =
	"Shows every fpga and edu card of this machine, also those without a driver.\n"
	"Opens no card and needs no privileges.\n";

static const char *text_or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static struct json_object *card_json(const struct card *card)
{
	struct json_object *object = json_object_new_object();
	char id[16];

	snprintf(id, sizeof(id), "%04x:%04x", card->kind->vendor, card->kind->device);
	json_put_text(object, "device", text_or_null(card->name));
	json_put_text(object, "slot", card->slot);
	json_put_text(object, "id", id);
	json_put_text(object, "kind", card->kind->name);
	json_put_text(object, "driver", text_or_null(card->driver));
	json_put_text(object, "node", text_or_null(card->node));
	return object;
}

static void print_row(const struct card *card)
{
	printf("%-8s %-14s %04x:%04x  %-10s ", card->name[0] ? card->name : "-", card->slot,
	       card->kind->vendor, card->kind->device, card->driver[0] ? card->driver : "-");
	if (card->node[0])
		printf("%s\n", card->node);
	else if (!strcmp(card->driver, card->kind->module))
		printf("-  (no device node: see dmesg)\n");
	else if (card->driver[0])
		printf("-  (not the driver %s)\n", card->kind->module);
	else if (card->module_loaded)
		printf("-  (no driver: %s is loaded but did not bind, see dmesg)\n",
		       card->kind->module);
	else
		printf("-  (no driver: modprobe %s)\n", card->kind->module);
}

static int run(struct invocation *call, int argc, char **argv)
{
	struct json_object *array = NULL;
	struct card_list list;
	size_t shown = 0;

	no_options_or_die(call, argc, argv);
	find_cards_or_die(&list, call);
	if (call->json)
		array = json_object_new_array();

	for (size_t i = 0; i < list.count; i++) {
		const struct card *card = &list.cards[i];

		if (call->device && !selector_matches(call->device, card))
			continue;
		if (!shown++ && !call->json)
			printf("%-8s %-14s %-10s %-10s %s\n", "CARD", "SLOT", "ID", "DRIVER",
			       "NODE");
		if (call->json)
			json_object_array_add(array, card_json(card));
		else
			print_row(card);
	}
	if (!shown)
		die_no_match(&list, call->device);
	if (call->json)
		json_print(array, false);
	cards_free(&list);
	return EXIT_OK;
}

const struct command command_list = {
	.name = "list",
	.arguments = "[OPTION]...",
	.summary = "the cards of this machine",
	.help = help,
	.every_card = true,
	.run = run,
};
