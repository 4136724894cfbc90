# SPDX-License-Identifier: GPL-2.0-or-later
"""What the table is made of."""

import collections.abc
import dataclasses

PORTS = 0x800  # of one card


@dataclasses.dataclass(frozen=True)
class Card:
    """A card: its name for people, its id in QEMU, slots from the root bus on."""

    name: str
    id: str
    path: str
    base: int = None  # its first fixed port; None: the guest chooses
    ea: bool = False
    express: bool = False

    @property
    def ports(self):
        return f"{self.base:#x}-{self.base + PORTS - 1:#x}" if self.base else "any"


@dataclasses.dataclass(frozen=True)
class Layout:
    """Devices as for QEMU's option -device, and which of them are the cards to look at.

    events: those that there are, by name; none: all
    commands, edu_commands: (command, status, patterns), run after each event too; those with
        the edu card as long as it works
    """

    name: str
    devices: tuple
    cards: tuple
    events: tuple = ()
    commands: tuple = ()
    edu_commands: tuple = ()

    def device(self, card):
        return next(device for device in self.devices if f"id={card.id}," in device)


@dataclasses.dataclass(frozen=True)
class Event:
    """Something that happens.

    happen: called with the guest, and when the event is that of each card with that card, its
        slot and its layout as well
    kernels: how many kernels start with it
    edu: QEMU's edu card works afterwards
    bzimage: the kernel must have been started so
    one_processor_on: kernels on which it needs a machine with one
    """

    name: str
    happen: collections.abc.Callable
    each: bool = False
    kernels: int = 0
    edu: bool = True
    bzimage: bool = False
    one_processor_on: tuple = ()


@dataclasses.dataclass(frozen=True)
class Absent:
    """Cells that there are not: why, and what shows it (called as Event.happen is)."""

    event: str
    applies: collections.abc.Callable
    reason: str
    show: collections.abc.Callable


@dataclasses.dataclass(frozen=True)
class Lost:
    """Cells in which the guest no longer has the address, and must notice: why.

    answers: the card still answers at its fixed ports
    """

    events: tuple
    card: Card
    reason: str
    answers: bool


@dataclasses.dataclass(frozen=True)
class Refusal:
    """A line for QEMU's monitor that is refused with this layout, what it says, and why."""

    name: str
    reason: str
    layout: str
    line: str
    says: str
