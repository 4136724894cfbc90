# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own source, of any series of which Debian has a package linux-source-SERIES."""

import pathlib
import re
import time

from cache import CACHE, Failed, cached, content_key, run_logged, say

from . import apt
from .kernels import RECENT, suites
from .table import named, stable

# What the project uses of it but does not hold itself: the harness of kselftests, checkpatch, and
# checks for Coccinelle
PARTS = (
    "*/scripts/checkpatch.pl", "*/scripts/spelling.txt", "*/scripts/const_structs.checkpatch",
    "*/scripts/coccinelle/*",
    "*/tools/testing/selftests/lib.mk", "*/tools/testing/selftests/kselftest*",
)  # fmt: skip


def archive(series=None, release=None):
    """The path of linux-source-SERIES.tar.xz; its directory's name has Debian's version.

    series: by default that of the guest of this release (releases.toml), or of the newest stable.
    """
    release = named(release)
    series = series or release.kernel or named().kernel
    note = CACHE / "source" / f".{series}"
    try:
        path = CACHE / "source" / note.read_text().strip() / f"linux-source-{series}.tar.xz"
        if path.exists() and time.time() - note.stat().st_mtime < RECENT:
            path.parent.touch()
            return path
    except FileNotFoundError:
        pass
    directory = _fetch(series, release)
    note.write_text(f"{directory.name}\n")
    return directory / f"linux-source-{series}.tar.xz"


def _fetch(series, release):
    name = f"linux-source-{series}"
    for suite in suites(release):
        versions = [fields["Version"] for fields in apt.packages(suite, name)
                    if fields["Package"] == name]  # fmt: skip
        versions.sort(key=lambda text: [int(number) for number in re.findall(r"\d+", text)])
        for version in reversed(versions):
            directory = CACHE / "source" / f"linux-{version.replace(':', '_')}"
            try:
                return cached(directory, f"source-{series}",
                              lambda new: _unpack(suite, f"{name}={version}", new))  # noqa: B023
            except Unavailable as error:
                say(f"Debian's {suite} lists {name} {version}, and it is not there ({error}):"
                    " passed over")  # fmt: skip
    raise Failed(f"no package {name} in Debian's suites that can be had", 3)


class Unavailable(Failed):
    """A package is listed and cannot be fetched."""


def _unpack(suite, package, new):
    say(f"fetching {package} of Debian's {suite}")
    try:
        debs = apt.download(suite, [package], new)
    except Failed as error:
        raise Unavailable(str(error), error.status) from None
    apt.unpack(debs, new)
    for file in (new / "usr/src").glob("linux-source-*.tar.xz"):
        file.rename(new / file.name)


def get(package, wanted, directory):
    """Fetches a source package's files; returns the version, and the directory that they are in.

    wanted: a suite, or how the version begins. What is listed and not there is passed over for the
    next; if nothing of what is wanted is there, for what is older.
    """
    matched = False
    for suite in [wanted] if wanted in _all_suites() else _all_suites():
        for version in sorted(apt.source_versions(suite, package), key=_numbers, reverse=True):
            if wanted in _all_suites() or _is(version, wanted):
                matched = True
                path = _get(suite, package, version, directory)
                if path:
                    return version, path
    everything = {version: suite for suite in _all_suites()
                  for version in apt.source_versions(suite, package)}  # fmt: skip
    order = sorted(everything, key=_numbers, reverse=True)
    if not matched:
        there = ", ".join(dict.fromkeys(upstream(version) for version in order))
        raise Failed(f"no source package {package} {wanted} in Debian; there are: {there}", 2)
    newest = max(_numbers(version) for version in order
                 if wanted in _all_suites() or _is(version, wanted))  # fmt: skip
    for version in order:
        if _numbers(version) < newest and not _is(version, wanted):
            path = _get(everything[version], package, version, directory)
            if path:
                return version, path
    raise Failed(f"no source package {package} of Debian's can be had", 3)


def _get(suite, package, version, directory):
    """The directory with its files; None: they are listed, and not there."""
    path = pathlib.Path(directory) / f"source-{re.sub('[^0-9a-z.+~-]', '_', version)}"
    try:
        return cached(path, f"source-{package}",
                      lambda new: _download(suite, package, version, new))  # fmt: skip
    except Failed as error:
        say(f"Debian's {suite} lists the source of {package} {version}, and it is not there"
            f" ({error}): passed over")  # fmt: skip
        return None


def _download(suite, package, version, new):
    say(f"getting the source of {package} {version} from Debian's {suite}")
    new.mkdir()
    apt.download_source(suite, package, version, new)


def upstream(version):
    """Debian's version without what is Debian's: 1:10.0.13+ds-0+deb13u1 is 10.0.13."""
    return re.sub(r"^\d+:|[+~-].*", "", version)


def _is(version, wanted):
    return f"{upstream(version)}.".startswith(f"{wanted}.")


def _numbers(version):
    return [int(number) for number in re.findall(r"\d+", version.split(":", 1)[-1])]


def _all_suites():
    return suites(stable())


def parts(series=None):
    """A directory with PARTS of it."""
    file = archive(series)
    path = CACHE / "source" / f"parts-{content_key(file.parent.name, *PARTS)}"
    return cached(path, "source-parts", lambda new: _unpack_parts(file, new))


def _unpack_parts(file, new):
    say("unpacking parts of the kernel's source")
    pathlib.Path(new).mkdir()
    run_logged("source-parts", ["tar", "-C", new, "-xJf", file, "--strip-components=1",
                                "--wildcards", *PARTS])  # fmt: skip
