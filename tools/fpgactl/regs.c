// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/regs.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/nearest.h"
#include "common/numbers.h"

static bool parse_offset(const struct reg *regs, size_t count, const char *text,
			 struct reg_ref *ref)
{
	uint64_t offset;

	if (!parse_u64_max(text, UINT32_MAX, &offset))
		return false;
	ref->offset = (uint32_t)offset;
	ref->width = 4;
	for (size_t i = 0; i < count; i++) {
		const struct reg *reg = &regs[i];

		if (offset < reg->offset || offset - reg->offset >= reg->width * reg->count)
			continue;
		ref->reg = reg;
		ref->index = (ref->offset - reg->offset) / reg->width;
		ref->byte = (ref->offset - reg->offset) % reg->width;
		ref->width = reg->width;
	}
	return true;
}

static const char *without_prefix(const char *text)
{
	if (!strncasecmp(text, "FPGA_", 5))
		return text + 5;
	if (!strncasecmp(text, "EDU_", 4))
		return text + 4;
	return text;
}

/* "[7]" after the name of an array; nothing after the name of another register */
static bool parse_index(const struct reg *reg, const char *text, uint32_t *index)
{
	size_t len = strlen(text);
	char digits[16] = "";
	uint64_t n;

	*index = 0;
	if (!len)
		return true;
	if (len < 3 || text[0] != '[' || text[len - 1] != ']' || len - 2 >= sizeof(digits))
		return false;
	memcpy(digits, text + 1, len - 2);
	if (!parse_u64_max(digits, reg->count - 1, &n))
		return false;
	*index = (uint32_t)n;
	return true;
}

const struct reg *reg_without_index(const struct reg *regs, size_t count, const char *text)
{
	const char *name = without_prefix(text);
	size_t len = strcspn(name, "[");

	for (size_t i = 0; i < count; i++)
		if (strlen(regs[i].name) == len && !strncasecmp(regs[i].name, name, len))
			return &regs[i];
	return NULL;
}

bool reg_parse(const struct reg *regs, size_t count, const char *text, struct reg_ref *ref)
{
	const char *name = without_prefix(text);
	const struct reg *reg;

	*ref = (struct reg_ref){ 0 };
	if (isdigit((unsigned char)text[0]))
		return parse_offset(regs, count, text, ref);

	reg = reg_without_index(regs, count, text);
	if (!reg || !parse_index(reg, name + strcspn(name, "["), &ref->index))
		return false;
	ref->reg = reg;
	ref->offset = reg->offset + ref->index * reg->width;
	ref->width = reg->width;
	return true;
}

const char *reg_nearest(const struct reg *regs, size_t count, const char *text)
{
	struct nearest nearest;

	nearest_start(&nearest, without_prefix(text));
	for (size_t i = 0; i < count; i++)
		nearest_offer(&nearest, regs[i].name);
	return nearest.best;
}

void reg_name(const struct reg_ref *ref, char *text, size_t size)
{
	size_t at;

	if (!ref->reg) {
		snprintf(text, size, "%#05" PRIx32, ref->offset);
		return;
	}
	at = (size_t)snprintf(text, size, "%s", ref->reg->name);
	if (ref->reg->count > 1 && at < size)
		at += (size_t)snprintf(text + at, size - at, "[%" PRIu32 "]", ref->index);
	if (ref->byte && at < size)
		snprintf(text + at, size - at, "+%" PRIu32, ref->byte);
}

static unsigned int lowest_bit(uint64_t mask)
{
	unsigned int shift = 0;

	while (!(mask & 1)) {
		mask >>= 1;
		shift++;
	}
	return shift;
}

void reg_decode(const struct reg *reg, uint64_t value, char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	if (!reg || !reg->fields)
		return;
	for (const struct reg_field *f = reg->fields; f->name && at < size; f++) {
		const char *space = at ? " " : "";
		uint64_t part = value & f->mask;

		if (!part)
			continue;
		if (f->mask & (f->mask - 1))
			at += (size_t)snprintf(text + at, size - at, "%s%s=%" PRIu64, space,
					       f->name, part >> lowest_bit(f->mask));
		else
			at += (size_t)snprintf(text + at, size - at, "%s%s", space, f->name);
	}
}

const char *reg_access_name(enum reg_access access)
{
	static const char *const names[] = {
		[REG_RO] = "RO", [REG_RW] = "RW", [REG_W1C] = "W1C", [REG_WO] = "WO",
	};

	return names[access];
}
