# SPDX-License-Identifier: GPL-2.0-or-later
"""What fpga-ctl says and does when the card misbehaves, by QEMU's properties fault-*."""

import pytest
from harness import is_long
from harness.cards import FPGA

CARD = "/machine/peripheral/fpga"
DMA = "fpga-ctl --device fpga0 dma --len 4096 --timeout 2"
RAISE = "fpga-ctl --device fpga0 irq raise --timeout 500ms"
RESET = "fpga-ctl --device fpga0 reset"
# The card has lost what was configured: it is to be found and configured anew.
AGAIN = (
    f"echo 1 >/sys/bus/pci/devices/{FPGA}/remove && echo 1 >/sys/bus/pci/rescan && "
    "udevadm settle --timeout=60"
)

# Each wait in vain takes its time: 20 s altogether.
WITHOUT_INTERRUPTS = (
    ("no interrupts at all: selftest fails where it needs them, and only there",
     "fpga-ctl --device fpga0 selftest", 1,
     (r"^not ok .* each interrupt cause arrives once", r"^ok .* DMA moves data",
      r"^ok .* a reset keeps card memory")),
)  # fmt: skip
FOR_EVER = 0xFFFFFFFF

# (property, value, while it lasts, what makes the card usable again: None or a command);
# while it lasts: (name, command, exit status, patterns)
FAULTS = (
    ("fault-lost-interrupts", 1, (
        ("a lost interrupt: irq raise fails, and says that it got lost",
         RAISE, 1, (r"no interrupt in time: 0 of 1 arrived", "got lost", "fpga-ctl reset")),
     ), RESET),
    ("fault-lost-interrupts", 1, (
        ("a lost interrupt: dma finds out by itself that its data has arrived",
         DMA, 0, ("verified",)),
     ), None),
    ("fault-lost-interrupts", FOR_EVER, (
        ("no interrupts at all: irq wait ends in time",
         "fpga-ctl --device fpga0 irq wait --timeout 200ms", 1, ("0 of 1 arrived", "irq raise")),
        *(WITHOUT_INTERRUPTS if is_long() else ()),
     ), RESET),
    ("fault-stuck", 1, (
        ("a stuck engine: dma gives up in time, and says how much was moved",
         "fpga-ctl --device fpga0 dma --len 4096 --timeout 500ms", 1,
         ("0 of them moved: not finished in time", "dmesg")),
        ("a stuck engine: the driver has reset the card, and dma works again",
         DMA, 0, ("verified",)),
     ), None),
    ("fault-status", 2, (
        ("a descriptor error: dma fails, and says where to look",
         DMA, 1, ("0 of them moved: the card reports an error", "dmesg", "fpga-ctl reset")),
        ("a descriptor error: the kernel's log has the card's code",
         "dmesg | tail -n 1", 0, (r"fpga_pci .*DMA of 4096 bytes at 0x0 failed: .*code 2",)),
        ("a descriptor error: nothing on standard output that could be taken for a result",
         f"{DMA} --json 2>/dev/null | wc -c", 0, ("^0$",)),
        ("a descriptor error: bench measures nothing",
         "fpga-ctl --device fpga0 bench --samples 2 dma", 1, ("the card reports an error",)),
     ), None),
    ("fault-status", 255, (
        ("an unknown descriptor error: dma fails", DMA, 1, ("the card reports an error",)),
     ), None),
    ("fault-gone", True, (
        ("a card that does not answer: dma fails, and says so",
         DMA, 1, ("has been removed, or does not answer", "remove", "rescan")),
        ("a card that does not answer: so does read",
         "fpga-ctl --device fpga0 read ID", 1, ("does not answer",)),
        ("a card that does not answer: list still has it",
         "fpga-ctl list", 0, ("^fpga0 .*/dev/fpga0$",)),
     ), AGAIN),
)  # fmt: skip


def set_fault(guest, name, value):
    guest.qmp("qom-set", path=CARD, property=name, value=value)


def test_counters_have_errors_and_timeouts(guest):
    def counters():
        return [int(word) for word in
                guest.sh("cd /sys/class/emucard/fpga0/stats && cat errors timeouts").split()]

    errors, timeouts = counters()
    set_fault(guest, "fault-status", 255)
    guest.sh(DMA, 1)
    set_fault(guest, "fault-status", 0)
    assert counters() == [errors + 1, timeouts]
    set_fault(guest, "fault-stuck", 1)
    guest.sh(f"{DMA} --timeout 500ms", 1)
    set_fault(guest, "fault-stuck", 0)
    assert counters()[1] == timeouts + 1


@pytest.mark.parametrize("name, value, commands, cure", FAULTS,
                         ids=[f"{name} {value}, {len(commands)} commands"
                              for name, value, commands, _ in FAULTS])
def test_fault(guest, subtests, name, value, commands, cure):
    set_fault(guest, name, value)
    for title, command, status, matches in commands:
        with subtests.test(title):
            guest.sh(command, status, matches)
    set_fault(guest, name, False if value is True else 0)
    if cure:
        with subtests.test("it can be mended"):
            guest.sh(cure)
    with subtests.test("after it all is well"):
        guest.sh(f"{DMA} && {RAISE}", matches=["verified", "1 raised and arrived"])


def test_an_engine_that_cannot_be_stopped(guest, kselftest):
    set_fault(guest, "fault-unstoppable", True)
    set_fault(guest, "fault-delay-ms", 6000)
    kselftest(guest, "unstoppable")
    set_fault(guest, "fault-delay-ms", 0)
    set_fault(guest, "fault-unstoppable", False)
    guest.sh(DMA, matches=["verified"])
