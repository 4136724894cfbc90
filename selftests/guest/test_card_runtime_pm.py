# SPDX-License-Identifier: GPL-2.0-or-later
"""Runtime power management: the fpga card on PCI Express sleeps (D3hot) while nothing has its
node open, if that is allowed. An access wakes it, and only an access."""

import contextlib

import pytest
from harness.cards import EDU, REGISTERS
from harness.cards import FPGA as CONVENTIONAL
from harness.machines import ROOT_PORTS

FPGA = "0000:01:00.0"
POWER = f"/sys/bus/pci/devices/{FPGA}/power"
WORKS = "fpga-ctl --device fpga0 dma --len 4096"


def until(status):
    """The command that waits for a runtime status."""
    return (f"timeout 60 sh -c 'until grep -qx {status} {POWER}/runtime_status; do sleep 0.05; done'; "
            f"cat {POWER}/runtime_status")


def state(guest):
    """The power state in the card's own register: 0 to 3."""
    return int(guest.sh(f"setpci -s {FPGA} CAP_PM+4.w"), 16) & 3


def falls_asleep(guest):
    guest.sh(until("suspended"), matches=["^suspended$"])
    assert state(guest) == 3


def id_register(guest, base):
    return int(guest.hmp(f"i/w {base + REGISTERS['FPGA_ID']:#x}").split("=")[1], 0)


@ROOT_PORTS
class TestExpressCard:
    @pytest.fixture
    def asleep(self, guest):
        """The card, asleep; put back at the end."""
        guest.sh(f"echo 0 >{POWER}/autosuspend_delay_ms && echo auto >{POWER}/control")
        falls_asleep(guest)
        yield
        # It may have been bound anew, with the usual delay.
        guest.sh(f"echo on >{POWER}/control && test -e /dev/fpga0 && {WORKS}", matches=["verified"])
        assert guest.sh(f"cat {POWER}/runtime_status") == "active\n"

    def test_it_stays_awake_unless_that_is_allowed(self, guest):
        guest.sh(f"{WORKS} && sleep 2", matches=["verified"])
        assert guest.sh(f"cat {POWER}/control {POWER}/runtime_status") == "on\nactive\n"
        assert state(guest) == 0

    def test_an_open_file_keeps_it_awake(self, guest, asleep):
        guest.sh(f"exec 3</dev/fpga0 && cat {POWER}/runtime_status && sleep 2 && "
                 f"cat {POWER}/runtime_status", matches=[r"^active\nactive\n$"])
        falls_asleep(guest)

    def test_it_wakes_with_all_that_it_had(self, guest, asleep):
        guest.sh("head -c 4096 /dev/urandom >/tmp/before && dd if=/tmp/before of=/dev/fpga0 bs=4096 "
                 "count=1 conv=notrunc")
        falls_asleep(guest)
        guest.sh("dd if=/dev/fpga0 of=/tmp/after bs=4096 count=1 && cmp /tmp/before /tmp/after")
        guest.sh("fpga-ctl --device fpga0 selftest")
        falls_asleep(guest)

    def test_counters_go_on(self, guest, asleep):
        stats = "cat /sys/class/emucard/fpga0/stats/transfers"
        before = int(guest.sh(stats))
        falls_asleep(guest)
        slept = int(guest.sh(f"cat {POWER}/runtime_suspended_time"))
        # To read them does not wake it.
        assert state(guest) == 3
        guest.sh(WORKS, matches=["verified"])
        assert int(guest.sh(stats)) > before
        falls_asleep(guest)
        guest.sh("sleep 1")
        assert int(guest.sh(f"cat {POWER}/runtime_suspended_time")) > slept

    def test_its_ports_keep_their_address_and_do_not_answer(self, guest, asleep):
        """pciaddr-check looks at addresses, which are still what they were; and does not wake it."""
        base = int(guest.sh(f"head -n 1 /sys/bus/pci/devices/{FPGA}/resource").split()[0], 0)
        assert id_register(guest, base) == 0xFFFFFFFF
        guest.sh(f"pciaddr-check && pciaddr-check --expect {base:#x}-{base + 0x7FF:#x}@{FPGA} && "
                 "pciaddr-check --capture >/tmp/asleep.yaml && pciaddr-check --spec /tmp/asleep.yaml")
        assert state(guest) == 3
        with self.awake(guest):
            assert id_register(guest, base) != 0xFFFFFFFF
            guest.sh("pciaddr-check --spec /tmp/asleep.yaml && "
                     "pciaddr-check --capture >/tmp/awake.yaml && diff /tmp/asleep.yaml /tmp/awake.yaml")
        falls_asleep(guest)

    @contextlib.contextmanager
    def awake(self, guest):
        guest.sh(f"echo on >{POWER}/control")
        yield
        guest.sh(f"echo auto >{POWER}/control")

    @pytest.mark.parametrize("what", [
        f"cd /sys/bus/pci/drivers/fpga_pci && echo {FPGA} >unbind && sleep 1 && echo {FPGA} >bind",
        "modprobe -r fpga_pci && sleep 1 && modprobe fpga_pci",
        f"echo 1 >/sys/bus/pci/devices/{FPGA}/reset",
        f"echo 1 >/sys/bus/pci/devices/{FPGA}/remove && echo 1 >/sys/bus/pci/rescan",
    ], ids=["unbound and bound", "unloaded and loaded", "reset", "removed and found again"])  # fmt: skip
    def test_asleep(self, guest, asleep, what):
        guest.sh(f"{what} && udevadm settle && {WORKS}", matches=["verified"])
        guest.sh(f"echo 0 >{POWER}/autosuspend_delay_ms; echo auto >{POWER}/control")
        falls_asleep(guest)

    def test_unbound_while_its_node_is_open(self, guest, asleep):
        guest.sh(f"exec 3</dev/fpga0 && cd /sys/bus/pci/drivers/fpga_pci && echo {FPGA} >unbind && "
                 f"echo {FPGA} >bind && udevadm settle && exec 3<&- && {WORKS}", matches=["verified"])
        guest.sh(f"echo 0 >{POWER}/autosuspend_delay_ms; echo auto >{POWER}/control")
        falls_asleep(guest)

    def test_an_error_of_the_link_while_it_sleeps(self, guest, asleep):
        guest.sh("dmesg --clear")
        guest.hmp("pcie_aer_inject_error port1 DLP")
        guest.sh("timeout 60 sh -c 'until dmesg | grep -q \"device recovery\"; do sleep 0.1; done'; "
                 "dmesg | grep -E 'AER|recovery'", matches=["device recovery successful"])
        guest.sh(WORKS, matches=["verified"])
        falls_asleep(guest)


def test_conventional_cards_have_no_power_management(guest):
    for slot in (CONVENTIONAL, EDU):
        power = f"/sys/bus/pci/devices/{slot}/power"
        guest.sh(f"echo auto >{power}/control && sleep 2 && cat {power}/runtime_status && "
                 f"echo on >{power}/control", matches=["^active$"])
    guest.sh(WORKS, matches=["verified"])
