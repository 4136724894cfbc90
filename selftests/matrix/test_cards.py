# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of cards.py: where QEMU's own cards come to behind a fixed bridge, after each event.

With hold=on they are where QEMU has put them; without it Linux finds them places in the window.
MATRIX_RESULTS names a file that is to keep the results, for "page".
"""

import os

import cards
import firmwares
import pytest
import results
from column import FAILED, HELD, LOST, TIMEOUT, WORKS
from guest import GuestError, Machine
from harness import is_long
from harness.guests import APPEND

SCRIPT = os.path.join(os.path.dirname(__file__), "stock-in-guest")


def columns():
    for machine in cards.MACHINES:
        for firmware in firmwares.chosen():
            for hold in (True, False):
                names = [event.name for event in cards.EVENTS]
                if not is_long():
                    names = cards.SHORT.get((machine, firmware, hold), ())
                if names:
                    yield pytest.param(machine, firmware, hold, tuple(names),
                                       id=f"{machine}, {firmware}, hold={'on' if hold else 'off'}")


class Seen:
    """What the guest says of the cards."""

    def __init__(self, guest):
        words = []
        for card in cards.CARDS:
            for bar in card.bars:
                offset, expected = card.probe if card.probe and bar == min(card.bars) else (0, b"")
                words += [card.path, str(bar), str(offset), str(len(expected))]
        with open(SCRIPT, "rb") as file:
            said = guest.run("sh", "-s", "--", *words, input=file.read())
        self.transcript = (said.stdout + said.stderr).decode(errors="replace")
        self._facts = {}
        for line in said.stdout.decode(errors="replace").splitlines():
            path, bar, key, value = (*line.split(" ", 3), "", "", "")[:4]
            self._facts[path, bar, key] = value

    def fact(self, card, bar, key):
        return self._facts.get((card.path, str(bar), key), "")

    def slot(self, card):
        return self.fact(card, min(card.bars), "slot")

    def check(self):
        return self._facts.get(("machine", "-", "check"))


def bar_faults(seen, card, bar, held, rescanned):
    """What is wrong with a BAR, and whether Linux has it elsewhere than it is, as it may."""
    found = []
    register = seen.fact(card, bar, "register")
    kernel = seen.fact(card, bar, "kernel")
    if not held and kernel == "0x0000":
        return [], False  # judge() counts them
    base = int(register or "0", 16)
    if held and base != held[card.id, bar]:
        found.append(f"{card.name} BAR {bar}: {register}, not {held[card.id, bar]:#x}")
    if not cards.WINDOW[0] <= base <= cards.WINDOW[1] + 1 - card.bars[bar]:
        found.append(f"{card.name} BAR {bar}: {register or 'none'} is outside the window")
    if card.probe and bar == min(card.bars):
        there = seen.fact(card, bar, "bytes")
        if there != card.probe[1].hex():
            found.append(f"{card.name}: reads {there}, not {card.probe[1].hex()}")
    # A held card stays, whatever place Linux looks for
    moved = bool(held and rescanned and kernel != register)
    if not moved and kernel != register:
        found.append(f"{card.name} BAR {bar}: the kernel has it at {kernel}, it is at {register}")
    if not moved and seen.fact(card, bar, "claimed") != "1":
        found.append(f"{card.name} BAR {bar}: /proc/ioports has no such claim")
    return found, moved


def judge(seen, held, rescanned):
    """What is wrong, and what has come of each BAR: {bar_id(): outcome and port}.

    held: where each BAR must be, or nothing if it must be in the window, while Linux finds room
    rescanned: Linux has looked for places anew, and does not ask where a held card wants to be:
    the card stays, and pciaddr-check must notice. It must also tell of BARs without ports.
    """
    faults, outcomes = [], {}
    placed = 0
    for card in cards.CARDS:
        for bar in card.bars:
            found, moved = bar_faults(seen, card, bar, held, rescanned)
            kind = FAILED if found else LOST if moved else HELD if held else WORKS
            outcomes[cards.bar_id(card, bar)] = f"{kind} {seen.fact(card, bar, 'register')}"
            if not held and seen.fact(card, bar, "kernel") == "0x0000":
                outcomes[cards.bar_id(card, bar)] = cards.NO_PORTS
            else:
                placed += 1
            faults += found
    if placed < min(cards.ROOM, len(outcomes)):
        faults.append(f"{placed} BARs have ports, and there is room for {cards.ROOM}")
    told = (LOST, cards.NO_PORTS)
    expected = "1" if any(outcome.startswith(told) for outcome in outcomes.values()) else "0"
    if seen.check() != expected:
        faults.append(f"pciaddr-check ends with status {seen.check()}, not {expected}")
        outcomes = {of: f"{FAILED} {outcome.partition(' ')[2]}" for of, outcome in outcomes.items()}
    return faults, outcomes


def happen(guest, event, seen):
    boots = 0 if event.name == "cold boot" else guest.boots
    if event.each:
        for card in cards.CARDS:
            event.happen(guest, card, seen.slot(card), None)
    else:
        event.happen(guest)
    if guest.boots - boots != event.kernels:
        raise GuestError(f"{guest.boots - boots} kernels have started, not {event.kernels}")


def bars():
    return [cards.bar_id(card, bar) for card in cards.CARDS for bar in card.bars]


@pytest.mark.parametrize("machine, firmware, hold, names", list(columns()))
def test_cards(machine, firmware, hold, names, guests, subtests):
    held = cards.held_places(cards.CARDS, cards.NAMED) if hold else {}
    column = cards.column(machine, firmware, hold)
    known = results.known(column)
    events = [event for event in cards.EVENTS
              if event.name in names and not all((bar, event.name) in known for bar in bars())]  # fmt: skip
    if not events:
        pytest.skip("MATRIX_RESULTS has all of it")
    try:
        guest = guests.get(Machine(machine=machine, firmware=firmware, kernel=cards.KERNEL, cards=False,
                                   small=True, append=APPEND, qemu_args=tuple(cards.qemu_args(machine, hold))),
                           fresh=True, timeout=TIMEOUT)  # fmt: skip
        seen = Seen(guest)
        for event in events:
            outcomes = dict.fromkeys(bars(), FAILED)
            try:
                with subtests.test(event.name):
                    happen(guest, event, seen)
                    seen = Seen(guest)
                    faults, outcomes = judge(seen, held, event.each)
                    assert not faults, "\n".join([*faults, seen.transcript])
            finally:
                results.add(column, {(bar, event.name): outcome for bar, outcome in outcomes.items()})
    finally:
        guests.drop()
