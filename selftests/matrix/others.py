# SPDX-License-Identifier: GPL-2.0-or-later
"""The fixed address on other architectures: one card behind the bridge, through what happens."""

import dataclasses

import events
from guest.machine import devices
from guest.platforms import BRIDGE, FPGA
from layout import Event

PREFIX = "other: "
RANGE = "0x2000-0x27ff"
SLOT = "0000:01:01.0"
CARDS = (BRIDGE, FPGA)


@dataclasses.dataclass(frozen=True)
class Column:
    """lost: why Linux has the card elsewhere from the boot on; empty: the address holds.
    processors: of the machine
    """

    arch: str
    firmware: str
    says: str  # what describes the machine to Linux, for people
    kernel: str
    lost: str = ""
    processors: int = 2

    @property
    def name(self):
        return f"{PREFIX}{self.arch}, {self.firmware}, {self.kernel}"

    @property
    def head(self):
        return f"{self.arch}, {self.says}, {self.kernel}"

    @property
    def machine(self):
        """The Machine's options."""
        machine = {"arm64": "virt", "ppc64el": "pseries", "riscv64": "virt"}[self.arch]
        return {"arch": self.arch, "firmware": self.firmware, "kernel": self.kernel, "cards": False,
                "processors": self.processors, "qemu_args": devices(machine, CARDS)}  # fmt: skip


MOVED = (
    "Before 6.11 Linux does not look into the host bridge's node of the device tree for what it is to"
    " leave alone, and assigns everything anew: the card stays at 0x2000, Linux has it at 0x1000. The"
    " driver does not bind and says why; `pciaddr-check` names both numbers."
)
COLUMNS = (
    Column("arm64", "none", "device tree", "6.1", lost=MOVED),
    Column("arm64", "none", "device tree", "6.12"),
    Column("arm64", "aavmf", "ACPI", "6.1"),
    Column("arm64", "aavmf", "ACPI", "6.12"),
    # After loadvm and after a migration the second processor of QEMU 10.0's pseries gets no
    # interrupt any more under TCG, with or without cards.
    Column("ppc64el", "slof", "SLOF", "6.1", processors=1),
    Column("riscv64", "opensbi", "device tree", "6.12"),
)


def rescan(guest):
    events.rescan(guest, None, SLOT, None)


EVENTS = (
    Event("cold boot", events.nothing),
    Event("QMP system_reset", lambda guest: guest.reset()),
    Event("guest reboot", lambda guest: guest.reboot()),
    Event("removed and rescanned", rescan),
    Event("savevm and loadvm", events.save_and_restore),
    Event("live migration", lambda guest: guest.migrate()),
)

# Each line: a shell command, and the status with which it ends where the address is held, and where
# Linux has moved the card
QUESTIONS = (
    (f"pciaddr-check --expect {RANGE}@{SLOT}", 0, 1),
    (f"test fpga_pci = $(basename $(readlink /sys/bus/pci/devices/{SLOT}/driver || echo none))", 0, 1),
    (f"fpga-ctl --device {SLOT} dma --len 4096", 0, 3),
    ("setpci -s 01:01.0 BASE_ADDRESS_0 | grep -qx 00002001", 0, 0),
)
