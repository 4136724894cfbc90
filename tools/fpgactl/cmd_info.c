// SPDX-License-Identifier: GPL-2.0-or-later
/* fpga-ctl info: what a card is and can do, as its driver says. */
#include <inttypes.h>
#include <stdio.h>

#include <fpga_regs.h>

#include "common/numbers.h"
#include "fpgactl/command.h"
#include "fpgactl/json_result.h"
#include "fpgactl/select.h"

static const char help[] =
	"Shows what the driver says of all cards, or of the one that --device names.\n";

static const struct {
	uint64_t cap;
	const char *name;
} caps[] = {
	{ EMUCARD_CAP_DMA, "dma" },
	{ EMUCARD_CAP_REGS, "registers" },
	{ EMUCARD_CAP_IRQ, "irq" },
	{ EMUCARD_CAP_MMAP, "mmap" },
	{ EMUCARD_CAP_RESET, "reset" },
	{ EMUCARD_CAP_FACT, "fact" },
	{ EMUCARD_CAP_BUF, "buffers" },
	{ EMUCARD_CAP_DMABUF, "dma-buf" },
};

#define NCAPS	(sizeof(caps) / sizeof(caps[0]))

static const char *irq_mode(uint32_t mode)
{
	switch (mode) {
	case EMUCARD_IRQ_INTX:
		return "INTx";
	case EMUCARD_IRQ_MSI:
		return "MSI";
	case EMUCARD_IRQ_MSIX:
		return "MSI-X";
	default:
		return "unknown";
	}
}

static struct json_object *info_json(const struct device *dev)
{
	const struct emucard_info *info = &dev->info;
	struct json_object *object = json_for_device(dev);
	struct json_object *can = json_object_new_array();

	json_put_text(object, "node", dev->card.node);
	json_put_text(object, "kind", dev->card.kind->name);
	json_put_text(object, "driver", info->driver);
	json_put_uint(object, "api_version", info->api_version);
	json_put_uint(object, "card_version", info->card_version);
	json_put_text(object, "register_space", info->regs_are_ports ? "io" : "memory");
	json_put_uint(object, "register_base", info->regs_base);
	json_put_uint(object, "register_bytes", info->regs_size);
	json_put_bool(object, "fixed_address", device_can(dev, EMUCARD_CAP_FIXED_IO));
	json_put_uint(object, "dma_bytes", info->dma_size);
	json_put_uint(object, "mmap_bytes", info->mmap_size);
	json_put_text(object, "irq_mode", irq_mode(info->irq_mode));
	json_put_uint(object, "irq_vectors", info->irq_vectors);
	for (size_t i = 0; i < NCAPS; i++)
		if (device_can(dev, caps[i].cap))
			json_object_array_add(can, json_new_text(caps[i].name));
	json_object_object_add(object, "can", can);
	return object;
}

/* The edu card has its version in the upper half of the register too, but in bytes. */
static void print_version(const struct emucard_info *info)
{
	unsigned int major = info->card_version >> 16, minor = info->card_version & 0xffff;

	if (info->kind == EMUCARD_KIND_EDU) {
		major = info->card_version >> 24;
		minor = info->card_version >> 16 & 0xff;
	}
	printf("%u.%u\n", major, minor);
}

/* What is fixed is the port on the bus; where a host bridge translates, the CPU has another. */
static void print_fixed(struct device *dev, uint64_t first, uint64_t last)
{
	uint64_t base;

	if (device_reg_read(dev, FPGA_FIXED_BASE, 4, &base) || base == first)
		printf(", a fixed address");
	else
		printf(", on the bus %#" PRIx64 "-%#" PRIx64 ", a fixed address", base,
		       base + (last - first));
}

static void print_info(struct device *dev)
{
	const struct emucard_info *info = &dev->info;
	uint64_t first = info->regs_base, last = first + info->regs_size - 1;
	char text[SIZE_TEXT_MAX];

	printf("%s\n", dev->card.name);
	printf("  %-12s %s\n", "slot", dev->card.slot);
	printf("  %-12s %s\n", "node", dev->card.node);
	printf("  %-12s %s, interface version %" PRIu32 "\n", "driver", info->driver,
	       info->api_version);
	printf("  %-12s %s, version ", "card", dev->card.kind->name);
	print_version(info);
	printf("  %-12s %s %#" PRIx64 "-%#" PRIx64, "registers",
	       info->regs_are_ports ? "ports" : "memory", first, last);
	if (device_can(dev, EMUCARD_CAP_FIXED_IO))
		print_fixed(dev, first, last);
	printf("\n");
	printf("  %-12s %s by DMA", "memory", size_text(info->dma_size, text));
	if (info->mmap_size)
		printf(", %s by mmap", size_text(info->mmap_size, text));
	printf("\n  %-12s %s, %" PRIu32 " vector%s\n", "interrupts", irq_mode(info->irq_mode),
	       info->irq_vectors, info->irq_vectors == 1 ? "" : "s");
	printf("  %-12s", "can");
	for (size_t i = 0; i < NCAPS; i++)
		if (device_can(dev, caps[i].cap))
			printf(" %s", caps[i].name);
	putchar('\n');
}

static int run(struct invocation *call, int argc, char **argv)
{
	struct json_object *array = NULL;
	const struct card *only = NULL;
	int worst = EXIT_OK;
	struct card_list list;

	no_options_or_die(call, argc, argv);
	find_cards_or_die(&list, call);
	if (call->device)
		only = match_one_or_die(&list, call->device);
	if (call->json)
		array = json_object_new_array();
	/* what one card keeps to itself is no reason to be silent about the others */
	for (size_t i = 0; i < list.count; i++) {
		const struct card *card = &list.cards[i];
		enum exit_status status;
		struct device dev;

		if (only && only != card)
			continue;
		status = open_or_report(&dev, card);
		if (status) {
			/* a failure counts more than what is not possible here */
			if (worst != EXIT_FAILED)
				worst = status;
			continue;
		}
		if (call->json)
			json_object_array_add(array, info_json(&dev));
		else
			print_info(&dev);
		device_close(&dev);
	}
	if (call->json)
		json_print(array, false);
	cards_free(&list);
	return worst;
}

const struct command command_info = {
	.name = "info",
	.arguments = "[OPTION]...",
	.summary = "what a card is and can do",
	.help = help,
	.every_card = true,
	.run = run,
};
