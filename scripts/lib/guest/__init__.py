# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest that one holds open: boot it, run commands in it, reset it, go on.

    from guest import Guest, Machine

    with Guest(Machine(firmware="ovmf")) as guest:
        guest.boot()
        print(guest.run("lspci", "-t").stdout.decode())
        guest.reset()
"""

from .command import Result
from .errors import CommandTimeout, GuestError, SessionLost
from .machine import Machine
from .session import Guest

__all__ = ["CommandTimeout", "Guest", "GuestError", "Machine", "Result", "SessionLost"]
