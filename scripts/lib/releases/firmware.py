# SPDX-License-Identifier: GPL-2.0-or-later
"""Firmware: the machine's own packages, or those of a release, unpacked in the cache.

A firmware is named as scripts/guest --firmware has it: "seabios", "ovmf", or with the release whose
package it is, "seabios:sid".
"""

import dataclasses
import functools
import pathlib
import subprocess

from cache import CACHE, Failed, cached, content_key, output, say

from . import apt
from .packages import packages
from .table import RELEASES, named

NAMES = ("seabios", "ovmf")
# Of other architectures than amd64, the machine's own alone: the package, and the file for -bios in
# /usr/share, or in the directories where QEMU looks for it by itself
OTHERS = {
    "none": ("", "", ""),
    "aavmf": ("qemu-efi-aarch64", "qemu-efi-aarch64/QEMU_EFI.fd", ""),
    "slof": ("qemu-system-data", "", "qemu/slof.bin"),
    "opensbi": ("qemu-system-data", "", "qemu/opensbi-riscv64-generic-fw_dynamic.bin"),
}


@dataclasses.dataclass(frozen=True)
class Firmware:
    """What QEMU is given of it: directory for -L, and if it is not QEMU's default, bios for -bios.

    version is that of Debian's package.
    """

    name: str
    version: str
    directory: str
    bios: str = ""


def check(text):
    """Returns the name as it was given; ValueError: there is no such firmware."""
    name, colon, release = text.partition(":")
    if text in OTHERS:
        return text
    if name not in NAMES or colon and release not in RELEASES:
        raise ValueError(f"'{text}': it is {' or '.join(NAMES)}, and may be followed by a release"
                         f" ({', '.join(f'{NAMES[0]}:{release}' for release in RELEASES)}); of other"
                         f" architectures {', '.join(OTHERS)}")  # fmt: skip
    return text


def find(text):
    """The Firmware of that name; Failed: it cannot be had."""
    name, _, release = check(text).partition(":")
    if name in OTHERS:
        package, bios, found_by_qemu = OTHERS[name]
        for file in filter(None, (bios, found_by_qemu)):
            _must_be_there(pathlib.Path("/usr/share") / file, package)
        return Firmware(name, _installed(package) if package else "", "/usr/share/qemu",
                        f"/usr/share/{bios}" if bios else "")  # fmt: skip
    if release:
        share, version = _unpacked(name, named(release))
    else:
        share, version = pathlib.Path("/usr/share"), _installed(name)
    if name == "seabios":
        _must_be_there(share / "seabios/bios-256k.bin", text)
        return Firmware(name, version, str(share / "seabios"))
    _must_be_there(share / "ovmf/OVMF.fd", text)
    return Firmware(name, version, str(share / "ovmf"), str(share / "ovmf/OVMF.fd"))


@functools.lru_cache(maxsize=None)
def _installed(name):
    """The version of this machine's package."""
    try:
        return output(["dpkg-query", "-W", "-f=${Version}", name], stderr=subprocess.DEVNULL)
    except (Failed, FileNotFoundError):
        return "unknown"


def _must_be_there(path, text):
    if not path.exists():
        raise Failed(f"{path} is missing, the firmware {text}:"
                     f" apt-get install {text.partition(':')[0]}", 3)  # fmt: skip


def _unpacked(name, release):
    """The directory usr/share of the packages of this release, and their version."""
    names = packages(release, f"firmware-{name}")
    versions = [f"{fields['Package']}={fields['Version']}"
                for fields in apt.packages(release.codename, name)
                if fields["Package"] in names]  # fmt: skip
    if not versions:
        raise Failed(f"Debian's {release.codename} has no {name}", 3)
    path = CACHE / "firmware" / f"{name}-{release.codename}-{content_key(*versions)}"
    cached(path, f"firmware-{name}", lambda new: _unpack(release, versions, new))
    return path / "usr/share", versions[0].partition("=")[2]


def _unpack(release, versions, new):
    say(f"fetching {' '.join(versions)} of Debian's {release.codename}")
    apt.unpack(apt.download(release.codename, versions, new), new)
