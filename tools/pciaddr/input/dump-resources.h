/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/ioports and /proc/iomem as parts of a file that has other things as well. */
#ifndef PCIADDR_INPUT_DUMP_RESOURCES_H
#define PCIADDR_INPUT_DUMP_RESOURCES_H

#include "pciaddr/input/dump-state.h"

/* Takes the line if it is "  2000-27ff : fpga_pci", without blanks in front. */
bool dump_read_resource(struct dump_reader *reader, const struct line *line);

/* To be called where such lines end: only then is it clear which of the two they are of. */
void dump_end_resources(struct dump_reader *reader);

#endif
