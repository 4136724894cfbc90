# SPDX-License-Identifier: GPL-2.0-or-later
"""What can happen to a machine, or to one card in it."""

from guest import GuestError


def _run(guest, script, *arguments):
    result = guest.run("sh", "-c", script, "sh", *arguments)
    if result.status:
        raise GuestError(f"{script} ({' '.join(arguments)}): status {result.status}: "
                         + result.stderr.decode(errors="replace"))
    return result.stdout.decode()


def nothing(_guest):
    pass


def save_and_restore(guest):
    guest.restore(guest.save())


def reset_by(method):
    """A reset of the function through sysfs, in one of the kernel's ways."""

    def happen(guest, card, slot, layout):
        _run(guest, 'cd "/sys/bus/pci/devices/$1" && echo "$2" >reset_method && echo 1 >reset',
             slot, method)

    return happen


def cannot(happen):
    """Shows that something is refused."""

    def show(*arguments):
        try:
            happen(*arguments)
        except GuestError:
            return
        raise GuestError("it was not refused")

    return show


def rescan(guest, card, slot, layout):
    _run(guest, 'echo 1 >"/sys/bus/pci/devices/$1/remove" && echo 1 >/sys/bus/pci/rescan', slot)


def replug(guest, card, slot, layout):
    guest.unplug(card.id)
    _run(guest, 'test ! -e "/sys/bus/pci/devices/$1"', slot)
    guest.plug(layout.device(card))
