# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/fpga-datasheet.md and include/fpga_regs.h say the same."""

import re

import pytest
from harness import TOP

with open(f"{TOP}/include/fpga_regs.h", encoding="utf-8") as file:
    HEADER = file.read()
with open(f"{TOP}/docs/fpga-datasheet.md", encoding="utf-8") as file:
    SHEET = file.read().splitlines()

# Each plain number in the header, as it is written there
NUMBERS = dict(re.findall(r"^#define +((?:FPGA|DEC)_[A-Z0-9_]+)\s+(0x[0-9a-f]+|[0-9]+)(?:\s|$)",
                          HEADER, re.MULTILINE))


@pytest.mark.parametrize("name", NUMBERS)
def test_number_is_the_same_in_the_data_sheet(name):
    lines = [line for line in SHEET if f"`{name}`" in line]
    assert lines, f"no line of docs/fpga-datasheet.md names {name}"
    number = re.compile(rf"(?<![0-9a-fx]){NUMBERS[name]}(?![0-9a-f])", re.IGNORECASE)
    assert any(number.search(line) for line in lines)


def test_every_name_in_the_data_sheet_is_in_the_header():
    named = set(re.findall(r"`((?:FPGA|DEC)_[A-Z0-9_]+)`", "\n".join(SHEET)))
    defined = set(re.findall(r"^#define +(\w+)\s", HEADER, re.MULTILINE))
    assert not named - defined
