# SPDX-License-Identifier: GPL-2.0-or-later
"""What suites of Debian hold, also those that are not among the machine's own sources.

Each suite has an apt configuration of its own in the cache, which sees this suite alone; the
machine's stays as it is. The mirror, proxies and so on are the machine's.
"""

import functools
import os
import pathlib
import subprocess
import time

from cache import CACHE, Failed, lock, output, remove, run_logged, say

from .architectures import NATIVE
from .table import RELEASES

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# After how long a list is read anew [s]
RECENT = 24 * 3600

_ALIASES = ("stable", "oldstable", "oldoldstable", "testing", "unstable")


@functools.lru_cache(maxsize=None)
def _addresses():
    """(suite, address) of each of the machine's own sources, as they are written there."""
    # Without their release information: nothing need have been fetched yet.
    try:
        lines = output(["apt-get", "indextargets", "--no-release-info", "--format",
                        "$(RELEASE) $(COMPONENT) $(REPO_URI)", "Created-By: Packages"])
    except (Failed, FileNotFoundError):
        return []
    rows = [line.split() for line in lines.splitlines()]
    return [(row[0].strip("/"), row[2]) for row in rows if len(row) == 3 and row[1] == "main"]


@functools.lru_cache(maxsize=None)
def mirror():
    """The address from which this machine gets Debian's packages."""
    suites = [suite for release in RELEASES.values() for suite in release.suites]
    for suite, address in _addresses():
        if suite in suites or suite in _ALIASES:
            return address
    raise Failed("apt's sources name no mirror of Debian, from which the packages could be had", 3)


@functools.lru_cache(maxsize=None)
def security_mirror():
    """The address of security updates; None if the machine has none."""
    return next((address for suite, address in _addresses() if suite.endswith("-security")), None)


def sources(suite, kind="deb"):
    """Lines for a sources.list with this suite; that of a release comes with its updates."""
    lines = [f"{kind} [signed-by={KEYRING}] {mirror()} {suite} main"]
    if suite in RELEASES and RELEASES[suite].version and security_mirror():
        lines.append(f"{kind} [signed-by={KEYRING}] {security_mirror()} {suite}-security main")
    return lines


def settings():
    """The machine's own settings for how apt fetches, as lines of an apt.conf."""
    wanted = ("Acquire::http", "Acquire::https", "Acquire::ftp", "Acquire::Retries",
              "Acquire::ForceIPv4", "Acquire::ForceIPv6", "Acquire::Check-Valid-Until")
    return [line for line in output(["apt-config", "dump"]).splitlines()
            if line.startswith(wanted) and not line.endswith(' "";')]  # fmt: skip


def config(suite, source=False, architecture=NATIVE):
    """The path of an apt configuration that sees this suite alone (or its source packages).

    With another architecture, it sees the packages of that one and of the machine's own.
    """
    kind = "deb-src" if source else "deb" if architecture == NATIVE else f"deb-{architecture}"
    directory = CACHE / "apt" / f"{suite}-{kind}"
    conf = directory / "apt.conf"
    listed = "\n".join(sources(suite, "deb-src" if source else "deb")) + "\n"
    settings_there = _conf(directory, architecture)
    if not _is_recent(directory, listed):
        with lock(f"apt-{suite}-{kind}"):
            if not _is_recent(directory, listed):
                _read_suite(suite, kind, directory, listed, settings_there)
    # Apt wants absolute names, and the cache may have been moved.
    if conf.read_text() != settings_there:
        conf.write_text(settings_there)
    os.utime(directory)
    return conf


def _is_recent(directory, listed):
    try:
        return ((directory / "sources.list").read_text() == listed
                and time.time() - (directory / "updated").stat().st_mtime < RECENT)
    except FileNotFoundError:
        return False


def refresh(suite):
    """Has the lists of this suite read anew, when they are used next."""
    remove(CACHE / "apt" / f"{suite}-deb" / "updated")


def _conf(directory, architecture):
    others = [f'APT::Architecture "{architecture}";', "#clear APT::Architectures;",
              f'APT::Architectures {{ "{architecture}"; "{NATIVE}"; }};']  # fmt: skip
    return "\n".join([
        *(others if architecture != NATIVE else []),
        f'Dir::Etc::SourceList "{directory}/sources.list";',
        'Dir::Etc::SourceParts "-";',
        'Dir::Etc::Preferences "-";',
        'Dir::Etc::PreferencesParts "-";',
        f'Dir::State::Lists "{directory}/lists";',
        'Dir::State::Status "/dev/null";',
        'Dir::Cache::pkgcache "";',
        'Dir::Cache::srcpkgcache "";',
        'Acquire::Languages "none";',
        'APT::Sandbox::User "root";',
        "#clear APT::Update::Post-Invoke-Success;",
        "",
    ])  # fmt: skip


def _read_suite(suite, kind, directory, listed, settings_there):
    what = {"deb": "", "deb-src": " (sources)"}.get(kind, f" ({kind[4:]})")
    say(f"reading the package list of {suite}{what}")
    (directory / "lists/partial").mkdir(parents=True, exist_ok=True)
    (directory / "sources.list").write_text(listed)
    (directory / "apt.conf").write_text(settings_there)
    try:
        run_logged(f"apt-{suite}", ["apt-get", "update"], env=environment(directory / "apt.conf"))
    except Failed as error:
        if not any((directory / "lists").glob("*Release")):
            raise
        say(f"{error}; going on with the list of {suite} as it was read before")
    (directory / "updated").touch()


def environment(conf):
    return {**os.environ, "APT_CONFIG": str(conf)}


_unreadable = set()


def _stanzas(suite, created_by, prefix, architecture=NATIVE):
    """Yields the fields of each package of a suite whose name begins so, in all its versions."""
    try:
        conf = environment(config(suite, created_by == "Sources", architecture))
    except Failed as error:
        if (suite, created_by, architecture) not in _unreadable:
            say(f"Debian's {suite} cannot be read and is passed over: {error}")
        _unreadable.add((suite, created_by, architecture))
        return
    which = [] if architecture == NATIVE else [f"Architecture: {architecture}"]
    files = output(["apt-get", "indextargets", "--format", "$(FILENAME)",
                    f"Created-By: {created_by}", *which], env=conf).split()  # fmt: skip
    for file in files:
        text = output(["/usr/lib/apt/apt-helper", "cat-file", file], env=conf)
        for stanza in text.split("\n\n"):
            if stanza.startswith(f"Package: {prefix}"):
                yield dict(line.split(": ", 1) for line in stanza.splitlines()
                           if ": " in line and not line.startswith(" "))  # fmt: skip


def packages(suite, prefix, architecture=NATIVE):
    """Yields the fields of each package of a suite whose name begins so, in all its versions."""
    return _stanzas(suite, "Packages", prefix, architecture)


@functools.lru_cache(maxsize=None)
def source_versions(suite, package):
    """Which versions of a source package a suite lists."""
    return [fields["Version"] for fields in _stanzas(suite, "Sources", f"{package}\n")]


def download_source(suite, package, version, directory):
    """Gets the files of a source package. Failed: they are listed, and not there."""
    run = subprocess.run(["apt-get", "source", "--download-only", "--only-source",
                          f"{package}={version}"], cwd=directory, text=True, check=False,
                         env=environment(config(suite, source=True)), stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    if run.returncode:
        raise Failed(_cause(run), 3)


def download(suite, names, directory, architecture=NATIVE):
    """Gets packages, as "NAME" or "NAME=VERSION"; returns their files. Failed: one is not there."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    before = set(directory.iterdir())
    run = subprocess.run(["apt-get", "download", *names], cwd=directory, text=True, check=False,
                         env=environment(config(suite, architecture=architecture)),
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT)  # fmt: skip
    if run.returncode:
        raise Failed(_cause(run), 3)
    return sorted(set(directory.iterdir()) - before)


def _cause(run):
    """The first thing that apt-get complains of."""
    causes = [line[3:].strip() for line in run.stdout.splitlines() if line.startswith("E: ")]
    return causes[0] if causes else f"apt-get ended with status {run.returncode}"


def unpack(debs, directory):
    """Unpacks packages into a directory, and removes them."""
    for deb in debs:
        run_logged("unpack", ["dpkg-deb", "-x", deb, directory])
        deb.unlink()
