# SPDX-License-Identifier: GPL-2.0-or-later
"""The numbers of the fpga card, by their names in include/fpga_regs.h."""

import os
import re

from where import TOP

with open(os.path.join(TOP, "include/fpga_regs.h"), encoding="utf-8") as header:
    REGISTERS = {name: int(value, 16) for name, value in
                 re.findall(r"^#define\s+(FPGA_\w+)\s+(0x[0-9a-fA-F]+)", header.read(), re.M)}
