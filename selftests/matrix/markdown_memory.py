# SPDX-License-Identifier: GPL-2.0-or-later
"""The results of test_memory.py in Markdown."""

import firmwares
import memory
from markdown_cards import placed

INTRO = """\
## Memory windows

Cards behind {count} bridges with fixed memory windows (`mem-base`, and three of them `pref-base`), in one
machine, with Linux {kernel} (`selftests/matrix/memory.py`). In each cell is the address where the BAR was
seen: its register, `resource` and `/proc/iomem` have it, and it lies in the window of its kind;
where a register of the card tells what it is, it was read there by physical address; the DMA of the
`fpga` card, whose memory is there too, is verified; `pciaddr-check` finds nothing wrong.
"""

HOLDS = {
    True: ("Memory with hold=on", "`hold=on` has the BARs at these places from power-on."),
    False: ("Memory without hold", "Linux finds the BARs places in the windows, which cannot move. A bridge\n"
            "without `pref-base` has a free prefetchable window besides: a prefetchable BAR comes to where\n"
            "firmware has put that."),
}


def firmware_of(results):
    return [name.split(", ")[1] for name in results if name.startswith(memory.PREFIX)]


def lines(results, names, notes):
    """names: of the firmwares that have columns"""
    rows = {f"`{card.bridge.name}`: {card.device} in {card.slot:02x}.0, BAR {bar.number}": card.bar_id(bar)
            for bridge in memory.BRIDGES for card in memory.CARDS if card.bridge == bridge
            for bar in card.bars}  # fmt: skip
    page = [INTRO.format(count=len(memory.BRIDGES), kernel=memory.KERNEL)]
    for hold, (title, text) in HOLDS.items():
        columns = {f"{machine}, {firmwares.title(firmware)}": results.get(memory.column(machine, firmware, hold))
                   for machine in memory.MACHINES for firmware in names}  # fmt: skip
        page += [f"### {title}", "", text, "", *placed(columns, rows, memory.EVENTS, notes)]
    return page
