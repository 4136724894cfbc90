# SPDX-License-Identifier: GPL-2.0-or-later
"""Results of columns, in the file that MATRIX_RESULTS names: {column: {(of, event): outcome}}.

Each is added as it comes, also by several runs at a time: a run that was interrupted leaves out
what is there, and goes on. What has failed is shown there too, and is run again.
"""

import contextlib
import fcntl
import json
import os

FAILED = "FAILED"


def load(path):
    if not os.path.exists(path) or not os.path.getsize(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return {name: {(of, event): outcome for of, event, outcome in rows}
                for name, rows in json.load(file).items()}


def save(path, found):
    rows = {name: [[*cell, outcome] for cell, outcome in results.items()]
            for name, results in found.items()}
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)
    os.replace(f"{path}.new", path)


@contextlib.contextmanager
def _locked(path):
    with open(f"{path}.lock", "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def add(column, cells):
    """Keeps these cells of a column, if there is a file for it."""
    path = os.environ.get("MATRIX_RESULTS")
    if path:
        with _locked(path):
            found = load(path)
            found.setdefault(column, {}).update(cells)
            save(path, found)


def known(column):
    """The cells of a column that need not be run again."""
    found = load(os.environ.get("MATRIX_RESULTS", ""))
    return {cell: outcome for cell, outcome in found.get(column, {}).items()
            if not outcome.startswith(FAILED)}
