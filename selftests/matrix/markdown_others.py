# SPDX-License-Identifier: GPL-2.0-or-later
"""The results of test_others.py in Markdown."""

import others
from column import FAILED, LOST
from harness.markdown import table
from notes import NOT_RUN

INTRO = """\
## Other architectures

The card at 0x2000 in guests of other architectures (`selftests/matrix/others.py`; [how to run
one](porting.md)). The ports are the bus's, which BAR and window hold: on ppc64el the CPU's, which
`/proc/ioports` has, are others. In each cell `pciaddr-check --expect` finds the card there, its
driver is bound, and `fpga-ctl dma --len 4096` has moved and verified its bytes.
"""


def lines(results, notes):
    def cell(column, event):
        outcome = results.get(column.name, {}).get(("fpga", event.name), NOT_RUN)
        shown = f"**{outcome}**" if outcome == FAILED else outcome
        return shown + (notes.number(column.lost) if outcome == LOST else "")

    rows = [[event.name, *(cell(column, event) for column in others.COLUMNS)] for event in others.EVENTS]
    return [INTRO, *table(["Event", *(column.head for column in others.COLUMNS)], rows), ""]
