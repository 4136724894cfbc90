# SPDX-License-Identifier: GPL-2.0-or-later
"""Directories of the host that the guest sees, by 9p: QEMU's and the kernel's own, no daemon."""

import argparse
import dataclasses
import os
import re

from .errors import GuestError

DEFAULT_PLACE = "/mnt"
SHARES_MAX = 8  # functions of one PCI slot
# The guest learns the places from its kernel's command line, whose words spaces part.
PLACE = re.compile(r"(/[A-Za-z0-9._+-]+)+")


@dataclasses.dataclass(frozen=True)
class Share:
    directory: str
    place: str  # where the guest mounts it


def share(text):
    """What --share was given, DIR or DIR:PLACE, as a Share."""
    directory, colon, place = text.rpartition(":")
    if os.path.isdir(text) or not colon or not place.startswith("/"):
        directory, place = text, DEFAULT_PLACE
    if not os.path.isdir(directory):
        raise argparse.ArgumentTypeError(f"'{directory}' is not a directory")
    if not os.access(directory, os.R_OK | os.X_OK):
        raise argparse.ArgumentTypeError(f"'{directory}' cannot be read")
    if not PLACE.fullmatch(place) or ".." in place.split("/"):
        raise argparse.ArgumentTypeError(
            f"'{place}': a place in the guest is an absolute path of letters, digits and ._+-")
    return Share(os.path.realpath(directory), place)


def check(shares):
    """Why these cannot be had together; None if they can."""
    if len(shares) > SHARES_MAX:
        return f"{len(shares)} directories, at most {SHARES_MAX}"
    places = [share.place for share in shares]
    twice = next((place for place in places if places.count(place) > 1), None)
    return twice and (f"two directories at {twice} in the guest: give each its place,"
                      " --share DIR:/PLACE")


def confirm(guest, shares):
    """A guest that has not mounted them is none that was asked for."""
    for share in shares:
        if guest.run("mountpoint", "-q", share.place).status:
            raise GuestError(f"the guest could not mount {share.directory} at {share.place}: its kernel"
                             " needs 9P_FS and NET_9P_VIRTIO")


def tag(number):
    return f"share{number}"


def kernel_arguments(shares):
    return [f"guest.{tag(number)}={share.place}" for number, share in enumerate(shares)]


def options(shares, root, slot, escaped):
    """QEMU's. What the guest's root writes belongs to who runs QEMU, as far as it has no
    right to give files away; links are followed in the guest alone."""
    for number, share in enumerate(shares):
        name = tag(number)
        yield from ("-fsdev", f"local,id={name},security_model=none,multidevs=remap,"
                    f"path={escaped(share.directory)}")
        yield from ("-device", f"virtio-9p-pci,fsdev={name},mount_tag={name},disable-legacy=on,"
                    f"bus={root},addr={slot:#x}.{number},multifunction=on")
