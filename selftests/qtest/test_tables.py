# SPDX-License-Identifier: GPL-2.0-or-later
"""An ordinary guest's ACPI tables are those of a QEMU without the patches, byte for byte.

unpatched-tables.txt has hashes of what a QEMU of Debian's source gives that is built in the same way,
without the patches. The suite qemu-build compares the two at each patch, with any QEMU.
"""

import pathlib
import re

import pytest

from harness import SELFTESTS
from harness.commands import run, script

HASHES = pathlib.Path(SELFTESTS, "qtest/unpatched-tables.txt")


def unpatched(series):
    """The lines for this series of QEMU: below "# QEMU 10.0"."""
    text = HASHES.read_text(encoding="utf-8")
    found = re.search(rf"^# QEMU {re.escape(series)}\n((?:[0-9a-f]{{64}} .*\n)+)", text, re.MULTILINE)
    return found and found[1].splitlines()


def test_tables_of_ordinary_machines_are_those_of_qemu_without_the_patches():
    qemu = script("qemu")
    series = re.search(r"version (\d+\.\d+)", run(qemu, "--version"))[1]
    expected = unpatched(series)
    if not expected:
        pytest.skip(f"{HASHES.name} has no tables of QEMU {series} without the patches")
    found = run(f"{SELFTESTS}/qtest/acpi-tables", qemu).splitlines()
    assert len(found) == len(expected) >= 10
    assert found == expected
