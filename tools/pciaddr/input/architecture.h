/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that tell what kind of machine a text is of. */
#ifndef PCIADDR_INPUT_ARCHITECTURE_H
#define PCIADDR_INPUT_ARCHITECTURE_H

#include "pciaddr/input/textfile.h"
#include "pciaddr/model/machine.h"

/* A line of a kernel's log without its stamp, of 'uname -a', or of lspci -v. */
void architecture_line(struct machine *machine, struct line line);

#endif
