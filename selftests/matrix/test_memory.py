# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of memory.py: where memory BARs come to behind fixed memory windows, after each event.

With hold=on they are where QEMU has put them; without it Linux finds them places in the window
for their kind, which for prefetchable ones is free behind a bridge without pref-base.
What answers there is asked of QEMU, by physical address: no program of the guest's may map
what a driver has.
"""

import re

import memory
import pytest
from behind_run import Seen, columns, run
from column import FAILED, HELD, WORKS


def bars():
    return [(card, bar) for card in memory.CARDS for bar in card.bars]


class SeenMemory(Seen):
    """And what QEMU says of what answers at an address."""

    def __init__(self, guest):
        words = [word for card, bar in bars() for word in (card.path, str(bar.number))]
        super().__init__(guest, "memory-in-guest", words)
        self._guest = guest

    def fact(self, card, bar, key):
        return self.value(card.path, bar.number, key, "none")

    def bytes_at(self, address, count):
        said = self._guest.hmp(f"xp /{count}xb {address:#x}")
        return bytes(int(byte, 16) for line in said.splitlines()
                     for byte in re.findall(r"0x([0-9a-f]{2})\b", line.partition(":")[2]))  # fmt: skip


def bar_faults(seen, card, bar, held):
    register, kernel = seen.fact(card, bar, "register"), seen.fact(card, bar, "kernel")
    if register == "none":
        return ["there is none"]
    base, found = int(register, 16), []
    first, last = card.bridge.window(bar.prefetchable)
    if held and base != held[card.id, bar.number]:
        found.append(f"it is at {register}, not {held[card.id, bar.number]:#x}")
    if (held or card.bridge.fixes(bar.prefetchable)) and not first <= base <= last + 1 - bar.size:
        found.append(f"{register} is outside the window {first:#x}-{last:#x}")
    if kernel != register:
        found.append(f"the kernel has it at {kernel}, it is at {register}")
    if seen.fact(card, bar, "claimed") != "1":
        found.append("/proc/iomem has no such claim")
    if bar.probe is not None:
        there = seen.bytes_at(base + bar.probe, len(card.mac))
        if there != card.mac:
            found.append(f"at {base + bar.probe:#x} {there.hex(':')} is read, not {card.mac.hex(':')}")
    return found


def judge(guest, seen, held):
    """What is wrong, and what has come of each BAR."""
    faults, outcomes = [], {}
    for card, bar in bars():
        found = bar_faults(seen, card, bar, held)
        faults += [f"{card.bar_id(bar)} ({card.device}): {fault}" for fault in found]
        kind = FAILED if found else HELD if held else WORKS
        outcomes[card.bar_id(bar)] = f"{kind} {seen.fact(card, bar, 'register')}"
    of_all = []
    dma = guest.run("fpga-ctl", "dma", "--len", "4096")
    if b"verified" not in dma.stdout:
        of_all.append("DMA of the fpga card: " + (dma.stdout + dma.stderr).decode(errors="replace"))
    if seen.check() != "0":
        of_all.append(f"pciaddr-check ends with status {seen.check()}")
    if of_all:
        outcomes = {of: f"{FAILED} {outcome.partition(' ')[2]}" for of, outcome in outcomes.items()}
    return faults + of_all, outcomes


@pytest.mark.parametrize("machine, firmware, hold, names", list(columns(memory)))
def test_memory(machine, firmware, hold, names, guests, subtests):
    held = memory.held_places() if hold else {}

    def judged(guest, _):
        seen = SeenMemory(guest)
        return *judge(guest, seen, held), seen

    run(memory, (machine, firmware, hold, names), [card.bar_id(bar) for card, bar in bars()], judged,
        guests, subtests)
