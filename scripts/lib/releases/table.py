# SPDX-License-Identifier: GPL-2.0-or-later
"""releases.toml, and which release this machine is."""

import dataclasses
import pathlib
import tomllib

from cache import Failed

LIST = pathlib.Path(__file__).with_name("releases.toml")
OS_RELEASE = "/etc/os-release"


@dataclasses.dataclass(frozen=True)
class Release:
    """What releases.toml says of it; what it does not say is empty."""

    codename: str
    version: str
    kernel: str
    more: tuple
    meson: str

    @property
    def suites(self):
        """All of its suites; its own comes first."""
        return (self.codename, *self.more)


def _read():
    with open(LIST, "rb") as file:
        listed = tomllib.load(file)
    return {
        name: Release(name, says.get("version", ""), says.get("kernel", ""),
                      tuple(says.get("more", ())), says.get("meson", name))
        for name, says in listed.items()
    }  # fmt: skip


RELEASES = _read()


def host():
    """The Release of this machine; None if it is not one of those known here."""
    try:
        lines = pathlib.Path(OS_RELEASE).read_text().splitlines()
    except OSError:
        return None
    facts = {name: value.strip("'\"") for name, _, value in (line.partition("=") for line in lines)}
    if facts.get("ID") != "debian":
        return None
    return RELEASES.get(facts.get("VERSION_CODENAME", ""))


def named(codename=None):
    """The Release with this name; without one, what the guest has by default: the machine's."""
    if codename is None:
        return host() or stable()
    if codename not in RELEASES:
        raise Failed(f"no release '{codename}'; there are: {' '.join(RELEASES)}", 2)
    return RELEASES[codename]


def for_architecture(codename, architecture):
    """The same for a guest of an architecture, which may have a release of its own, and of which
    older releases may have nothing."""
    release = named(codename or architecture.release or None)
    if architecture.since and list(RELEASES).index(release.codename) < list(RELEASES).index(architecture.since):
        if codename is None:
            return RELEASES[architecture.since]
        raise Failed(f"Debian has {architecture.name} since {architecture.since}, and not in"
                     f" {codename}", 2)  # fmt: skip
    return release


def stable():
    """The newest that has a version."""
    return [release for release in RELEASES.values() if release.version][-1]
