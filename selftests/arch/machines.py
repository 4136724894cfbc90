# SPDX-License-Identifier: GPL-2.0-or-later
"""The machines of other architectures that are tested, by a name for people."""

import dataclasses

import pytest


@dataclasses.dataclass(frozen=True)
class Tested:
    """options: the Machine's; uname: what uname -m says there; cards: those that have drivers.

    short: it is in the short run, too
    true_findings: what pciaddr-check has against the machine, and rightly
    """

    options: dict
    uname: str
    cards: tuple = ("fpga0", "edu0")
    page_kib: int = 4
    short: bool = False
    true_findings: tuple = ()


MACHINES = {
    "arm64": Tested({"arch": "arm64"}, "aarch64", short=True),
    # SLOF makes windows of 1 MiB, in which the card's 16 MiB have no room.
    "ppc64el": Tested({"arch": "ppc64el"}, "ppc64le", cards=("fpga0",), page_kib=64, short=True,
                      true_findings=("log-no-space",)),
    "riscv64": Tested({"arch": "riscv64"}, "riscv64"),
    "arm64 with ACPI": Tested({"arch": "arm64", "firmware": "aavmf", "kernel": "6.1"}, "aarch64"),
}  # fmt: skip


def each(*, short=True):
    """Parameters for pytest: each machine's name, with the marks that choose its guest."""
    for name, tested in MACHINES.items():
        marks = [pytest.mark.machine(**tested.options)]
        if not (short and tested.short):
            marks.append(pytest.mark.long("one arm64 and one ppc64el guest are in the short run"))
        yield pytest.param(name, marks=marks, id=name)
