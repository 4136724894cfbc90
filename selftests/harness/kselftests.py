# SPDX-License-Identifier: GPL-2.0-or-later
"""The drivers' kselftests, in the guest, each in the time that its settings give it."""

import os
import re

import pytest

from . import SELFTESTS

SOURCE = os.path.join(SELFTESTS, "drivers/emucard")
DIRECTORY = "/usr/libexec/fpga-pci/kselftests"


def settings():
    """{name: value} of the file "settings", as the kernel's own runner reads it."""
    with open(os.path.join(SOURCE, "settings"), encoding="utf-8") as file:
        return dict(line.strip().split("=", 1) for line in file if "=" in line)


def programs():
    """The names of the tests that are all run, by the Makefile."""
    with open(os.path.join(SOURCE, "Makefile"), encoding="utf-8") as file:
        text = file.read().replace("\\\n", " ")
    return re.search(r"^TEST_GEN_PROGS\s*:?=(.*)$", text, re.MULTILINE)[1].split()


@pytest.fixture
def kselftest(tap):
    """kselftest(guest, NAME): runs one, each of its tests a result; returns its output's lines."""

    def run(guest, name, **options):
        # As the kernel's runner has it, 45 s if nothing is said.
        timeout = int(settings().get("timeout", 45)) or 3600
        return tap(f"{DIRECTORY}/{name}", guest=guest, name=name,
                   **{"timeout": timeout, "cwd": DIRECTORY, **options})

    return run
