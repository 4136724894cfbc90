# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of bases: windows from 0x1000 to 0xf000, with a card at each 0x800 in them."""

import dataclasses
import itertools

from guest.machine import devices

from layout import PORTS

MACHINES = ("pc", "q35")
KERNEL = "6.1"
BASES = tuple(range(0x1000, 0x10000, 0x1000))
WINDOW = 0x1000

# What stands beside: nothing, or bridges for which firmware keeps I/O, before or behind ours
LAYOUTS = {
    "alone": (),
    "crowded": tuple(f"pci-bridge,id=b{i},bus={{root}},addr={9 + i:#x},chassis_nr={i + 2}"
                     for i in range(4)),
    "crowded, last": tuple(f"pci-bridge,id=b{i},bus={{root}},addr={5 + i:#x},chassis_nr={i + 2}"
                           for i in range(4)),
}  # fmt: skip
SLOTS = {"alone": 4, "crowded": 4, "crowded, last": 0xF}

TITLES = {
    "alone": "Alone: the bridge in slot 4, no other",
    "crowded": "Crowded: the bridge in slot 4, four pci-bridge in slots 9 to 12",
    "crowded, last": "Crowded, last: four pci-bridge in slots 5 to 8, the bridge in slot 15",
}

# With OVMF, whose boot takes longest, so many windows share a machine, each with a bridge in the next
# slot: OVMF takes none for another. SeaBIOS adds up all of them, so that there each has a machine.
TOGETHER = {"ovmf": 3}

# Where the machine is also reset and rebooted: the model's reset depends on nothing beside it, and
# each base, machine and firmware is among these.
RESETS = (("pc", "seabios", "crowded"), ("q35", "ovmf", "crowded"))

# What comes of a machine that QEMU starts: the last two must not be
HOLDS, LOST, DOWN = "holds", "lost", "does not boot"

# What scripts/check tries when it is not to take long; of what is refused, QEMU alone is needed.
# With OVMF one boot: a column of the cards resets and reboots the same machine.
SHORT_MACHINES = (("pc", "seabios"), ("q35", "ovmf"))
SHORT = (
    ("pc", "seabios", 0x5000, "crowded"),
    ("q35", "ovmf", 0x9000, "alone"),
)


@dataclasses.dataclass(frozen=True)
class Cell:
    machine: str
    firmware: str
    base: int
    layout: str

    @property
    def name(self):
        return f"{self.machine}, {self.firmware}, {self.base:#x}, {self.layout}"

    @property
    def key(self):
        return (self.machine, self.firmware, self.base, self.layout)

    def cards(self):
        """The first port of each card."""
        return tuple(range(self.base, self.base + WINDOW, PORTS))



def qemu_args(shared):
    """Of a machine with the windows and cards of these cells, which are of one machine and layout."""
    first = shared[0]
    words = []
    for number, cell in enumerate(shared):
        bus = f"dec{number or ''}"
        slot = SLOTS[cell.layout] + number
        words.append(f"dec-21154,id={bus},bus={{root}},addr={slot:#x},io-base={cell.base:#x}")
        words += [f"fpga,id=card{number or ''}{place},bus={bus},addr={place},io-base={base:#x}"
                  for place, base in enumerate(cell.cards(), 1)]  # fmt: skip
    # One processor: nothing here is about two, and there are many of these machines.
    return ["-smp", "1", *devices(first.machine, (*words, *LAYOUTS[first.layout]))]


def cells(firmwares):
    return [Cell(machine, firmware, base, layout) for machine in MACHINES
            for firmware in firmwares for layout in LAYOUTS for base in BASES]  # fmt: skip


def machines(firmwares):
    """Tuples of the cells that share a machine; those of one are far from each other."""
    for machine, firmware, layout in itertools.product(MACHINES, firmwares, LAYOUTS):
        count = len(BASES) // TOGETHER.get(firmware.partition(":")[0], 1)
        for first in range(count):
            yield tuple(Cell(machine, firmware, base, layout) for base in BASES[first::count])
