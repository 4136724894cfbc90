// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/dump-extended.h"

#include <string.h>

#include "common/numbers.h"
#include "pciaddr/input/dump-words.h"
#include "pciaddr/model/pcispec.h"

#define EXTENDED_ALIGNMENT 4
#define VERSION_SHIFT 16

static void put(struct told *told, unsigned int offset, unsigned int size, uint32_t value)
{
	struct told_extended *extended = told->extended;

	if (offset < EXTENDED_BEGIN || offset + size > EXTENDED_BEGIN + EXTENDED_SIZE)
		return;
	for (unsigned int i = 0; i < size; i++) {
		unsigned int at = offset - EXTENDED_BEGIN + i;

		extended->bytes[at] = (uint8_t)(value >> (8 * i));
		set_bit(extended->present, at);
	}
}

/* ... and where it was read */
static void put_line(struct told *told, unsigned int offset, unsigned int size, uint32_t value,
		     uint32_t number)
{
	put(told, offset, size, value);
	if (told->origin_count < ORIGINS_MAX)
		told->origins[told->origin_count++] = (struct text_origin) {
			.offset = (uint16_t)offset, .length = (uint16_t)size, .line = number,
		};
}

static bool byte_present(const struct told *told, unsigned int offset)
{
	return offset - EXTENDED_BEGIN < EXTENDED_SIZE &&
		bit_is_set(told->extended->present, offset - EXTENDED_BEGIN);
}

/* The text has a line for each VF BAR that is not zero. */
static void finish_vf_bars(struct told *told)
{
	for (unsigned int i = 0; i < VF_BARS; i++) {
		unsigned int offset = told->extended->capability + SRIOV_BAR0 + 4 * i;

		if (!byte_present(told, offset))
			put(told, offset, 4, 0);
	}
}

/* How many there are belongs into the first. */
static void finish_resizes(struct told *told)
{
	const struct told_extended *extended = told->extended;

	for (unsigned int i = 0; i < extended->resize_count; i++) {
		const struct told_resize *resize = &extended->resizes[i];
		unsigned int offset = extended->capability + 8 * i;

		put_line(told, offset + REBAR_CAPABILITY, 4,
			 (uint32_t)(resize->sizes << REBAR_SIZES_SHIFT), resize->line);
		put_line(told, offset + REBAR_CONTROL, 4,
			 resize->index | (i ? 0 : extended->resize_count << REBAR_COUNT_SHIFT) |
			 resize->size << REBAR_SIZE_SHIFT |
			 (uint32_t)(resize->sizes >> REBAR_HIGH_FIRST) << REBAR_HIGH_SHIFT,
			 resize->line);
	}
}

/* What follows is of the capability at @next; 0: there is no other. */
static void end_capability(struct told *told, unsigned int next)
{
	struct told_extended *extended = told->extended;

	if (!extended->capability)
		return;
	if (extended->vf_bars)
		finish_vf_bars(told);
	finish_resizes(told);
	if (next || !extended->broken)
		put(told, extended->capability, 4, extended->id |
		    (uint32_t)extended->version << VERSION_SHIFT | next << EXTENDED_NEXT_SHIFT);
	extended->capability = 0;
	extended->vf_bars = false;
	extended->resize_count = 0;
}

void told_extended_finish(struct told *told)
{
	if (told->extended && told->extended->used)
		end_capability(told, 0);
}

static uint16_t extended_id(const struct line *name)
{
	static const struct {
		const char *name;
		uint16_t id;
	} names[] = {
		{ "Access Control Services", EXTENDED_ID_ACS },
		{ "Device Serial Number ", EXTENDED_ID_SERIAL },
		{ "Single Root I/O Virtualization", EXTENDED_ID_SRIOV },
		{ "Physical Resizable BAR", EXTENDED_ID_REBAR },
		{ "Resizable BAR", EXTENDED_ID_REBAR },
		{ "Virtual Resizable BAR", EXTENDED_ID_VF_REBAR },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (line_begins(name, names[i].name))
			return names[i].id;
	return 0;
}

/* "Device Serial Number 98-b7-85-ff-ff-01-02-03", the last byte of the register first */
static void told_serial(struct told *told, unsigned int offset, const struct line *name)
{
	static const char words[] = "Device Serial Number ";
	const char *text = name->text + strlen(words), *end = name->text + name->length;

	for (unsigned int i = 0; i < 8 && end - text >= 2; i++, text += 3) {
		int byte = hex_byte(text);

		if (byte < 0)
			return;
		put(told, offset + SERIAL_LOW + 7 - i, 1, (uint32_t)byte);
	}
}

/* "[160 v1] ", and of lspci -v and old versions "[160] " */
bool told_extended_capability(struct told *told, const struct line *line)
{
	struct told_extended *extended = told->extended;
	const char *open = line_find(line, "["), *close = line_find(line, "] ");
	unsigned int offset;
	struct line name;
	long version;

	if (!extended || !open || !close || close - open < 4 || !line_hex(line, open + 1, 3, &offset) ||
	    offset < EXTENDED_BEGIN || offset % EXTENDED_ALIGNMENT)
		return false;
	name = (struct line) { close + 2, (size_t)(line->text + line->length - close - 2) };
	if (!extended->used) {
		memset(extended, 0, sizeof(*extended));
		extended->used = true;
		/* the list begins there; what stood between is left out of the text */
		if (offset != EXTENDED_BEGIN) {
			extended->broken = true;
			extended->capability = EXTENDED_BEGIN;
			extended->version = 1;
		}
	}
	/* twice the same: lspci says that the list is a ring */
	if (byte_present(told, offset) || line_begins(&name, "<")) {
		extended->broken = true;
		end_capability(told, 0);
		return true;
	}
	end_capability(told, offset);
	version = line_number(line, " v");
	extended->capability = (uint16_t)offset;
	extended->id = extended_id(&name);
	if (extended->id == EXTENDED_ID_SERIAL)
		told_serial(told, offset, &name);
	/* what is no capability at all has 0 there */
	extended->version = version > 0 && version < 16 ? (uint8_t)version : 1;
	return true;
}

static const struct bit_name acs_bits[] = {
	{ "SrcValid", ACS_SOURCE_VALIDATION }, { "TransBlk", ACS_TRANSLATION_BLOCKING },
	{ "ReqRedir", ACS_REQUEST_REDIRECT }, { "CmpltRedir", ACS_COMPLETION_REDIRECT },
	{ "UpstreamFwd", ACS_UPSTREAM_FORWARDING }, { "EgressCtrl", ACS_EGRESS_CONTROL },
	{ "DirectTrans", ACS_DIRECT_TRANSLATED },
};

static bool told_acs(struct told *told, const struct line *line, uint32_t number)
{
	unsigned int at = told->extended->capability;

	if (line_begins(line, "ACSCap:"))
		put_line(told, at + ACS_CAPABILITY, 2, LINE_BITS(line, acs_bits), number);
	else if (line_begins(line, "ACSCtl:"))
		put_line(told, at + ACS_CONTROL, 2, LINE_BITS(line, acs_bits), number);
	else
		return false;
	return true;
}

static const struct bit_name sriov_bits[] = {
	{ "Enable", SRIOV_VF_ENABLE }, { "MSE", SRIOV_VF_MEMORY }, { "ARIHierarchy", 0x10 },
};

/* "Region 0: Memory at 0000383fff200000 (64-bit, prefetchable)" */
static void told_vf_bar(struct told *told, const struct line *line, uint32_t number)
{
	static const char at[] = "Memory at ";
	const char *text = line_find(line, at), *end = line->text + line->length;
	unsigned int index = (unsigned int)(line->text[7] - '0'), offset;
	bool wide = line_find(line, "(64-bit,");
	size_t digits = 0;
	uint64_t address;

	if (!text || index >= VF_BARS || (wide && index + 1 >= VF_BARS))
		return;
	text += strlen(at);
	while (text + digits < end && hex_digit(text[digits]) >= 0)
		digits++;
	if (!parse_hex(text, digits, &address) || (!wide && address > UINT32_MAX))
		return;
	offset = told->extended->capability + SRIOV_BAR0 + 4 * index;
	put_line(told, offset, 4, ((uint32_t)address & BAR_MEMORY_MASK) |
		 (wide ? BAR_MEMORY_64BIT : 0) |
		 (line_find(line, ", prefetchable)") ? BAR_PREFETCH : 0), number);
	if (wide)
		put(told, offset + 4, 4, (uint32_t)(address >> 32));
}

static bool told_sriov(struct told *told, const struct line *line, uint32_t number)
{
	unsigned int at = told->extended->capability;
	long total, enabled;

	if (line_begins(line, "IOVCtl:")) {
		put_line(told, at + SRIOV_CONTROL, 2, LINE_BITS(line, sriov_bits), number);
		told->extended->vf_bars = true;
	} else if (line_begins(line, "Initial VFs: ")) {
		total = line_number(line, "Total VFs: ");
		enabled = line_number(line, "Number of VFs: ");
		if (total >= 0 && total <= UINT16_MAX)
			put_line(told, at + SRIOV_TOTAL_VFS, 2, (uint32_t)total, number);
		if (enabled >= 0 && enabled <= UINT16_MAX)
			put_line(told, at + SRIOV_NUM_VFS, 2, (uint32_t)enabled, number);
	} else if (line_begins(line, "Region ") && line->length > 8) {
		told_vf_bar(told, line, number);
	} else {
		return false;
	}
	return true;
}

/* " 256MB" at @text, a power of two MiB; moves @text behind it; false: none. */
static bool take_size(const char **text, const char *end, unsigned int *power)
{
	static const char units[] = "MGTPE";
	unsigned int number = 0, shift = 0;
	const char *unit, *at = *text;

	while (at < end && *at == ' ')
		at++;
	for (; at < end && *at >= '0' && *at <= '9' && number < 1024; at++)
		number = number * 10 + (unsigned int)(*at - '0');
	if (!number || number & (number - 1) || end - at < 2 || at[1] != 'B')
		return false;
	unit = memchr(units, *at, strlen(units));
	if (!unit)
		return false;
	while (number >> (shift + 1))
		shift++;
	*power = shift + 10 * (unsigned int)(unit - units);
	*text = at + 2;
	return *power < 44;
}

/* "BAR 0: current size: 256MB, supported: 256MB 512MB 1GB" */
static bool told_resizable(struct told *told, const struct line *line, uint32_t number)
{
	static const char current[] = "current size:", supported[] = "supported:";
	struct told_extended *extended = told->extended;
	const char *text = line_find(line, current), *end = line->text + line->length;
	struct told_resize resize = { .line = number };
	long index = line_number(line, "BAR ");
	unsigned int power;

	if (!line_begins(line, "BAR ") || !text)
		return false;
	text += strlen(current);
	if (index < 0 || index > 5 || extended->resize_count == RESIZES_MAX ||
	    !take_size(&text, end, &resize.size))
		return true;
	resize.index = (unsigned int)index;
	text = line_find(line, supported);
	text = text ? text + strlen(supported) : end;
	while (take_size(&text, end, &power))
		resize.sizes |= 1ull << power;
	extended->resizes[extended->resize_count++] = resize;
	return true;
}

bool told_extended_line(struct told *told, const struct line *line, uint32_t number)
{
	if (!told->extended || !told->extended->used || !told->extended->capability)
		return false;
	switch (told->extended->id) {
	case EXTENDED_ID_ACS:
		return told_acs(told, line, number);
	case EXTENDED_ID_SRIOV:
		return told_sriov(told, line, number);
	case EXTENDED_ID_REBAR:
	case EXTENDED_ID_VF_REBAR:
		return told_resizable(told, line, number);
	default:
		return false;
	}
}
