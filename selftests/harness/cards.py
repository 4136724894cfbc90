# SPDX-License-Identifier: GPL-2.0-or-later
"""The cards of the default machine, and the fpga card's registers."""

import os
import re

from . import TOP

BRIDGE = "0000:00:04.0"
FPGA = "0000:01:01.0"
EDU = "0000:00:05.0"
RANGE = "0x2000-0x27ff"

with open(os.path.join(TOP, "include/fpga_regs.h"), encoding="utf-8") as header:
    REGISTERS = {name: int(value, 16) for name, value in
                 re.findall(r"^#define\s+(FPGA_\w+)\s+(0x[0-9a-fA-F]+)", header.read(), re.M)}
