# SPDX-License-Identifier: GPL-2.0-or-later
"""The results as a page in Markdown."""

import subprocess

import table
from column import ABSENT, FAILED, HELD, LOST, WORKS

FIRMWARE_NAMES = {"seabios": ("SeaBIOS", "seabios"), "ovmf": ("OVMF", "ovmf")}

TOP = """\
# The fixed address, everywhere

What the card's ports come through: machines, firmware, kernels, and what happens to them.
`selftests/matrix/table.py` is the table that drives it; this page is written by

    MATRIX_RESULTS=results.json scripts/check --long matrix
    selftests/matrix/page results.json >docs/fixed-address-matrix.md

from a run with {versions}. `scripts/check` runs a short selection.
[How the address is held](fixed-address.md) is another page.

In each cell the guest was asked after the event: BAR0 and the kernel's `resource` hold the
address, `/proc/ioports` has it for `fpga_pci`, `pciaddr-check --expect` and `pciaddr-check`
find nothing wrong, the port read through `/dev/port` gives the card's ID, and
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


def _version(package):
    return subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], check=True,
                          stdout=subprocess.PIPE).stdout.decode()


def _qemu_version(qemu):
    first = subprocess.run([qemu, "--version"], check=True, stdout=subprocess.PIPE).stdout
    return first.decode().split("\n", 1)[0].split(" version ")[1].split(" ")[0]


def _versions(qemu, releases):
    firmware = [f"{name} {_version(package)}" for name, package in FIRMWARE_NAMES.values()]
    kernels = [f"Linux {release}" for release in releases]
    return ", ".join([f"QEMU {_qemu_version(qemu)}", *firmware, *kernels])


class Notes:
    """Reasons, numbered in the order in which they are needed."""

    def __init__(self):
        self._reasons = []

    def number(self, reason):
        if reason not in self._reasons:
            self._reasons.append(reason)
        return f"<sup>{self._reasons.index(reason) + 1}</sup>"

    def lines(self):
        return [f"{number}. {reason}" for number, reason in enumerate(self._reasons, 1)]


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
        return ""
    reason = _reason(outcome, event, card)
    shown = "–" if outcome == ABSENT else f"**{outcome}**" if outcome == FAILED else outcome
    return shown + (notes.number(reason) if reason else "")


def _card_table(card, columns, notes):
    """columns: {(machine, firmware, kernel): {(card's id, event): outcome}}"""
    columns = {key: results for key, results in columns.items()
               if any(of == card.id for of, _ in results)}
    heads = [f"{machine}, {FIRMWARE_NAMES[firmware][0]}, {kernel}"
             for machine, firmware, kernel in columns]
    lines = [f"## {card.name[0].upper()}{card.name[1:]}", "",
             "| " + " | ".join(["Event", *heads]) + " |", "|---" * (len(heads) + 1) + "|"]
    for event in table.EVENTS:
        outcomes = [results.get((card.id, event.name)) for results in columns.values()]
        if any(outcomes):
            cells = [_cell(outcome, event.name, card, notes) for outcome in outcomes]
            lines.append("| " + " | ".join([event.name, *cells]) + " |")
    return [*lines, ""]


def page(columns, results, qemu, releases):
    """columns: all that there are; results: {column's name: {(card's id, event): outcome}}"""
    tables, cards = {}, []
    missing = [column.name for column in columns if column.name not in results]
    for column in columns:
        if column.name in missing:
            continue
        machine = (column.machine, column.firmware, column.kernel)
        tables.setdefault(machine, {}).update(results[column.name])
        cards += [card for card in column.layout.cards if card not in cards]
    notes = Notes()
    lines = [TOP.format(versions=_versions(qemu, releases), held=HELD, works=WORKS, lost=LOST,
                        failed=f"**{FAILED}**")]  # fmt: skip
    if missing:
        lines += ["## Not run", "", *(f"- {name}" for name in missing), ""]
    for card in cards:
        lines += _card_table(card, tables, notes)
    lines += ["## Notes", "", *notes.lines(), "", "## What QEMU refuses", ""]
    lines += [f"- {refusal.name}: {refusal.reason}" for refusal in table.REFUSALS]
    return "\n".join(lines) + "\n"
