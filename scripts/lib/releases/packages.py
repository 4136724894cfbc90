# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/packages/*.list: which packages of Debian are needed for what."""

from cache import TOP

from .table import RELEASES


def packages(release, *groups):
    """The packages of these groups in a release. "CODENAME: PACKAGE..." is for that one alone."""
    found = set()
    for group in groups:
        for line in (TOP / "scripts/packages" / f"{group}.list").read_text().splitlines():
            words = line.split("#")[0].split()
            if words and words[0].endswith(":"):
                only = words.pop(0)[:-1]
                if only not in RELEASES:
                    raise ValueError(f"{group}.list: no release '{only}'")
                if only != release.codename:
                    continue
            found.update(words)
    return sorted(found)


def expanded(release, words):
    """The packages that words name: lists of scripts/packages, or packages."""
    lists = [word for word in words if (TOP / f"scripts/packages/{word}.list").exists()]
    return {*packages(release, *lists), *(set(words) - set(lists))}
