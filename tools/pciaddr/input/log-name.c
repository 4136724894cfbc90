// SPDX-License-Identifier: GPL-2.0-or-later
/* What a line of the kernel's calls a resource. */
#include "pciaddr/input/log-told.h"

#include "pciaddr/model/pcispec.h"

const char *log_read_decimal(const char *text, unsigned int most, unsigned int *value)
{
	const char *at = text;

	for (*value = 0; *at >= '0' && *at <= '9' && at - text < 3; at++)
		*value = *value * 10 + (unsigned int)(*at - '0');
	return at > text && *value <= most ? at : NULL;
}

/* "reg 0x10", "reg 10": a register of a BAR; that of a virtual one says not which it is. */
static const char *read_register(const char *text, struct item_name *name)
{
	uint64_t value;
	const char *rest = log_read_hex(text, &value);

	if (!rest)
		return NULL;
	name->kind = NAME_BAR;
	if (value == CFG_ROM || value == CFG_BRIDGE_ROM)
		name->number = LOG_ITEM_ROM;
	else if (value >= CFG_BAR0 && value < CFG_BAR0 + 24 && value % 4 == 0)
		name->number = (unsigned int)(value - CFG_BAR0) / 4;
	else
		return NULL;
	return rest;
}

const char *log_read_name(const char *text, struct item_name *name)
{
	const char *rest;

	rest = log_after(text, "BAR ");
	if (rest) {
		rest = log_read_decimal(rest, 16, &name->number);
		name->kind = name->number > LOG_ITEM_ROM ? NAME_NUMBER : NAME_BAR;
		return rest;
	}
	rest = log_after(text, "VF BAR ");
	if (rest) {
		name->kind = NAME_VF;
		return log_read_decimal(rest, VF_BARS - 1, &name->number);
	}
	rest = log_after(text, "ROM");
	if (rest) {
		*name = (struct item_name) { NAME_BAR, LOG_ITEM_ROM };
		return *rest == ' ' || *rest == ':' ? rest : NULL;
	}
	rest = log_after(text, "CardBus bridge window ");
	if (rest) {
		name->kind = NAME_CARDBUS;
		return log_read_decimal(rest, 1, &name->number);
	}
	rest = log_after(text, "bridge window");
	if (rest) {
		name->kind = NAME_WINDOW;
		return rest;
	}
	rest = log_after(text, "reg ");
	return rest ? read_register(rest, name) : NULL;
}

static enum window_kind window_of(const struct printed_resource *printed)
{
	if (printed->space == SPACE_IO)
		return WINDOW_IO;
	return printed->prefetchable ? WINDOW_PREFETCHABLE : WINDOW_MEMORY;
}

/*
 * Numbers from 7 on depend on the header, and on whether the kernel has SR-IOV: with it they
 * are virtual BARs up to 12 and windows from 13 on, otherwise windows from 7 on.
 */
static bool numbered_window(const struct told_line *line, unsigned int number,
			    const struct printed_resource *printed)
{
	const struct log_function *function = log_facts_function(line->facts, &line->slot);

	if (number >= LOG_ITEM_ROM + 1 + VF_BARS) {
		line->facts->vf_numbers = true;
		return true;
	}
	/* virtual functions have no I/O */
	if (printed->space != SPACE_IO && !line->port_driver &&
	    !(function && (function->is_bridge || function->buses_known)))
		return false;
	line->facts->window_numbers = true;
	return true;
}

unsigned int log_item_of(const struct told_line *line, const struct item_name *name,
			    const struct printed_resource *printed)
{
	switch (name->kind) {
	case NAME_BAR:
		return name->number;
	case NAME_VF:
		return LOG_ITEM_VF_BAR + name->number;
	case NAME_NUMBER:
		if (numbered_window(line, name->number, printed))
			return LOG_ITEM_WINDOW + window_of(printed);
		return LOG_ITEM_VF_BAR + name->number - (LOG_ITEM_ROM + 1);
	case NAME_CARDBUS:
		if (name->number)
			return LOG_ITEM_WINDOW + (printed->space == SPACE_IO ? WINDOW_IO_1 :
						  WINDOW_MEMORY_1);
		break;
	case NAME_WINDOW:
		break;
	}
	return LOG_ITEM_WINDOW + window_of(printed);
}

struct log_resource *log_take(struct told_line *line, const struct item_name *name,
				 const struct printed_resource *printed)
{
	struct log_resource *resource =
		log_facts_take_resource(line->facts, &line->slot, log_item_of(line, name, printed));

	resource->by_number = name->kind == NAME_NUMBER;
	resource->space = (uint8_t)printed->space;
	resource->prefetchable = printed->prefetchable;
	resource->is_64bit = printed->is_64bit;
	if (printed->size)
		resource->size = printed->size;
	return resource;
}

void log_set_outcome(struct told_line *line, struct log_resource *resource,
			enum log_outcome outcome)
{
	resource->outcome = (uint8_t)outcome;
	resource->line = line->number;
	resource->has_address = false;
	resource->not_taken = false;
	resource->not_reserved = false;
}

void log_set_address(struct told_line *line, struct log_resource *resource,
			const struct printed_resource *printed, enum log_outcome outcome)
{
	if (!printed->has_range || printed->empty || printed->disabled)
		return;
	log_set_outcome(line, resource, outcome);
	resource->range = printed->range;
	resource->has_address = printed->range.first != 0;
}
