# SPDX-License-Identifier: GPL-2.0-or-later
"""The results of test_bases.py in Markdown."""

import re

import bases
import firmwares
from harness.markdown import table
from notes import NOT_RUN

INTRO = """\
## Every base

A `dec-21154` whose window has {ports:#x} ports, and a card at each {card:#x} in it, with Linux {kernel}
(`selftests/matrix/bases.py`). "Holds": after power-on `pciaddr-check --expect` finds each card at its
fixed ports, `pciaddr-check` finds nothing wrong, and each card's DMA is verified,
{resets}
also after QMP `system_reset` and a reboot by the guest. "Refused": QEMU does not start this
machine; the note has what it says. With OVMF up to {together} windows share a machine, each with a bridge
of its own in the next slot.
"""


def _reason(said):
    """A refusal, without what differs from base to base."""
    said = re.sub(r"^\S*qemu-system-x86_64: ", "", said.splitlines()[0])
    said = re.sub(r"0x[0-9a-f]+-0x[0-9a-f]+", "BASE-LIMIT", said)
    said = re.sub(r"'b\d'", "'bN'", said)
    return f"`{said}`"


def _resets():
    """Where the machine was also reset, in words."""
    return " and ".join(f"on {machine} with {firmwares.title(firmware)}, {layout},"
                        for machine, firmware, layout in bases.RESETS)  # fmt: skip


def _cell(outcome, notes):
    if outcome is None:
        return NOT_RUN
    if outcome == bases.HOLDS:
        return outcome
    if outcome in (bases.LOST, bases.DOWN):
        return f"**{outcome}**"
    return "refused" + notes.number(_reason(outcome))


def firmware_of(results):
    return [name.split(", ")[1] for name, _ in results.get("bases", {})]


def _count(outcomes):
    kinds = [outcome if outcome in (None, bases.HOLDS, bases.LOST, bases.DOWN) else "refused"
             for outcome in outcomes]  # fmt: skip
    names = {bases.HOLDS: "hold", "refused": "are refused", bases.LOST: "are lost",
             bases.DOWN: "do not boot", None: "were not run"}  # fmt: skip
    return ", ".join(f"{kinds.count(kind)} {text}" for kind, text in names.items()
                     if kind in kinds or kind in (bases.HOLDS, "refused"))  # fmt: skip


def lines(results, names, notes):
    """names: of the firmwares that have columns"""
    found = results.get("bases", {})
    heads = [(machine, firmware) for machine in bases.MACHINES for firmware in names]
    cells = bases.cells(names)
    outcomes = {cell.key: found.get((cell.name, "boot")) for cell in cells}
    page = [INTRO.format(ports=bases.WINDOW, card=bases.PORTS, kernel=bases.KERNEL, resets=_resets(),
                         together=bases.TOGETHER["ovmf"]),
            f"Of {len(cells)} machines {_count(list(outcomes.values()))}.", ""]  # fmt: skip
    for layout, title in bases.TITLES.items():
        rows = [[f"{base:#x}", *(_cell(outcomes[machine, firmware, base, layout], notes)
                                 for machine, firmware in heads)] for base in bases.BASES]
        titles = [f"{machine}, {firmwares.title(firmware)}" for machine, firmware in heads]
        page += [f"### {title}", "", *table(["Window from", *titles], rows), ""]
    return page
