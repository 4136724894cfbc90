/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lspci -v has put into words, back into the registers that it read: "Control: I/O+"
 * is a bit of the command register.  So everything that looks at config space can also look
 * at a text without hex; only the bytes that the text tells are there.
 */
#ifndef PCIADDR_INPUT_DUMP_REGISTERS_H
#define PCIADDR_INPUT_DUMP_REGISTERS_H

#include "pciaddr/input/dump-state.h"

void told_begin(struct told *told);

/* These bytes, little-endian, by the line of this number. */
void told_bytes(struct told *told, unsigned int offset, unsigned int size, uint32_t value,
		uint32_t number);

/* "ISA bridge [0601]: Intel ... [8086:7000] (rev 02) (prog-if 00 [...])" behind the slot */
void told_header(struct told *told, const struct line *line, uint32_t number);

/* "IDE interface", at the line's end or before a colon: the class, of those that decide here */
bool line_class_name(const struct line *line, unsigned int *class);

/* A line of -v without the blanks in front; nothing happens when it tells no register. */
void told_line(struct told *told, const struct line *line, uint32_t number);

/* After the last line, with the regions that came with it: what follows from all of them. */
void told_finish(struct told *told, const struct region *regions, unsigned int count);

#endif
