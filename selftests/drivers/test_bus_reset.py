# SPDX-License-Identifier: GPL-2.0-or-later
"""A reset of a bus with two of the cards on it: the kernel prepares both before it resets the
bus, and then tells both. Newer kernels than 6.12 offer that to users (reset_subordinate)."""

import pytest

TWO_CARDS = pytest.mark.machine(kernel="7.3", cards=False, qemu_args=(
    "-device", "dec-21154,id=dec,bus=pci.0,addr=4,io-base=0x2000",
    "-device", "fpga,bus=dec,addr=1,io-base=0x2000",
    "-device", "fpga,bus=dec,addr=2,io-base=0x2800",
))  # fmt: skip


@TWO_CARDS
def test_two_cards_on_one_bus(guest, kselftest):
    guest.sh("ls /dev/fpga0 /dev/fpga1 /sys/bus/pci/devices/*/reset_subordinate")
    kselftest(guest, "reset")
    guest.sh("fpga-ctl --device fpga0 selftest && fpga-ctl --device fpga1 selftest")
