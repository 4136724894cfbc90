# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of memory windows: where memory BARs come to behind bridges whose windows are fixed."""

import dataclasses

import behind
from guest.machine import devices

MACHINES = ("pc", "q35")
KERNEL = "6.1"
MIB = 1 << 20
PREFIX = "memory: "


@dataclasses.dataclass(frozen=True)
class Bridge:
    """A fixed bridge: its slot, and where its windows of 1 MiB begin; pref: None if it has only one."""

    slot: int
    mem: int
    pref: int = None
    pref_size: int = MIB

    @property
    def id(self):
        return f"dec{self.slot:x}"

    @property
    def name(self):
        pref = f", pref-base={self.pref:#x}" if self.pref else ""
        return f"mem-base={self.mem:#x}{pref}"

    def qemu_device(self, hold):
        pref = f",pref-base={self.pref:#x},pref-limit={self.pref + self.pref_size - 1:#x}" if self.pref else ""
        return (f"dec-21154,id={self.id},bus={{root}},addr={self.slot:#x},mem-base={self.mem:#x}{pref}"
                + (",hold=on" if hold else ""))

    def fixes(self, prefetchable):
        """Whether the window for such BARs is fixed; firmware places the other one."""
        return self.pref is not None or not prefetchable

    def window(self, prefetchable):
        """(first address, last address) of the fixed window that takes such a BAR."""
        if prefetchable and self.pref is not None:
            return self.pref, self.pref + self.pref_size - 1
        return self.mem, self.mem + MIB - 1


@dataclasses.dataclass(frozen=True)
class Bar:
    """size, prefetchable; probe: at which offset the card's MAC address is read, or None"""

    number: int
    size: int
    prefetchable: bool = False
    probe: int = None


@dataclasses.dataclass(frozen=True)
class Card:
    bridge: Bridge
    slot: int
    device: str
    bars: tuple
    options: str = ""

    @property
    def id(self):
        return f"{self.bridge.id}s{self.slot}"

    @property
    def path(self):
        return f"{self.bridge.slot:02x}.0/{self.slot:02x}.0"

    @property
    def mac(self):
        return bytes((0x52, 0x54, 0, 0, self.bridge.slot, self.slot))

    @property
    def qemu_device(self):
        mac = f",mac={self.mac.hex(':')},romfile=" if self.device != "fpga" else ""
        return f"{self.device},id={self.id},bus={self.bridge.id},addr={self.slot:#x}{mac}{self.options}"

    def bar_id(self, bar):
        return f"{self.id} BAR {bar.number}"


# Low, between, and high in what firmware and Linux have for memory; prefetchable ones also where
# nothing has 32 bits
BRIDGES = (
    Bridge(4, 0x50000000, 0x800000000, pref_size=32 * MIB),
    Bridge(5, 0x90000000, 0x4000000000),
    Bridge(6, 0xC8000000, 0xD0000000),
    Bridge(7, 0xF0000000),
)
RTL8139 = (Bar(1, 0x100, probe=0),)
VIRTIO = (Bar(1, 0x1000), Bar(4, 0x4000, prefetchable=True, probe=0x2000))
FPGA = Card(BRIDGES[0], 3, "fpga", (Bar(2, 16 * MIB, prefetchable=True),))
CARDS = (
    *(Card(bridge, 1, "rtl8139", RTL8139) for bridge in BRIDGES),
    *(Card(bridge, 2, "virtio-net-pci", VIRTIO, options=",disable-legacy=on") for bridge in BRIDGES),
    FPGA,
)


def held_places():
    """(card's id, number of the BAR) -> its address with hold=on: by slot, the lowest that is free."""
    places = {}
    for bridge in BRIDGES:
        taken = []
        for card in sorted((card for card in CARDS if card.bridge == bridge), key=lambda card: card.slot):
            for bar in card.bars:
                first, last = bridge.window(bar.prefetchable)
                base = (first + bar.size - 1) // bar.size * bar.size
                while any(base <= end and begin <= base + bar.size - 1 for begin, end in taken):
                    base += bar.size
                assert base + bar.size - 1 <= last
                taken.append((base, base + bar.size - 1))
                places[card.id, bar.number] = base
    return places


def qemu_args(machine, hold):
    return tuple(devices(machine, (*(bridge.qemu_device(hold) for bridge in BRIDGES),
                                   *(card.qemu_device for card in CARDS))))


def column(machine, firmware, hold):
    return PREFIX + behind.machine_name(machine, firmware, hold)


EVENTS = behind.EVENTS

# What scripts/check runs when it is not to take long
SHORT = {("pc", "seabios", True): ("cold boot", "QMP system_reset", "live migration")}
