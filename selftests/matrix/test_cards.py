# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of cards.py: where QEMU's own cards come to behind a fixed bridge, after each event.

With hold=on they are where QEMU has put them; without it Linux finds them places in the window.
"""

import cards
import pytest
from behind_run import Seen, columns, run
from column import FAILED, HELD, LOST, WORKS


class SeenCards(Seen):
    def __init__(self, guest):
        words = []
        for card in cards.CARDS:
            for bar in card.bars:
                offset, expected = card.probe if card.probe and bar == min(card.bars) else (0, b"")
                words += [card.path, str(bar), str(offset), str(len(expected))]
        super().__init__(guest, "stock-in-guest", words)

    def fact(self, card, bar, key):
        return self.value(card.path, bar, key, "")

    def slot(self, card):
        return self.fact(card, min(card.bars), "slot")


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


def to_each_card(guest, event):
    seen = SeenCards(guest)
    for card in cards.CARDS:
        event.happen(guest, card, seen.slot(card), None)


def bars():
    return [cards.bar_id(card, bar) for card in cards.CARDS for bar in card.bars]


@pytest.mark.parametrize("machine, firmware, hold, names", list(columns(cards)))
def test_cards(machine, firmware, hold, names, guests, subtests):
    held = cards.held_places(cards.CARDS, cards.NAMED) if hold else {}

    def judged(guest, event):
        seen = SeenCards(guest)
        return *judge(seen, held, event.each), seen

    run(cards, (machine, firmware, hold, names), bars(), judged, guests, subtests, to_each_card)
