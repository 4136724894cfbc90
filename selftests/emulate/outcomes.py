# SPDX-License-Identifier: GPL-2.0-or-later
"""What came of each machine on each kernel, kept in the cache for the table that ./page writes."""

import contextlib
import json
import os
import pathlib
import re

from harness import CACHE
from releases import kernels

DIRECTORY = pathlib.Path(CACHE, "emulate")
SECTIONS = {"Left out": "left_out", "At another address": "elsewhere", "Made up": "made_up",
            "What the guest's kernel": "not_kept"}  # fmt: skip


def release_of(kernel):
    """What uname -r says of a kernel, as Machine.kernel has it."""
    return (kernels.directory(kernel) / "release").read_text(encoding="utf-8").strip()


def limits(readme):
    """The notes of a machine's README, by section."""
    found = {name: [] for name in SECTIONS.values()}
    section = None
    for line in readme.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            section = next((name for title, name in SECTIONS.items() if line.startswith(title)), None)
        elif section and line.startswith("  ") and not line.startswith("  Nothing"):
            found[section].append(line.strip())
    shown = re.search(r"(\d+) of the source's (\d+) functions", readme)
    return {**found, "shown": int(shown[1]), "functions": int(shown[2])} if shown else found


@contextlib.contextmanager
def kept(kind, name, **values):
    """Keeps a dictionary, which the block fills in; and whether it came to its end.

    kernel: as release_of() says.
    """
    outcome = {"kind": kind, "name": name, "passed": False, **values}
    try:
        yield outcome
        outcome["passed"] = True
    finally:
        series = re.match(r"\d+\.\d+", outcome["kernel"])[0]
        DIRECTORY.mkdir(parents=True, exist_ok=True)
        path = DIRECTORY / f"{kind}-{re.sub('[^A-Za-z0-9.-]', '_', name)}-{series}.json"
        new = path.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(outcome), encoding="utf-8")
        new.rename(path)


def read():
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(DIRECTORY.glob("*.json"))]
