# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of cards: QEMU's own cards with I/O BARs, several on one fixed bridge, unchanged."""

import dataclasses

import behind
import events
from guest.machine import devices
from layout import Event

MACHINES = ("pc", "q35")
KERNEL = "6.1"
WINDOW = (0x2000, 0x2FFF)
MAC = bytes.fromhex("525400123456")
BRIDGE = "dec-21154,id=dec,bus={root},addr=4,io-base=0x2000"


@dataclasses.dataclass(frozen=True)
class Stock:
    """A card of QEMU's: what -device gets, its slot and function, its I/O BARs and their sizes.

    probe: (offset in the first I/O BAR, what is read there); None: nothing says what it is
    """

    device: str
    slot: int
    bars: dict
    function: int = 0
    options: str = ""
    probe: tuple = None

    @property
    def id(self):
        return f"s{self.slot}f{self.function}"

    @property
    def path(self):
        return f"04.0/{self.slot:02x}.{self.function}"

    @property
    def name(self):
        name = f"{self.device}, transitional" if self.device.startswith("virtio") else self.device
        return f"{name} in {self.slot:02x}.{self.function}"

    @property
    def qemu_device(self):
        return f"{self.device},id={self.id},bus=dec,addr={self.slot:#x}.{self.function}{self.options}"


NIC = f",mac={MAC.hex(':')},romfile="
CARDS = (
    Stock("rtl8139", 1, {0: 0x100}, options=NIC, probe=(0, MAC)),
    Stock("e1000", 2, {1: 0x40}, options=NIC),
    Stock("ne2k_pci", 3, {0: 0x100}, options=NIC),
    Stock("pcnet", 4, {0: 0x20}, options=NIC, probe=(0, MAC)),
    Stock("pci-serial", 5, {0: 0x8}, probe=(5, b"\x60")),
    Stock("ES1370", 6, {0: 0x100}, options=",audiodev=quiet"),
    Stock("AC97", 7, {0: 0x400, 1: 0x100}, options=",audiodev=quiet"),
    Stock("virtio-net-pci", 8, {0: 0x20}, options=NIC),
    Stock("pci-serial", 9, {0: 0x8}, function=1, probe=(5, b"\x60")),
    Stock("rtl8139", 9, {0: 0x100}, options=NIC + ",multifunction=on", probe=(0, MAC)),
)  # fmt: skip

# With hold=on a card can be put elsewhere
NAMED = {(4, 0): 0x2E00}


def held_places(cards, named=()):
    """(card's id, BAR) -> first port, as hold=on has them: names first, then by slot."""
    taken, places = [], {}
    named = dict(named)

    def take(card, bar, base):
        places[card.id, bar] = base
        taken.append((base, base + card.bars[bar] - 1))

    order = sorted(cards, key=lambda card: (card.slot, card.function))
    for card in order:
        if (card.slot, card.function) in named:
            take(card, min(card.bars), named[card.slot, card.function])
    for card in order:
        for bar, size in sorted(card.bars.items()):
            if (card.id, bar) in places:
                continue
            base = WINDOW[0]
            while any(base <= last and first <= base + size - 1 for first, last in taken):
                base += size
            assert base + size - 1 <= WINDOW[1]
            take(card, bar, base)
    return places


def hold_at():
    """The bridge's property that names places."""
    at = "+".join(f"{slot:x}.{function}={base:#x}" for (slot, function), base in NAMED.items())
    return f"hold-at={at}"


def qemu_args(machine, hold):
    bridge = BRIDGE + (f",hold=on,{hold_at()}" if hold else "")
    return ("-audiodev", "none,id=quiet",
            *devices(machine, (bridge, *(card.qemu_device for card in CARDS))))  # fmt: skip


# x86's Linux places I/O BARs where they meet no alias of ISA's ports: pcibios_align_resource() has
# them begin in the first 0x100 of each of these.
ISA_ALIASES = 0x400
ROOM = (WINDOW[1] + 1 - WINDOW[0]) // ISA_ALIASES

# A BAR for which there was no room left
NO_PORTS = "no ports"

# Results of a column have this name, and those of a BAR in it that of bar_id()
PREFIX = "cards: "


def column(machine, firmware, hold):
    return PREFIX + behind.machine_name(machine, firmware, hold)


def bar_id(card, bar):
    return f"{card.id} BAR {bar}"


EVENTS = (
    *behind.EVENTS,
    # The last, after which Linux has some held cards elsewhere than they are
    Event("removed and rescanned", events.rescan, each=True),
)

# What scripts/check runs when it is not to take long
SHORT = {
    ("pc", "seabios", True): ("cold boot", "QMP system_reset", "removed and rescanned"),
    ("q35", "ovmf", False): ("cold boot",),
}
