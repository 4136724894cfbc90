#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the text of `lspci -vvxxxx` of made-up machines of kinds that reports come from:
a laptop with CardBus, one with a Thunderbolt dock, one with VMD, a server of 310 functions, a desktop
with an AMD processor.

Usage: kinds.py KIND [FUNCTIONS]
"""

import sys

MIB = 1 << 20
GIB = 1 << 30

ENDPOINT, ROOT_PORT, UPSTREAM, DOWNSTREAM = 0, 4, 5, 6
SLOT = 0x100


class Function:
    """One function: its config space, and the lines that lspci -v prints of it."""

    def __init__(self, machine, slot, ids, class_code, header=0, size=256):
        self.config = bytearray(size)
        self.lines = []
        self.slot = slot
        self.put(0x00, 4, ids[1] << 16 | ids[0])
        self.put(0x04, 2, 0x0007)
        self.put(0x09, 3, class_code)
        self.put(0x0E, 1, header)
        self.kind = header & 0x7F
        self.next_capability = 0x40
        machine.functions.append(self)

    def put(self, offset, size, value):
        self.config[offset:offset + size] = value.to_bytes(size, "little")

    def capability(self, identity, length):
        """Adds one to the list; returns its offset."""
        pointer = 0x14 if self.kind == 2 else 0x34
        at = self.next_capability
        while self.config[pointer]:
            pointer = self.config[pointer] + 1
        self.config[pointer] = at
        self.config[6] |= 0x10
        self.config[at] = identity
        self.next_capability += length
        return at

    def express(self, port, slot=False, hotplug=False, occupied=False):
        at = self.capability(0x10, 0x3C)
        self.put(at + 2, 2, 2 | port << 4 | (SLOT if slot else 0))
        self.put(at + 0x0C, 4, 0x00100043)  # reports whether the link is up
        self.put(at + 0x12, 2, 0x2043 if occupied else 0x1000)
        if slot:
            self.put(at + 0x14, 4, 0x60 if hotplug else 0)
            self.put(at + 0x1A, 2, 0x40 if occupied else 0)
        return self

    def message_interrupts(self):
        self.put(self.capability(0x05, 0x10) + 2, 2, 0x0080)
        return self

    def bar(self, number, base, size, kind="mem"):
        offset = 0x10 + 4 * number
        if kind == "io":
            self.put(offset, 4, base | 1)
            what = f"I/O ports at {base:04x}"
        else:
            wide, prefetchable = "64" in kind, "pref" in kind
            self.put(offset, 4, base & 0xFFFFFFFF | wide << 2 | prefetchable << 3)
            if wide:
                self.put(offset + 4, 4, base >> 32)
            what = (f"Memory at {base:08x} ({64 if wide else 32}-bit, "
                    f"{'' if prefetchable else 'non-'}prefetchable)")
        shown = next(f"{size >> shift}{unit}" for shift, unit in ((30, "G"), (20, "M"), (10, "K"),
                                                                  (0, "")) if size >> shift)
        self.lines.append(f"Region {number}: {what} [size={shown}]")
        return self

    def buses(self, primary, secondary, subordinate):
        self.put(0x18, 3, primary | secondary << 8 | subordinate << 16)
        return self

    def windows(self, io=None, memory=None, prefetchable=None):
        """Of a bridge: (first, size) each; without, it is closed."""
        first, last = (io[0], io[0] + io[1] - 1) if io else (0xF000, 0x0FFF)
        self.put(0x1C, 2, (first >> 8 & 0xF0 | 1) | (last >> 8 & 0xF0 | 1) << 8)
        first, last = (memory[0], memory[0] + memory[1] - 1) if memory else (0xFFF00000, 0xFFFFF)
        self.put(0x20, 4, (first >> 16 & 0xFFF0) | (last >> 16 & 0xFFF0) << 16)
        first, last = ((prefetchable[0], prefetchable[0] + prefetchable[1] - 1) if prefetchable
                       else (0xFFF00000, 0xFFFFF))
        self.put(0x24, 4, (first >> 16 & 0xFFF0 | 1) | (last >> 16 & 0xFFF0 | 1) << 16)
        self.put(0x28, 4, first >> 32)
        self.put(0x2C, 4, last >> 32)
        return self

    def text(self):
        domain, bus, device, function = self.slot
        rows = "".join(f"{at:02x}: {self.config[at:at + 16].hex(' ')}\n"
                       for at in range(0, len(self.config), 16))
        lines = "".join(f"\t{line}\n" for line in self.lines)
        class_code = int.from_bytes(self.config[10:12], "little")
        return (f"{domain:04x}:{bus:02x}:{device:02x}.{function} Class [{class_code:04x}]: Device "
                f"[{self.config[1::-1].hex()}:{self.config[3:1:-1].hex()}]\n{lines}{rows}\n")


class Machine:
    def __init__(self):
        self.functions = []

    def add(self, slot, ids, class_code, **options):
        """SLOT: "00:1f.0", or "10000:00:1f.0" where the domain is another than 0"""
        numbers, _, function = slot.rpartition(".")
        fields = [int(field, 16) for field in numbers.split(":")]
        domain = fields.pop(0) if len(fields) == 3 else 0
        return Function(self, (domain, *fields, int(function)), ids, class_code, **options)

    def port(self, slot, ids, port, buses, slot_in=None, **windows):
        """A PCI Express port; SLOT_IN: None, "empty" or "full" """
        found = self.add(slot, ids, 0x060400, header=1)
        found.express(port, slot=slot_in is not None, hotplug=slot_in is not None,
                      occupied=slot_in != "empty").message_interrupts()
        return found.buses(*buses).windows(**windows)

    def text(self):
        return "".join(function.text() for function in sorted(self.functions,
                                                              key=lambda found: found.slot))


def cardbus():
    """A laptop of about 2001: conventional PCI, two CardBus slots, a card in one of them."""
    machine = Machine()
    machine.add("00:00.0", (0x8086, 0x7190), 0x060000).bar(0, 0xE0000000, 64 * MIB, "mem pref")
    machine.add("00:01.0", (0x8086, 0x7191), 0x060400, header=1).buses(0, 1, 1).windows(
        io=(0xC000, 0x1000), memory=(0xFD000000, 16 * MIB), prefetchable=(0xE8000000, 64 * MIB))
    for function in (0, 1):
        bridge = machine.add(f"00:04.{function}", (0x104C, 0xAC51), 0x060700, header=0x82)
        bridge.bar(0, 0x10000000 + 0x1000 * function, 4096)
        bridge.config[0x10 + 4:0x18] = bytes(4)
        at = bridge.capability(0x01, 0x08)
        bridge.put(at + 2, 2, 0xFE11)
        first = 2 + 4 * function
        bridge.put(0x18, 4, first << 8 | first + 3 << 16 | 0xB0 << 24)
        memory, ports = 0x10400000 + 0x800000 * function, 0x4000 + 0x800 * function
        for window in (0, 1):
            bridge.put(0x1C + 8 * window, 4, memory + 0x400000 * window)
            bridge.put(0x20 + 8 * window, 4, memory + 0x400000 * window + 0x3FF000)
            bridge.put(0x2C + 8 * window, 4, ports + 0x400 * window)
            bridge.put(0x30 + 8 * window, 4, ports + 0x400 * window + 0xFC)
        bridge.put(0x3E, 2, 0x05C0)
        bridge.lines.append(f"Bus: primary=00, secondary={first:02x}, subordinate={first + 3:02x}, "
                            "sec-latency=176")
    machine.add("00:07.0", (0x8086, 0x7110), 0x060100, header=0x80)
    machine.add("00:07.1", (0x8086, 0x7111), 0x010180).bar(4, 0x1050, 16, "io")
    machine.add("00:07.2", (0x8086, 0x7112), 0x0C0300).bar(4, 0x1060, 32, "io")
    machine.add("00:07.3", (0x8086, 0x7113), 0x068000)
    machine.add("00:0c.0", (0x125D, 0x1978), 0x040100).bar(0, 0x1400, 256, "io")
    machine.add("01:00.0", (0x1002, 0x4C4D), 0x030000).bar(0, 0xE8000000, 64 * MIB, "mem pref").bar(
        1, 0xC000, 256, "io").bar(2, 0xFD000000, 4096)
    machine.add("02:00.0", (0x10B7, 0x5257), 0x020000).bar(0, 0x4000, 128, "io").bar(
        1, 0x10800000, 128)
    return machine


def dock():
    """A laptop with a Thunderbolt dock, and a second one behind it: six levels of bridges."""
    machine = Machine()
    machine.add("00:00.0", (0x8086, 0x9B61), 0x060000)
    machine.add("00:02.0", (0x8086, 0x9B41), 0x030000).bar(0, 0x6022000000, 16 * MIB, "mem 64").bar(
        2, 0x4000000000, 256 * MIB, "mem 64 pref").bar(4, 0x3000, 64, "io")
    machine.add("00:14.0", (0x8086, 0x02ED), 0x0C0330).bar(0, 0x6023100000, 65536, "mem 64")
    machine.add("00:1f.0", (0x8086, 0x0284), 0x060100, header=0x80)
    machine.add("00:1f.4", (0x8086, 0x02A3), 0x0C0500).bar(0, 0x6023130000, 256, "mem 64").bar(
        4, 0xEFA0, 32, "io")
    machine.port("00:1d.0", (0x8086, 0x02B0), ROOT_PORT, (0, 5, 0x6F), "full", io=(0x4000, 0x2000),
                 memory=(0xA0000000, 768 * MIB), prefetchable=(0x5000000000, 64 * GIB))

    def level(above, bus, last, memory, prefetchable, depth):
        """A switch of four ports on BUS; the next dock is behind the last of them."""
        switch = (0x8086, 0x15EA if depth else 0x15D3)
        machine.port(f"{bus:02x}:00.0", switch, UPSTREAM, (bus, bus + 1, last),
                     memory=memory, prefetchable=prefetchable)
        inner = bus + 1
        machine.port(f"{inner:02x}:00.0", switch, DOWNSTREAM, (inner, inner + 1, inner + 1), "full",
                     memory=(memory[0], 2 * MIB))
        machine.add(f"{inner + 1:02x}:00.0", (0x8086, 0x15EB), 0x088000).express(ENDPOINT).bar(
            0, memory[0], 256 << 10).bar(1, memory[0] + 0x40000, 4096)
        machine.port(f"{inner:02x}:01.0", switch, DOWNSTREAM, (inner, inner + 2, inner + 2),
                     "empty", memory=(memory[0] + 2 * MIB, 2 * MIB),
                     prefetchable=(prefetchable[0], 2 * MIB))
        machine.port(f"{inner:02x}:02.0", switch, DOWNSTREAM, (inner, inner + 3, inner + 3), "full",
                     memory=(memory[0] + 4 * MIB, 2 * MIB),
                     prefetchable=(prefetchable[0] + 2 * MIB, 2 * MIB))
        machine.add(f"{inner + 3:02x}:00.0", (0x8086, 0x15EC), 0x0C0330).express(ENDPOINT).bar(
            0, memory[0] + 4 * MIB, 65536).bar(2, prefetchable[0] + 2 * MIB, 65536, "mem 64 pref")
        rest = (memory[0] + 16 * MIB, memory[1] - 16 * MIB)
        far = (prefetchable[0] + 16 * MIB, prefetchable[1] - 16 * MIB)
        machine.port(f"{inner:02x}:04.0", switch, DOWNSTREAM, (inner, inner + 4, last),
                     "full" if depth else "empty", memory=rest, prefetchable=far)
        if depth:
            level(inner, inner + 4, last, rest, far, depth - 1)

    level(0, 5, 0x6F, (0xA0000000, 768 * MIB), (0x5000000000, 64 * GIB), 2)
    return machine


def vmd():
    """A laptop whose disks are behind VMD: a domain of its own, within one function's BARs."""
    machine = Machine()
    machine.add("00:00.0", (0x8086, 0x9A14), 0x060000)
    machine.add("00:0e.0", (0x8086, 0x9A0B), 0x010400).bar(0, 0x6020000000, 32 * MIB, "mem 64").bar(
        2, 0x80000000, 32 * MIB).bar(4, 0x603D000000, 1 * MIB, "mem 64")
    machine.port("00:1d.0", (0x8086, 0xA0B0), ROOT_PORT, (0, 1, 1), "full",
                 memory=(0x82000000, MIB))
    machine.add("01:00.0", (0x8086, 0x1533), 0x020000).express(ENDPOINT).bar(0, 0x82000000, 65536)
    machine.add("10000:e0:06.0", (0x8086, 0x09AB), 0x088000)
    machine.port("10000:e0:06.2", (0x8086, 0x9A09), ROOT_PORT, (0xE0, 0xE1, 0xE1), "full",
                 memory=(0x80000000, MIB))
    machine.add("10000:e1:00.0", (0x144D, 0xA80A), 0x010802).express(ENDPOINT).bar(
        0, 0x80000000, 16384, "mem 64")
    return machine


def server(count=310):
    """Two processors, ten root buses: root ports, switches, cards of eight functions, and the
    processors' own functions, which have no BARs."""
    machine = Machine()
    ports = {0x00: 0x1000, 0x17: 0x4000, 0x3A: 0x6000, 0x5D: 0x8000, 0x80: 0xA000, 0x97: 0xB000,
             0xBA: 0xC000, 0xDD: 0xD000}
    machine.add("00:00.0", (0x8086, 0x2020), 0x060000)
    machine.add("00:1f.0", (0x8086, 0xA1C1), 0x060100)
    for uncore in (0x7F, 0xFF):
        for number in range(64):
            machine.add(f"{uncore:02x}:{number // 8:02x}.{number % 8}", (0x8086, 0x2054), 0x088000,
                        header=0x80, size=256)
    for index, (bus, io) in enumerate(ports.items()):
        memory, far = 0x90000000 + index * 0x8000000, (0x38 << 40) + index * (4 << 40)
        machine.add(f"{bus:02x}:04.0", (0x8086, 0x2021), 0x088000, size=4096).express(
            9).bar(0, far + 0x3FFFF0000, 16384, "mem 64")
        below = bus + 1
        switch = (0x10B5, 0x8747)
        machine.port(f"{bus:02x}:02.0", (0x8086, 0x2030), ROOT_PORT, (bus, below, below + 9),
                     "full", io=(io, 0x1000), memory=(memory, 64 * MIB), prefetchable=(far, 8 * GIB))
        machine.port(f"{below:02x}:00.0", switch, UPSTREAM, (below, below + 1, below + 9),
                     io=(io, 0x1000), memory=(memory, 64 * MIB), prefetchable=(far, 8 * GIB))
        for down in range(2):
            card = below + 2 + down
            here, there = memory + down * 16 * MIB, far + down * GIB
            machine.port(f"{below + 1:02x}:{down:02x}.0", switch, DOWNSTREAM,
                         (below + 1, card, card), "full", memory=(here, 16 * MIB),
                         prefetchable=(there, GIB))
            for number in range(8):
                machine.add(f"{card:02x}:00.{number}", (0x8086, 0x1572), 0x020000, header=0x80,
                            size=4096).express(ENDPOINT).message_interrupts().bar(
                    0, there + number * 8 * MIB, 8 * MIB, "mem 64 pref").bar(
                    3, here + number * 65536, 32768)
    machine.functions = sorted(machine.functions, key=lambda found: found.slot)
    rest = count - len(machine.functions)
    for number in range(max(rest, 0)):
        machine.add(f"fe:{number // 8:02x}.{number % 8}", (0x8086, 0x2055), 0x088000, header=0x80)
    machine.functions = machine.functions[:count] if rest < 0 else machine.functions
    return machine


def amd():
    """A desktop with a processor of family 10h: its own functions are 00:18, of which function 1
    has the routing of buses, ports and memory (BKDG for family 10h, 3.4)."""
    machine = Machine()
    machine.add("00:00.0", (0x1022, 0x9600), 0x060000)
    machine.port("00:02.0", (0x1022, 0x9603), ROOT_PORT, (0, 1, 1), "full", io=(0xD000, 0x1000),
                 memory=(0xFE900000, MIB), prefetchable=(0xD0000000, 256 * MIB))
    machine.port("00:09.0", (0x1022, 0x9608), ROOT_PORT, (0, 2, 2), "full", io=(0xE000, 0x1000),
                 memory=(0xFEA00000, MIB))
    machine.add("00:11.0", (0x1002, 0x4391), 0x010601).bar(4, 0xC000, 16, "io").bar(
        5, 0xFE8FF000, 1024)
    machine.add("00:12.0", (0x1002, 0x4397), 0x0C0310, header=0x80).bar(0, 0xFE8FE000, 4096)
    machine.add("00:12.2", (0x1002, 0x4396), 0x0C0320).bar(0, 0xFE8FF800, 256)
    machine.add("00:14.0", (0x1002, 0x4385), 0x0C0500, header=0x80)
    machine.add("00:14.3", (0x1002, 0x439D), 0x060100)
    machine.add("00:14.4", (0x1002, 0x4384), 0x060401, header=1).buses(0, 3, 3).windows()
    for number in range(5):
        own = machine.add(f"00:18.{number}", (0x1022, 0x1200 + number), 0x060000, header=0x80)
        if number == 1:
            own.put(0x80, 4, 0x00C00003)  # memory from 0xc0000000, read and write
            own.put(0x84, 4, 0x00FEBF00)  # up to 0xfebfffff, to node 0, link 0
            own.put(0xC0, 4, 0x00000003)  # ports from 0
            own.put(0xC4, 4, 0x0000F000)  # up to 0xffff
            own.put(0xE0, 4, 0xFF000003)  # buses 0 to 0xff
    machine.add("01:00.0", (0x1002, 0x9498), 0x030000, header=0x80).express(ENDPOINT).bar(
        0, 0xD0000000, 256 * MIB, "mem 64 pref").bar(2, 0xFE9E0000, 65536, "mem 64").bar(
        4, 0xD000, 256, "io")
    machine.add("01:00.1", (0x1002, 0xAA38), 0x040300).express(ENDPOINT).bar(
        0, 0xFE9FC000, 16384, "mem 64")
    machine.add("02:00.0", (0x10EC, 0x8168), 0x020000).express(ENDPOINT).bar(0, 0xE800, 256, "io").bar(
        2, 0xFEAFF000, 4096, "mem 64")
    return machine


KINDS = {"cardbus": cardbus, "dock": dock, "vmd": vmd, "server": server, "amd": amd}


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in KINDS:
        sys.exit(__doc__)
    sys.stdout.write(KINDS[sys.argv[1]](*map(int, sys.argv[2:])).text())


if __name__ == "__main__":
    main()
