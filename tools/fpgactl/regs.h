/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cards' registers by name, and what their bits mean. */
#ifndef FPGACTL_REGS_H
#define FPGACTL_REGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reg_access { REG_RO, REG_RW, REG_W1C, REG_WO };

struct reg_field {
	const char *name;
	uint64_t mask;
};

struct reg {
	const char *name;
	uint32_t offset;	/* in the register BAR [bytes] */
	uint32_t width;		/* [bytes] */
	uint32_t count;		/* above 1: an array, NAME[0] to NAME[count - 1] */
	enum reg_access access;
	const struct reg_field *fields;		/* ends with a NULL name */
	const char *summary;
};

/* What one word on the command line refers to */
struct reg_ref {
	const struct reg *reg;	/* NULL: an offset at which there is none */
	uint32_t index;		/* in an array */
	uint32_t byte;		/* in the register, 0 but for an offset inside of it */
	uint32_t offset;
	uint32_t width;		/* the register's own; 4 where there is none */
};

/**
 * regs_of_kind - the registers of a kind of card, in rising order of offset
 * @kind: EMUCARD_KIND_*
 * @count: result
 *
 * Return: the table, NULL if there is none.
 */
const struct reg *regs_of_kind(uint32_t kind, size_t *count);

/**
 * reg_parse - find a register by name, NAME[INDEX] or offset
 * @regs: table
 * @count: its length
 * @text: name in any case, with or without the header's prefix FPGA_ or EDU_;
 *	or offset, decimal or with 0x
 * @ref: result
 *
 * Return: false if there is no such name, or the index is too large.
 */
bool reg_parse(const struct reg *regs, size_t count, const char *text, struct reg_ref *ref);

/**
 * reg_without_index - the register of this name, whatever index is given with it
 * @regs: table
 * @count: its length
 * @text: as to reg_parse()
 *
 * Return: NULL if there is none.
 */
const struct reg *reg_without_index(const struct reg *regs, size_t count, const char *text);

/**
 * reg_nearest - the name that was probably meant
 * @regs: table
 * @count: its length
 * @text: a name that reg_parse() does not know
 *
 * Return: a name, NULL if none is near.
 */
const char *reg_nearest(const struct reg *regs, size_t count, const char *text);

/**
 * reg_name - "SCRATCH", "REGFILE[3]", "SCRATCH+1", or the offset in hexadecimal
 * @ref: register
 * @text: result
 * @size: of @text
 */
void reg_name(const struct reg_ref *ref, char *text, size_t size);

/**
 * reg_decode - "DONE ERROR COUNT=3": the fields of a value that are not 0
 * @reg: whose fields; NULL gives ""
 * @value: as read
 * @text: result
 * @size: of @text
 */
void reg_decode(const struct reg *reg, uint64_t value, char *text, size_t size);

/**
 * reg_access_name - "RO", "RW", "W1C", "WO"
 * @access: kind of access
 */
const char *reg_access_name(enum reg_access access);

#endif
