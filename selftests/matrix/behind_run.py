# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a table of cards behind fixed bridges: cards.py or memory.py.

MATRIX_RESULTS names a file that is to keep the results, for "page".
"""

import os

import behind
import firmwares
import pytest
import results
from column import FAILED, TIMEOUT
from guest import GuestError, Machine
from harness import is_long
from harness.guests import APPEND


def columns(table):
    """The test's parameters: machine, firmware, hold, names of events."""
    for machine in table.MACHINES:
        for firmware in firmwares.chosen():
            for hold in (True, False):
                names = [event.name for event in table.EVENTS]
                if not is_long():
                    names = table.SHORT.get((machine, firmware, hold), ())
                if names:
                    yield pytest.param(machine, firmware, hold, tuple(names),
                                       id=behind.machine_name(machine, firmware, hold))


class Seen:
    """What a script in the guest says of the cards, in lines "PATH BAR KEY VALUE"."""

    def __init__(self, guest, script, words):
        with open(os.path.join(os.path.dirname(__file__), script), "rb") as file:
            said = guest.run("sh", "-s", "--", *words, input=file.read())
        self.transcript = (said.stdout + said.stderr).decode(errors="replace")
        self._facts = {}
        for line in said.stdout.decode(errors="replace").splitlines():
            path, bar, key, value = (*line.split(" ", 3), "", "", "")[:4]
            self._facts[path, bar, key] = value

    def value(self, path, bar, key, otherwise):
        return self._facts.get((path, str(bar), key), otherwise)

    def check(self):
        """The exit status of pciaddr-check"""
        return self._facts.get(("machine", "-", "check"))


def happen(guest, event, each):
    boots = 0 if event.name == "cold boot" else guest.boots
    if event.each:
        each(guest, event)
    else:
        event.happen(guest)
    if guest.boots - boots != event.kernels:
        raise GuestError(f"{guest.boots - boots} kernels have started, not {event.kernels}")


def run(table, place, bars, judge, guests, subtests, each=None):
    """Boots the machine, and judges it after each event that the results do not have yet.

    place: the test's parameters, as columns() has them; bars: what there is a result of
    judge(guest, event): what is wrong, {bar: outcome}, and what has been seen
    each(guest, event): has an event happen to each card, where it does
    """
    machine, firmware, hold, names = place
    column = table.column(machine, firmware, hold)
    known = results.known(column)
    left = [event for event in table.EVENTS
            if event.name in names and not all((bar, event.name) in known for bar in bars)]  # fmt: skip
    if not left:
        pytest.skip("MATRIX_RESULTS has all of it")
    try:
        guest = guests.get(Machine(machine=machine, firmware=firmware, kernel=table.KERNEL, cards=False,
                                   small=True, append=APPEND, qemu_args=table.qemu_args(machine, hold)),
                           fresh=True, timeout=TIMEOUT)  # fmt: skip
        for event in left:
            outcomes = dict.fromkeys(bars, FAILED)
            try:
                with subtests.test(event.name):
                    happen(guest, event, each)
                    faults, outcomes, seen = judge(guest, event)
                    assert not faults, "\n".join([*faults, seen.transcript])
            finally:
                results.add(column, {(bar, event.name): outcome for bar, outcome in outcomes.items()})
    finally:
        guests.drop()
