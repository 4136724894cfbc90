# SPDX-License-Identifier: GPL-2.0-or-later
"""The results of test_cards.py in Markdown."""

import cards
import firmwares
from column import FAILED, HELD, LOST, WORKS
from harness.markdown import table
from notes import NOT_RUN

INTRO = """\
## QEMU's own cards

QEMU's own cards behind one `dec-21154` whose window is {first:#x}-{last:#x}, unchanged, with Linux
{kernel} (`selftests/matrix/cards.py`). In each cell are the I/O ports where the BAR was seen. They
lie in the window; `resource` and `/proc/ioports` have the same; where the card has registers that
tell what it is, they were read there through `/dev/port`; `pciaddr-check` finds nothing wrong. Where
machines differ, the cell names them.
"""

LOST_REASON = """\
Linux gives a card that is added later the lowest free ports of the window, whatever its BAR holds. \
The bridge does not let the BAR change: the card stays where it is, and `pciaddr-check` names both. \
The last event of a boot: all of the cards were removed and rescanned, one after the other."""

NO_PORTS_REASON = f"""\
x86's Linux places I/O BARs so that they meet no alias of ISA's ports: they begin in the first 0x100 \
of each 0x400 (`pcibios_align_resource()`). The window has room for {cards.ROOM}, the largest first; the \
others are without ports. With `hold=on` all have theirs: Linux takes what it finds. \
`pciaddr-check`, as root, reports them from the kernel's log (`log-no-space`)."""

HOLDS = {
    True: ("With hold=on",
           "`hold=on` has the BARs at these places from power-on, and `{at}` names one of them."),
    False: ("Without hold", "Linux finds the BARs places in the window, which cannot move, as long as there is room."),
}  # fmt: skip


def firmware_of(results):
    return [name.split(", ")[1] for name in results if name.startswith(cards.PREFIX)]


def shown(outcome, notes):
    if outcome == cards.NO_PORTS:
        return f"none{notes.number(NO_PORTS_REASON)}"
    kind, _, ports = (outcome or "").partition(" ")
    if kind in (HELD, WORKS):
        return ports
    if kind == LOST:
        return f"lost{notes.number(LOST_REASON)}, answers at {ports}"
    return f"**{FAILED}** {ports}".strip() if kind else NOT_RUN


def cell(by_column, notes):
    """One cell for all machines; by_column: {machine's name: outcome}"""
    texts = {}
    for name, outcome in by_column.items():
        texts.setdefault(shown(outcome, notes), []).append(name)
    if len(texts) == 1:
        return next(iter(texts))
    return "<br>".join(f"{text} ({'; '.join(names)})" for text, names in texts.items())


def placed(columns, rows, events, notes):
    """A table of where BARs are, and which machines it is of.

    columns: {machine's name: {(of, event): outcome}, or nothing}; rows: {title: of}
    """
    run = {name: found for name, found in columns.items() if found}
    lines = ["Machines: " + ("; ".join(run) or "none") + "."]
    if len(run) < len(columns):
        lines += [f"{NOT_RUN.capitalize()}: " + "; ".join(name for name in columns if name not in run) + "."]
    cells = [[title, *(cell({name: found.get((of, event.name)) for name, found in run.items()}, notes)
                       for event in events)] for title, of in rows.items()]  # fmt: skip
    return [*lines, "", *(table(["Card, BAR", *(event.name for event in events)], cells) + [""] if run else ())]


def _table(hold, results, names, notes):
    columns = {f"{machine}, {firmwares.title(firmware)}": results.get(cards.column(machine, firmware, hold))
               for machine in cards.MACHINES for firmware in names}  # fmt: skip
    rows = {f"{card.name}, BAR {bar}": cards.bar_id(card, bar) for card in cards.CARDS for bar in card.bars}
    title, text = HOLDS[hold]
    return [f"### {title}", "", text.format(at=cards.hold_at()), "",
            *placed(columns, rows, cards.EVENTS, notes)]


def lines(results, names, notes):
    """names: of the firmwares that have columns"""
    page = [INTRO.format(first=cards.WINDOW[0], last=cards.WINDOW[1], kernel=cards.KERNEL)]
    for hold in HOLDS:
        page += _table(hold, results, names, notes)
    return page
