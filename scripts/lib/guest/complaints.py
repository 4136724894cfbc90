# SPDX-License-Identifier: GPL-2.0-or-later
"""What the kernel has against what was done to it, in its log.

The one list of patterns is complaints.ere: extended regular expressions, one on each line, as
for "grep -E -f" (its first line is a comment, and matches nothing that a kernel says).
"""

import glob
import os
import re

LIST = os.path.join(os.path.dirname(__file__), "complaints.ere")
# Without memory, as with failslab, the checks of the DMA API switch themselves off: no fault.
# At boot they say that they are there.
IGNORED = re.compile("cacheline tracking ENOMEM|DMA-API: (preallocated|debugging enabled)")
LINES_AFTER = 40

# A whole report that is no complaint: users may have the card write to one place as often as they
# like, and the debugging of the DMA API counts up to seven. It tells of mappings that are never undone
# when the driver goes.
NO_FAULT = re.compile(r"(?:[^\n]*-\[ cut here \]-+\r?\n)?"
                      r"[^\n]*DMA-API: exceeded \d+ overlapping mappings of cacheline"
                      r".*?---\[ end trace [0-9a-f]+ \]---(?:\r?\n)?", re.DOTALL)  # fmt: skip


def _pattern():
    with open(LIST, encoding="utf-8") as file:
        lines = file.read().splitlines()
    # Python has one sign for both ends of a word.
    return re.compile("|".join(line.replace(r"\<", r"\b").replace(r"\>", r"\b") for line in lines))


PATTERN = _pattern()


def find(text):
    """The complaints in a text, each with the lines after it; none: an empty string."""
    found = []
    left = 0
    for line in NO_FAULT.sub("", text).splitlines():
        if PATTERN.search(line) and not IGNORED.search(line):
            left = LINES_AFTER
        if left:
            found.append(line)
            left -= 1
    return "\n".join(found)


class Watch:
    """Reads the consoles in the directory of a guest's logs as they grow."""

    def __init__(self, directory):
        self._directory = directory
        self._read = {}  # path: how much of it

    def news(self):
        """What the consoles have shown since the last time."""
        said = []
        for path in sorted(glob.glob(os.path.join(self._directory, "*.console"))):
            with open(path, "rb") as file:
                file.seek(self._read.get(path, 0))
                data = file.read()
                self._read[path] = file.tell()
            said.append(data.decode(errors="replace"))
        return "".join(said)
