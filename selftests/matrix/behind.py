# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tables of cards.py and memory.py have in common: cards behind fixed bridges, with
hold=on and without, after each event."""

import events
from layout import Event

EVENTS = (
    Event("cold boot", events.nothing, kernels=1),
    Event("QMP system_reset", lambda guest: guest.reset(), kernels=1),
    Event("guest reboot", lambda guest: guest.reboot(), kernels=1),
    Event("kexec", lambda guest: guest.kexec(), kernels=1),
    Event("savevm and loadvm", events.save_and_restore),
    Event("live migration", lambda guest: guest.migrate()),
)


def machine_name(machine, firmware, hold):
    return f"{machine}, {firmware}, hold={'on' if hold else 'off'}"
