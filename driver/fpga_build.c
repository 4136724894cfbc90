// SPDX-License-Identifier: GPL-2.0-only
/* fpga_pci.c as an object of another name than its module: see Kbuild. */
#include "fpga_pci.c"
