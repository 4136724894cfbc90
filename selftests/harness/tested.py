# SPDX-License-Identifier: GPL-2.0-or-later
"""What was tested with what: each suite leaves a file in the cache, tested/HOST-SUITE.json.

It holds the host, the suite's counts, and the machines that it has booted. selftests/hosts/page
makes the table of docs/results.md of them.
"""

import contextlib
import json
import os
import platform
import time

from . import CACHE, is_long

DIRECTORY = os.path.join(CACHE, "tested")


def host():
    """The name and version of this machine's system, as in "Debian 12.15"."""
    with contextlib.suppress(OSError):
        facts = platform.freedesktop_os_release()
        if facts.get("ID") == "debian":
            with open("/etc/debian_version", encoding="ascii") as file:
                return f"Debian {file.read().strip()}"
        return facts.get("PRETTY_NAME", "unknown")
    return "unknown"


def begin(suite):
    """The file in which its guests are noted."""
    os.makedirs(DIRECTORY, exist_ok=True)
    path = os.path.join(DIRECTORY, f".{suite.name}-{os.getpid()}")
    with open(path, "w", encoding="utf-8"):
        return path


def boots(path):
    """How many guests were booted."""
    with open(path, encoding="utf-8") as file:
        return sum(1 for _ in file)


def end(suite, path, counts):
    """Writes the suite's file; what it has booted more than once counts once."""
    with open(path, encoding="utf-8") as file:
        boots = sorted(set(file))
    os.unlink(path)
    result = {
        "host": host(), "suite": suite.name, "long": is_long(), **counts,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "boots": [json.loads(line) for line in boots],
    }  # fmt: skip
    name = f"{host()}-{suite.name}{'-long' if is_long() else ''}.json".replace(" ", "-")
    with open(os.path.join(DIRECTORY, name.replace("/", "-")), "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
