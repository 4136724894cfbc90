# SPDX-License-Identifier: GPL-2.0-or-later
"""What the programs share that write results into pages in Markdown."""

import sys


def table(heads, rows):
    """The lines of a table; rows: lists of cells."""
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def write(text, page, program):
    """Between the marks of a program in a page, a path; or, without a page, on standard output.

    program: its path from the top of the tree
    """
    if not page:
        print(text, end="")
        return
    begin, end = f"<!-- begin: {program} -->\n", f"<!-- end: {program} -->\n"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        sys.exit(f"page: {page} has no lines {begin.strip()} and {end.strip()}")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
