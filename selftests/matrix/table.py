# SPDX-License-Identifier: GPL-2.0-or-later
"""The matrix: on which machines, with which cards, the address holds after which events.

The one table that there is. layout.py says what its words mean.
"""

import events
from guest.machine import CARDS
from layout import Absent, Card, Event, Layout, Lost, Refusal

MACHINES = ("pc", "q35")
# With this machine's firmware; and the newest kernel, with the newest firmware
KERNELS = ("6.1", "6.12")
NEWEST = ("7.3",)
NEWEST_FIRMWARES = ("seabios:sid", "ovmf:sid")


def kernels(firmware):
    """Those that a firmware has columns with."""
    return NEWEST if ":" in firmware else KERNELS


FIXED = Card("the card at 0x2000", "fpga", "04.0/01.0", 0x2000)
FIRST = Card("first of two cards on a bridge, 0x2000", "first", "04.0/01.0", 0x2000)
SECOND = Card("second of two cards on a bridge, 0x2800", "second", "04.0/02.0", 0x2800)
OTHER = Card("card on a second bridge, 0x3000", "other", "06.0/01.0", 0x3000)
FREE = Card("free card on a pci-bridge", "free", "07.0/01.0")
EXPRESS = Card("free PCI Express card behind a root port", "express", "08.0/00.0", express=True)
UPPER = Card("card alone on a bridge, 0x2800 in 0x2000-0x2fff", "upper", "04.0/01.0", 0x2800)
UPPER_EA = Card("the same with ea=on, 0x3800 in 0x3000-0x3fff", "ea", "06.0/01.0", 0x3800, ea=True)
PORTED = Card("card at 0x4000 behind a root port", "ported", "08.0/00.0", 0x4000, express=True)

BRIDGE = CARDS[0]
BRIDGE_2 = "dec-21154,id=dec2,bus={root},addr=6,chassis_nr=2,io-base=0x3000"
# QEMU does not report the link of a port as active while ACPI does its hot-plugging, and Linux
# lets a bus reset fail for that when the port is faster than 5 GT/s.
ROOT_PORT = "pcie-root-port,id=rp,bus={root},addr=8,chassis=4,x-speed=5"
MANY = (
    BRIDGE,
    "fpga,id=first,bus=dec,addr=1,io-base=0x2000",
    "fpga,id=second,bus=dec,addr=2,io-base=0x2800",
    BRIDGE_2,
    "fpga,id=other,bus=dec2,addr=1,io-base=0x3000",
    "pci-bridge,id=hot,bus={root},addr=7,chassis_nr=3",
    "fpga,id=free,bus=hot,addr=1",
    ROOT_PORT,
    "fpga,id=express,bus=rp",
)

# What the demo does besides
DEMO = (
    ("lspci -t", 0, (r"-04\.0-\[01\]----01\.0",)),
    ("pciaddr-check --spec /usr/share/doc/fpga-pci/examples/fixed-card.yaml", 0, ()),
    ("fpga-ctl --device fpga0 irq raise", 0, ("arrived",)),
)
DEMO_EDU = (
    ("fpga-ctl --device edu0 dma --len 4096", 0, ("verified",)),
    ("fpga-ctl --device edu0 fact 10", 0, ("3628800",)),
)

LAYOUTS = (
    Layout("one card", CARDS, (FIXED,), commands=DEMO, edu_commands=DEMO_EDU),
    Layout("many cards", MANY, (FIRST, SECOND, OTHER, FREE, EXPRESS)),
    Layout("cards that Linux moves",
           (BRIDGE, "fpga,id=upper,bus=dec,addr=1,io-base=0x2800",
            BRIDGE_2, "fpga,id=ea,bus=dec2,addr=1,io-base=0x3800,ea=on",
            ROOT_PORT, "fpga,id=ported,bus=rp,io-base=0x4000"),
           (UPPER, UPPER_EA, PORTED),
           events=("cold boot", "removed and rescanned", "unplugged and plugged again")),
)  # fmt: skip

# In this order in one boot. After S3 the interrupt of ACPI sometimes does not come any more
# (QEMU 10.0 with TCG: the event is pending and enabled), and nothing can be unplugged. The last
# two leave QEMU's own edu card, which saves no state, out of order.
EVENTS = (
    Event("cold boot", events.nothing, kernels=1),
    Event("QMP system_reset", lambda guest: guest.reset(), kernels=1),
    Event("guest reboot", lambda guest: guest.reboot(), kernels=1),
    Event("kexec", lambda guest: guest.kexec(), kernels=1),
    Event("bus reset", events.reset_by("bus"), each=True),
    Event("FLR", events.reset_by("flr"), each=True),
    Event("removed and rescanned", events.rescan, each=True),
    Event("unplugged and plugged again", events.replug, each=True),
    # Linux 7.3 has a processor that was taken offline for S3 (Guest.suspend()) keep the disks'
    # requests after it, with or without the cards.
    Event("S3 suspend and resume", lambda guest: guest.suspend(), bzimage=True,
          one_processor_on=("7.3",)),
    Event("savevm and loadvm", events.save_and_restore, edu=False),
    Event("live migration", lambda guest: guest.migrate(), edu=False),
)

ABSENT = (
    Absent("FLR", lambda card: not card.express,
           "Function-level reset is a capability of PCI Express functions; Linux offers none"
           " for a conventional card.", events.cannot(events.reset_by("flr"))),
    Absent("bus reset", lambda card: card in (FIRST, SECOND),
           "A reset of their bus would hit both cards: Linux offers none for either.",
           events.cannot(events.reset_by("bus"))),
)  # fmt: skip

LOST = (
    Lost(("removed and rescanned", "unplugged and plugged again"), UPPER,
         "Linux gives the card the lowest free ports of the window, 0x2000, which the card"
         " ignores: its ports still answer at 0x2800, `pciaddr-check` names both numbers, the"
         " driver does not bind. `ea=on`, or the first ports of the window, avoid it.",
         answers=True),
    Lost(("cold boot", "removed and rescanned", "unplugged and plugged again"), PORTED,
         "A root port's window is the guest's choice, and does not cover the card's ports:"
         " they do not answer, `pciaddr-check` says so, the driver does not bind. QEMU warns.",
         answers=False),
)  # fmt: skip

REFUSALS = (
    Refusal("the bridge is unplugged",
            "The bridge is no device for hot-plugging: Linux would give it another window.",
            "one card", "device_del dec", r"Device 'dec-21154' does not support hotplugging"),
)  # fmt: skip

# What scripts/check runs when it is not to take long: layouts with these events. A kernel
# that need not be a bzImage boots sooner.
SHORT = {
    ("pc", "seabios", "6.1", "one card"): tuple(
        event.name for event in EVENTS if not event.bzimage),
    ("q35", "ovmf", "6.12", "many cards"): (
        "cold boot", "FLR", "unplugged and plugged again", "S3 suspend and resume",
        "live migration",
    ),
}  # fmt: skip
