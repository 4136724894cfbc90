# SPDX-License-Identifier: GPL-2.0-or-later
"""What a machine's serial console and its firmware's debug port show."""

import re

from . import complaints

# Of a complaint's lines, those that say nothing by themselves
FRAME = re.compile(r"-+\[ cut here \]-+|Call Trace")
# The instruction that a complaint is about; user space's are none of the kernel's.
CULPRIT = re.compile(r"^RIP: 0010:(?!0x)\S+")

_STAMP = re.compile(r"^\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ")


def printable(text):
    """The text without what a terminal would obey."""
    return "".join(c if c.isprintable() or c == "\t" else f"\\x{ord(c):02x}" for c in text)


def is_complaint(line):
    return bool(complaints.PATTERN.search(line)) and not complaints.IGNORED.search(line)


def is_panic(line):
    return "Kernel panic - not syncing" in line


class Output:
    """A file that QEMU writes what a machine says into."""

    def __init__(self, path):
        self.path = path
        self._end = 0
        self._rest = b""

    def text(self):
        """All of it."""
        try:
            with open(self.path, "rb") as file:
                return file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def lines(self):
        return [printable(line.rstrip("\r")) for line in self.text().split("\n") if line.strip()]

    def new_lines(self):
        """The lines that have been completed since the last call."""
        try:
            with open(self.path, "rb") as file:
                file.seek(self._end)
                data = file.read()
        except FileNotFoundError:
            return []
        self._end += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [printable(line.decode(errors="replace").rstrip("\r")) for line in lines]

    @property
    def size(self):
        """How much of it new_lines() has seen."""
        return self._end


class Console(Output):
    """The serial console; complaints() finds what the kernel has against itself."""

    def __init__(self, path):
        super().__init__(path)
        self._culprits = 0

    def complaints(self):
        """Of the new lines, those that complain, and those that name the culprit."""
        found = []
        for line in self.new_lines():
            line = _STAMP.sub("", line)
            if is_complaint(line) and not FRAME.search(line):
                found.append(line)
                self._culprits = 1
            elif self._culprits and CULPRIT.match(line):
                found.append(line)
                self._culprits = 0
        return found


def excerpt(lines, count):
    """The last so many lines; when they tell the end of a complaint, its beginning as well."""
    tail = lines[-count:]
    begin = next((number for number, line in enumerate(lines) if is_complaint(line)), None)
    if begin is None or begin >= len(lines) - count:
        return tail
    head = lines[begin : begin + 4]
    between = len(lines) - count - begin - len(head)
    return head + ([f"[... {between} lines ...]"] if between > 0 else []) + tail
