# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines that several tests want, as marks."""

import pytest

# A card that has no fixed base, behind a bridge that has none
FREE_CARD = pytest.mark.machine(cards=False, qemu_args=(
    "-device", "dec-21154,id=dec,bus=pci.0,addr=4,chassis_nr=1",
    "-device", "fpga,bus=dec,addr=1",
))  # fmt: skip

# Behind root ports the fpga card is a PCI Express endpoint (FLR, MSI-X), and both can
# be unplugged. Of a link that can report it the kernel wants to hear that it is up again
# after a reset, which QEMU does not say where ACPI does the hot-plugging; the slowest
# cannot report it.
ROOT_PORTS = pytest.mark.machine(machine="q35", cards=False, bzimage=True, qemu_args=(
    "-device", "pcie-root-port,id=port1,bus=pcie.0,addr=4,chassis=1,slot=1,x-speed=2_5",
    "-device", "fpga,id=fpga,bus=port1",
    "-device", "pcie-root-port,id=port2,bus=pcie.0,addr=5,chassis=2,slot=2",
    "-device", "edu,id=edu,bus=port2",
))  # fmt: skip
