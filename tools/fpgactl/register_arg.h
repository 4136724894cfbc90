/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A register as a command line names it: REGISTER, --width. */
#ifndef FPGACTL_REGISTER_ARG_H
#define FPGACTL_REGISTER_ARG_H

#include "fpgactl/command.h"
#include "fpgactl/device.h"
#include "fpgactl/regs.h"

/* What REGISTER and --width mean, for the help of the commands that take them */
#define REGISTER_HELP \
	"REGISTER is a name as in the data sheet (SCRATCH, or FPGA_SCRATCH, in any case),\n" \
	"one of an array (REGFILE[3]), or an offset in bytes (0x00c).\n"
#define WIDTH_HELP \
	"  -w, --width BYTES    1, 2, 4 or 8; default: the register's own, 4 at an offset\n"

/**
 * width_or_die - the value of --width
 * @call: the command
 * @text: as given
 */
uint32_t width_or_die(const struct invocation *call, const char *text);

/**
 * find_register_or_die - the register that a word means
 * @ref: result
 * @call: the command
 * @dev: card
 * @word: as given
 * @width: of the access; 0: the register's own
 */
void find_register_or_die(struct reg_ref *ref, const struct invocation *call,
			  const struct device *dev, const char *word, uint32_t width);

/**
 * check_access_or_die - does the card take an access of this width, at this offset?
 * @call: the command
 * @dev: card
 * @ref: register
 */
void check_access_or_die(const struct invocation *call, const struct device *dev,
			 const struct reg_ref *ref);

#endif
