# SPDX-License-Identifier: GPL-2.0-or-later
"""One column of the matrix: one machine, firmware, kernel and layout, in one boot."""

import dataclasses
import itertools
import re
import traceback

import results
import table
from guest import GuestError, Machine
from guest.machine import devices
from harness.guests import APPEND, TestGuest, is_race_of_tcg
from layout import Layout
from verdict import Look

# How long a guest may take for one thing, on a machine that does others beside [s]
TIMEOUT = 900

HELD, WORKS, LOST, ABSENT, FAILED = "held", "works", "lost", "absent", results.FAILED


@dataclasses.dataclass(frozen=True)
class Column:
    machine: str
    firmware: str
    kernel: str
    layout: Layout
    events: tuple

    @property
    def name(self):
        return f"{self.machine}, {self.firmware}, {self.kernel}, {self.layout.name}"


def columns(short, firmwares):
    """All columns with these firmwares, or the short selection of them."""
    for machine, firmware in itertools.product(table.MACHINES, firmwares):
        for kernel, layout in itertools.product(table.kernels(firmware), table.LAYOUTS):
            names = layout.events or tuple(event.name for event in table.EVENTS)
            if short:
                names = table.SHORT.get((machine, firmware, kernel, layout.name), ())
            events = tuple(event for event in table.EVENTS if event.name in names)
            if events:
                yield Column(machine, firmware, kernel, layout, events)


class Run:
    """Runs a column, but for what is known already: (card's id, event) -> what has come of it."""

    def __init__(self, subtests, column):
        self.column = column
        self._known = results.known(column.name)
        self._subtests = subtests
        self._guest = None
        self._look = None

    def is_known(self):
        """Whether there is nothing to run."""
        return all((card.id, event.name) in self._known
                   for event in self.column.events for card in self.column.layout.cards)

    def run(self):
        try:
            for event in self.column.events:
                self._event(event)
            self._refusals()
        finally:
            self._end()

    def _end(self):
        if self._guest:
            said = self._guest.complaints()
            self._guest.close()
            self._guest = self._look = None
            if said:
                self._subtests.report("the guest's kernel complains", "failed", said)

    def _need_guest(self):
        """Boots, the first time and after a guest that broke."""
        if self._guest:
            return
        column = self.column
        self._guest = TestGuest(Machine(
            machine=column.machine, firmware=column.firmware, kernel=column.kernel,
            cards=False, append=APPEND, qemu_args=devices(column.machine, column.layout.devices),
            bzimage=any(event.bzimage for event in column.events),
            processors=1 if any(column.kernel in event.one_processor_on for event in column.events) else 2,
        ), TIMEOUT)  # fmt: skip
        self._guest.boot()

    def _look_at(self, lost):
        return Look(self._guest, self.column.layout.cards, [entry.card for entry in lost])

    def _lost(self, event):
        return [entry for entry in table.LOST if event.name in entry.events]

    def _event(self, event):
        if not event.each:
            self._cells(event, self.column.layout.cards, None)
            return
        for card in self.column.layout.cards:
            self._cells(event, (card,), card)

    def _cells(self, event, cards, subject):
        """One happening, with its results for these cards."""
        if all((card.id, event.name) in self._known for card in cards):
            return
        absent = next((entry for entry in table.ABSENT
                       if subject and entry.event == event.name and entry.applies(subject)), None)
        lost = self._lost(event)
        try:
            self._need_guest()
            if subject and not self._look:
                self._look = self._look_at(())
            self._happen(event, subject, absent)
            if absent:
                self._result(event, subject, ABSENT, [])
                return
            self._look = self._look_at(lost)
        except Exception as error:  # a broken guest is a failed cell, and the others go on
            if is_race_of_tcg(str(error)):
                raise
            self._end()
            for card in cards:
                self._result(event, card, FAILED, [traceback.format_exc()])
            return
        for card in cards:
            self._judge(event, card, subject, lost)
        if not subject:
            self._commands(event)

    def _happen(self, event, subject, absent):
        guest = self._guest
        boots = guest.boots
        # The first event is the boot itself.
        if event is table.EVENTS[0]:
            boots = 0
        if subject:
            happen = absent.show if absent else event.happen
            happen(guest, subject, self._look.slot(subject), self.column.layout)
        else:
            event.happen(guest)
        if guest.boots - boots != event.kernels:
            raise GuestError(f"{guest.boots - boots} kernels have started, not {event.kernels}")

    def _judge(self, event, card, subject, lost):
        """With an event that is of one card, its neighbours are looked at, too."""
        look = self._look
        faults = []
        outcome = HELD if card.base else WORKS
        lost_here = {entry.card: entry for entry in lost}
        for other in self.column.layout.cards if subject else (card,):
            if other in lost_here:
                faults += look.lost_faults(other, lost_here[other].answers)
            else:
                faults += look.faults(other)
        if card in lost_here:
            outcome = LOST
        edu_broken = self.column.layout.edu_commands and not event.edu
        if not edu_broken and not set(lost_here) & set(self.column.layout.cards):
            faults += look.machine_faults()
        self._result(event, card, FAILED if faults else outcome, faults + [look.transcript])

    def _result(self, event, card, outcome, diagnostics):
        results.add(self.column.name, {(card.id, event.name): outcome})
        name = f"{event.name}: {card.name}: {outcome}"
        if outcome == FAILED:
            self._subtests.report(name, "failed", "\n".join(diagnostics))
        else:
            self._subtests.report(name, "passed")

    def _commands(self, event):
        layout = self.column.layout
        edu_commands = layout.edu_commands if event.edu else ()
        for command, status, patterns in layout.commands + edu_commands:
            with self._subtests.test(f"{event.name}: {command}"):
                self._guest.sh(command, status, patterns)

    def _refusals(self):
        for refusal in table.REFUSALS:
            if refusal.layout == self.column.layout.name:
                self._need_guest()
                with self._subtests.test(f"refused: {refusal.name}"):
                    said = self._guest.hmp(refusal.line)
                    assert re.search(refusal.says, said), said
