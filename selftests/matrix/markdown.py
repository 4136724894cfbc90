# SPDX-License-Identifier: GPL-2.0-or-later
"""The results as a page in Markdown."""

import subprocess

import cards
import firmwares
import markdown_bases
import markdown_cards
import markdown_memory
import markdown_others
import memory
import others
import table
from column import ABSENT, FAILED, HELD, LOST, WORKS, columns
from harness.markdown import table as markdown_table
from notes import NOT_RUN, Notes

TOP = """\
# The fixed address, everywhere

What fixed ports come through: machines, firmware, kernels, and what happens to them. First the
card, then [every base](#every-base), [QEMU's own cards](#qemus-own-cards), [windows of
memory](#memory-windows) and [other architectures](#other-architectures).
`selftests/matrix/table.py`, `bases.py`, `cards.py`, `memory.py` and `others.py` drive it; this page is
written by

    MATRIX_RESULTS=results.json scripts/check --long matrix
    selftests/matrix/page results.json >docs/fixed-address-matrix.md

from a run with {versions}. `scripts/check` runs a short selection;
`MATRIX_FIRMWARES="seabios:sid ovmf:sid"` adds columns of another release's firmware.
[How the address is held](fixed-address.md) is another page.

In each cell of the card's tables the guest was asked after the event: BAR0 and the kernel's
`resource` hold the address, `/proc/ioports` has it for `fpga_pci`, `pciaddr-check --expect` and
`pciaddr-check` find nothing wrong, the port read through `/dev/port` gives the card's ID, and
`fpga-ctl dma --len 4096` has moved and verified its bytes. With an event that befalls one card
(from the bus reset to the plugging) the same was asked of all the others. A card with
`ea=on` has 0 in BAR0, and its address in the capability that says so.

| Cell | Meaning |
|---|---|
| {held} | all of this, at the fixed address |
| {works} | all of this, at an address that the guest chose: the card has no fixed one |
| {lost} | the guest no longer has the address, and the tools and the driver say so; see the note |
| – | there is no such cell; the note says why, and the run has tried it |
| {failed} | not as it should be |
"""


def _qemu_version(qemu):
    first = subprocess.run([qemu, "--version"], check=True, stdout=subprocess.PIPE).stdout
    return first.decode().split("\n", 1)[0].split(" version ")[1].split(" ")[0]


def _versions(qemu, names, releases):
    kernels = [f"Linux {release}" for release in releases]
    return ", ".join([f"QEMU {_qemu_version(qemu)}", *map(firmwares.version, names), *kernels])


def firmware_names(results):
    """This machine's, and the others that there are results of."""
    named = [name.split(", ")[1] for name in results
             if name != "bases" and not name.startswith((cards.PREFIX, memory.PREFIX, others.PREFIX))]  # fmt: skip
    for part in (markdown_bases, markdown_cards, markdown_memory):
        named += part.firmware_of(results)
    return _beside_this_machines(named)


def _beside_this_machines(names):
    return list(dict.fromkeys([*firmwares.FIRMWARES, *names]))


def _reason(outcome, event, card):
    if outcome == ABSENT:
        return next(entry.reason for entry in table.ABSENT
                    if entry.event == event and entry.applies(card))
    if outcome == LOST:
        return next(entry.reason for entry in table.LOST
                    if event in entry.events and entry.card == card)
    return None


def _cell(outcome, event, card, notes):
    if outcome is None:
        return NOT_RUN
    reason = _reason(outcome, event, card)
    shown = "–" if outcome == ABSENT else f"**{outcome}**" if outcome == FAILED else outcome
    return shown + (notes.number(reason) if reason else "")


def _card_table(card, runs, notes):
    """runs: {(machine, firmware, kernel): {(card's id, event): outcome}}"""
    runs = {key: results for key, results in runs.items() if any(of == card.id for of, _ in results)}
    heads = [f"{machine}, {firmwares.title(firmware)}, {kernel}" for machine, firmware, kernel in runs]
    rows = []
    for event in table.EVENTS:
        outcomes = [results.get((card.id, event.name)) for results in runs.values()]
        if any(outcomes):
            rows.append([event.name, *(_cell(outcome, event.name, card, notes) for outcome in outcomes)])
    return [f"## {card.name[0].upper()}{card.name[1:]}", "", *markdown_table(["Event", *heads], rows), ""]


def page(results, qemu, releases):
    """results: what results.load() has returned; releases: of the kernels, as uname has them"""
    names = firmware_names(results)
    runs, shown, missing = {}, [], []
    for column in columns(False, names):
        if column.name not in results:
            missing.append(column.name)
            continue
        machine = (column.machine, column.firmware, column.kernel)
        runs.setdefault(machine, {}).update(results[column.name])
        shown += [card for card in column.layout.cards if card not in shown]
    notes = Notes()
    lines = [TOP.format(versions=_versions(qemu, names, releases), held=HELD, works=WORKS, lost=LOST,
                        failed=f"**{FAILED}**")]  # fmt: skip
    if missing:
        lines += ["## Not run", "", *(f"- {name}" for name in missing), ""]
    for card in shown:
        lines += _card_table(card, runs, notes)
    for part in (markdown_bases, markdown_cards, markdown_memory):
        # Firmware that only other tables have results of has no column in this one.
        lines += part.lines(results, _beside_this_machines(part.firmware_of(results)), notes)
    lines += markdown_others.lines(results, notes)
    lines += ["## Notes", "", *notes.lines(), "", "## What QEMU refuses", ""]
    lines += [f"- {refusal.name}: {refusal.reason}" for refusal in table.REFUSALS]
    return "\n".join(lines) + "\n"
