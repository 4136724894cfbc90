# SPDX-License-Identifier: GPL-2.0-or-later
"""The project on other architectures than x86, in guests of QEMU's."""

import machines
import pytest
from harness.cards import FPGA, RANGE
from harness.kselftests import programs

# What shows most of an architecture in little time
SHORT_PROGRAMS = ("abi", "dma", "irq")


@pytest.mark.parametrize("name", machines.each())
def test_cards(guest, subtests, name):
    tested = machines.MACHINES[name]
    with subtests.test("it is that architecture, with its pages"):
        guest.sh("uname -m", matches=[f"^{tested.uname}$"])
        guest.sh("grep -m 1 KernelPageSize /proc/self/smaps", matches=[rf"\b{tested.page_kib} kB"])
    for card in tested.cards:
        with subtests.test(f"{card} has its driver, and passes fpga-ctl selftest"):
            guest.sh(f"fpga-ctl --device {card} selftest")
        with subtests.test(f"{card}: 4096 bytes by DMA, verified"):
            guest.sh(f"fpga-ctl --device {card} dma --len 4096", matches=["verified"])
    with subtests.test("the card is at its fixed ports, as the bus has them"):
        guest.sh(f"pciaddr-check --expect {RANGE}@1234:f96a", matches=[r"\b0 failed, 0 unknown"])
        guest.sh("cat /sys/class/emucard/fpga0/expected_range", matches=[f"{RANGE} met"])
    with subtests.test("fpga-ctl info says both: the bus's ports and the CPU's"):
        guest.sh("fpga-ctl --device fpga0 info", matches=[RANGE])


@pytest.mark.parametrize("name", machines.each())
def test_check_has_no_false_alarm(guest, name):
    tested = machines.MACHINES[name]
    said = guest.sh("pciaddr-check --color=never", status=1 if tested.true_findings else 0)
    failed = {line.split()[1] for line in said.splitlines() if line.startswith("FAILED")}
    assert failed == set(tested.true_findings)
    assert not any(line.startswith("unknown") for line in said.splitlines()), said


@pytest.mark.parametrize("name", machines.each())
@pytest.mark.parametrize("program", SHORT_PROGRAMS)
def test_kselftest(guest, kselftest, name, program):
    kselftest(guest, program)


@pytest.mark.parametrize("name", machines.each(short=False))
@pytest.mark.parametrize("program", [name for name in programs() if name not in SHORT_PROGRAMS])
def test_kselftest_that_takes_longer(guest, kselftest, name, program):
    kselftest(guest, program)


@pytest.mark.parametrize("name", machines.each(short=False))
def test_card_that_is_removed_comes_back(guest, name):
    guest.sh(f"echo 1 >/sys/bus/pci/devices/{FPGA}/remove && echo 1 >/sys/bus/pci/rescan")
    guest.sh(f"pciaddr-check --expect {RANGE}@1234:f96a && fpga-ctl --device fpga0 dma --len 4096",
             matches=["verified"])


@pytest.mark.long("Linux 6.1 boots once more")
@pytest.mark.machine(arch="arm64", kernel="6.1")
def test_linux_that_moves_everything_is_noticed(guest, subtests):
    """Before 6.11 Linux does not ask the device tree of a host bridge what it is to leave alone."""
    with subtests.test("the driver refuses, and says what to do"):
        guest.sh("dmesg | grep 'fpga_pci.*holds port'", matches=["0x2000", "linux,pci-probe-only"])
        guest.sh("test ! -e /sys/class/emucard/fpga0")
    with subtests.test("pciaddr-check says so"):
        guest.sh("pciaddr-check --color=never", status=1,
                 matches=[r"FAILED +bar-kernel +0000:01:01\.0", r"kernel 0x1000-0x17ff"])
