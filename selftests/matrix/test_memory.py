# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of memory.py: where memory BARs come to behind fixed memory windows, after each event.

With hold=on they are where QEMU has put them; without it Linux finds them places in the window.
What answers there is asked of QEMU, by physical address: no program of the guest's may map
what a driver has. MATRIX_RESULTS names a file that is to keep the results, for "page".
"""

import os
import re

import firmwares
import memory
import pytest
import results
from column import FAILED, HELD, TIMEOUT, WORKS
from guest import GuestError, Machine
from harness import is_long
from harness.guests import APPEND

SCRIPT = os.path.join(os.path.dirname(__file__), "memory-in-guest")


def columns():
    for machine in memory.MACHINES:
        for firmware in firmwares.chosen():
            for hold in (True, False):
                names = [event.name for event in memory.EVENTS]
                if not is_long():
                    names = memory.SHORT.get((machine, firmware, hold), ())
                if names:
                    yield pytest.param(machine, firmware, hold, tuple(names),
                                       id=f"{machine}, {firmware}, hold={'on' if hold else 'off'}")


def bars():
    return [(card, bar) for card in memory.CARDS for bar in card.bars]


class Seen:
    """What the guest says of the cards, and QEMU of what answers at an address."""

    def __init__(self, guest):
        words = [word for card, bar in bars() for word in (card.path, str(bar.number))]
        with open(SCRIPT, "rb") as file:
            said = guest.run("sh", "-s", "--", *words, input=file.read())
        self.transcript = (said.stdout + said.stderr).decode(errors="replace")
        self._guest = guest
        self._facts = {}
        for line in said.stdout.decode(errors="replace").splitlines():
            path, bar, key, value = (*line.split(" ", 3), "", "", "")[:4]
            self._facts[path, bar, key] = value

    def fact(self, card, bar, key):
        return self._facts.get((card.path, str(bar.number), key), "none")

    def check(self):
        return self._facts.get(("machine", "-", "check"))

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
    if not first <= base <= last + 1 - bar.size:
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


def happen(guest, event):
    boots = 0 if event.name == "cold boot" else guest.boots
    event.happen(guest)
    if guest.boots - boots != event.kernels:
        raise GuestError(f"{guest.boots - boots} kernels have started, not {event.kernels}")


@pytest.mark.parametrize("machine, firmware, hold, names", list(columns()))
def test_memory(machine, firmware, hold, names, guests, subtests):
    held = memory.held_places() if hold else {}
    column = memory.column(machine, firmware, hold)
    known = results.known(column)
    of_bars = [card.bar_id(bar) for card, bar in bars()]
    left = [event for event in memory.EVENTS
            if event.name in names and not all((of, event.name) in known for of in of_bars)]  # fmt: skip
    if not left:
        pytest.skip("MATRIX_RESULTS has all of it")
    try:
        guest = guests.get(Machine(machine=machine, firmware=firmware, kernel=memory.KERNEL, cards=False,
                                   small=True, append=APPEND, qemu_args=memory.qemu_args(machine, hold)),
                           fresh=True, timeout=TIMEOUT)  # fmt: skip
        for event in left:
            outcomes = dict.fromkeys(of_bars, FAILED)
            try:
                with subtests.test(event.name):
                    happen(guest, event)
                    seen = Seen(guest)
                    faults, outcomes = judge(guest, seen, held)
                    assert not faults, "\n".join([*faults, seen.transcript])
            finally:
                results.add(column, {(of, event.name): outcome for of, outcome in outcomes.items()})
    finally:
        guests.drop()
