// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/register_arg.h"

#include <inttypes.h>

#include "common/alloc.h"

uint32_t width_or_die(const struct invocation *call, const char *text)
{
	uint64_t width = number_or_die(call, "--width", text, 1, 8);

	if (width & (width - 1))
		usage_error(call, "--width: %" PRIu64 " is not 1, 2, 4 or 8", width);
	return (uint32_t)width;
}

void find_register_or_die(struct reg_ref *ref, const struct invocation *call,
			  const struct device *dev, const char *word, uint32_t width)
{
	const struct reg *reg;
	const char *nearest;

	if (reg_parse(dev->regs, dev->nregs, word, ref)) {
		if (width)
			ref->width = width;
		return;
	}
	reg = reg_without_index(dev->regs, dev->nregs, word);
	if (reg && reg->count > 1)
		usage_error(call, "'%s': there are %s[0] to %s[%" PRIu32 "]", word, reg->name,
			    reg->name, reg->count - 1);
	if (reg)
		usage_error(call, "'%s': %s has no index", word, reg->name);
	nearest = reg_nearest(dev->regs, dev->nregs, word);
	die_advice(EXIT_USAGE,
		   nearest ? xasprintf("did you mean %s? '%s read --names' lists them", nearest,
				       program_name())
			   : xasprintf("'%s read --names' lists them", program_name()),
		   "%s: %s has no register '%s'", call->command->name, dev->card.name, word);
}

void check_access_or_die(const struct invocation *call, const struct device *dev,
			 const struct reg_ref *ref)
{
	char name[64];

	reg_name(ref, name, sizeof(name));
	if (!(dev->info.reg_widths & ref->width))
		usage_error(call, "%s takes no accesses of %" PRIu32 " byte%s", dev->card.name,
			    ref->width, ref->width == 1 ? "" : "s");
	if (ref->offset % ref->width)
		usage_error(call, "%s: offset %#" PRIx32 " is not a multiple of the width, "
			    "%" PRIu32 " bytes", name, ref->offset, ref->width);
	if (ref->width > dev->info.regs_size || ref->offset > dev->info.regs_size - ref->width)
		usage_error(call, "%s: offset %#" PRIx32 " is outside the registers of %s, which "
			    "have %#" PRIx32 " bytes", name, ref->offset, dev->card.name,
			    dev->info.regs_size);
}
