# SPDX-License-Identifier: GPL-2.0-or-later
"""The tools' command lines on real cards: guest-*.bats, in the guest."""

import glob
import os

import pytest
from harness import SELFTESTS

DIRECTORY = "/usr/libexec/fpga-pci/cli"
# They remove a card and have Linux find it again, somewhere else.
MOVES_CARDS = "guest-fpga-ctl.bats"

FILES = sorted(map(os.path.basename, glob.glob(f"{SELFTESTS}/cli/guest-*.bats")),
               key=lambda name: (name == MOVES_CARDS, name))


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=pytest.mark.spoils_guest if name == MOVES_CARDS else ())
    for name in FILES
])  # fmt: skip
def test_command_line(guest, tap, name):
    tap("bats", "--tap", f"{DIRECTORY}/{name}", guest=guest)
