# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a build, and shows at once what the compiler says, with the user's own paths."""

import os
import re
import subprocess
import sys

from cache import TOP, Failed, log_file

# A compiler's message, and what belongs to it: the lines that it is about
_MESSAGE = re.compile(r"^[^\s:]+:\d+(:\d+)?: (fatal error|error|warning|note): ")
_SOURCE = re.compile(r"^ +\d* \|")
_BEFORE = re.compile(r"^(In file included from|\s+from) |: In function .*:$|: At top level:$")
_OF_C = re.compile(r"^\S+\.[chS]:\d|WARNING: modpost")
# modpost's and the linker's
_OTHER = re.compile(r"^(ERROR|WARNING): modpost: |: undefined reference to ")
TAIL = 25


class Killed(Failed):
    """A build was ended by a signal: what it has left need not be whole."""


def built(part, argv):
    """Runs argv; its output goes to the log of the part, and what a compiler says to the user.

    Of what did not fail, that is what is said of files in C.
    """
    path = log_file(f"stage-{part.where}")
    with open(path, "ab" if (part.directory / "root").exists() else "wb") as log:
        at = log.tell()
        status = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                check=False).returncode
    with open(path, encoding="utf-8", errors="replace") as log:
        log.seek(at)
        lines = log.read().splitlines()
    said = list(messages(lines))
    if not status and not any(_OF_C.match(line) for line in said):
        said = []
    said = [users_path(part, line) for line in said] or (lines[-TAIL:] if status else [])
    print(*said, sep="\n", end="\n" if said else "", file=sys.stderr)
    if status < 0:
        raise Killed(f"the build of {part.name} was ended by signal {-status}")
    if status:
        raise Failed(f"{part.name} did not build; the whole of the output is in {path}")


def messages(lines):
    """Of a build's output, what a compiler, linker or modpost complains of."""
    before, inside = [], False
    for line in lines:
        if _MESSAGE.search(line) or _OTHER.search(line):
            yield from before
            before, inside = [], True
            yield line
        elif inside and _SOURCE.match(line):
            yield line
        elif _BEFORE.search(line):
            before.append(line)
            inside = False
        else:
            before, inside = [], False


def users_path(part, line):
    """The line with the path of the user's file instead of that of the copy which is built."""
    here = os.getcwd()
    copy = f"{part.directory / 'src'}/"

    def shorter(path):
        relative = os.path.relpath(path, here)
        return str(path) if relative.startswith("..") else relative

    line = re.sub(re.escape(copy) + r"([^\s:'\"]+)", lambda match: shorter(TOP / match[1]), line)
    # Kbuild from 6.13 on names a module's files as seen from their directory.
    match = re.match(r"([\w.]+\.[chS])(:\d+)", line)
    if match and part.name == "modules" and (TOP / "driver" / match[1]).exists():
        line = shorter(TOP / "driver" / match[1]) + line[match.end(1):]
    return line
