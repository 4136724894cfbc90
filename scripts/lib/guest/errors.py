# SPDX-License-Identifier: GPL-2.0-or-later
"""What can go wrong with a guest, as opposed to with a command in it."""


class GuestError(Exception):
    """The guest did not come up, or is gone, or could not be prepared."""


class UsageError(ValueError):
    """What was asked for cannot be had together."""


class GuestTimeout(GuestError):
    """The guest or QEMU did not do something in time."""


class SessionLost(GuestError):
    """The guest went down (or its agent did) while a command ran."""


class CommandTimeout(GuestError):
    """A command did not end in its time; it has been killed."""
