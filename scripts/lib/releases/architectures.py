# SPDX-License-Identifier: GPL-2.0-or-later
"""Architectures of guests: what Debian, GNU's compilers and the kernel's makefiles call them.

The machine that builds is an amd64. What is built for the others is built by cross compilers, and
their packages are unpacked without running anything of them.
"""

import dataclasses

from cache import Failed

NATIVE = "amd64"


@dataclasses.dataclass(frozen=True)
class Architecture:
    """name: Debian's; triplet: of compilers and libraries; arch: the kernel's ARCH.

    flavour: the end of the kernel packages' names; image: the kernel in their /boot.
    since: the first of the releases of releases.toml that has it, if not all do.
    release: that of its guests, unless told otherwise; empty: the host's.
    """

    name: str
    triplet: str
    arch: str
    flavour: str
    image: str
    since: str = ""
    release: str = ""

    @property
    def is_native(self):
        return self.name == NATIVE

    @property
    def prefix(self):
        """What the names of its compilers begin with."""
        return "" if self.is_native else f"{self.triplet}-"

    @property
    def suffix(self):
        """For the names of what is in the cache for it."""
        return "" if self.is_native else f"-{self.name}"


ARCHITECTURES = {
    one.name: one
    for one in (
        Architecture("amd64", "x86_64-linux-gnu", "x86", "amd64", "vmlinuz"),
        Architecture("arm64", "aarch64-linux-gnu", "arm64", "arm64", "vmlinuz"),
        # Debian 13's kernel has pages of 4 KiB there, and those of 64 KiB are what this one is for.
        Architecture("ppc64el", "powerpc64le-linux-gnu", "powerpc", "powerpc64le", "vmlinux",
                     release="bookworm"),
        Architecture("riscv64", "riscv64-linux-gnu", "riscv", "riscv64", "vmlinux", "trixie"),
    )
}  # fmt: skip


def architecture(name=NATIVE):
    """The Architecture that Debian calls so; the machine's own without a name."""
    name = name or NATIVE
    if name not in ARCHITECTURES:
        raise Failed(f"no architecture '{name}'; there are: {' '.join(ARCHITECTURES)}", 2)
    return ARCHITECTURES[name]
