# SPDX-License-Identifier: GPL-2.0-or-later
"""@NAME@: what is tested here, in one line."""

import pytest

# "guest" is a booted guest with the default cards. Another machine (the options of Machine in
# scripts/lib/guest/machine.py): @pytest.mark.machine(machine="q35", firmware="ovmf") before a test.
# Tests that want the same machine share one guest; a test that does not leave it as it was has
# @pytest.mark.spoils_guest before it.


def test_card_is_at_its_ports(guest):
    """sh() runs a shell command, and fails unless it ends with this status (0 if nothing is said)
    and its output has these regular expressions."""
    guest.sh("pciaddr-check --expect 0x2000-0x27ff@1234:f96a", status=0, matches=[" 0 failed"])


@pytest.mark.parametrize("length", ["1", "4096", "1M"])
def test_dma(guest, length):
    """Once for each value"""
    assert "verified" in guest.sh(f"fpga-ctl --device fpga0 dma --len {length}")


def test_bridge_has_its_window(guest):
    """hmp() and qmp() are QEMU's monitor; reset(), plug() and others are of the machine."""
    assert "IO range [0x2000, 0x2fff]" in guest.hmp("info pci")
