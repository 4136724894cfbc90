# SPDX-License-Identifier: GPL-2.0-or-later
"""Where things are: the tree, the guest's library, and the cards of the default machine."""

import os
import sys

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
GUEST = os.path.join(TOP, "scripts/guest")

sys.path.insert(0, os.path.join(TOP, "scripts/lib"))

FPGA = "0000:01:01.0"
EDU = "0000:00:05.0"
BRIDGE = "0000:00:04.0"
RANGE = "0x2000-0x27ff"
