# SPDX-License-Identifier: GPL-2.0-or-later
"""Notes which machines the tests boot, for the table of what was tested with what.

TESTED names a file, to which each boot adds a line; selftests/harness/tested.py sets it and reads
it.
"""

import functools
import json
import os
import re
import subprocess


def note(machine, images):
    if "TESTED" not in os.environ:
        return
    line = json.dumps({
        "qemu": _qemu_version(images["qemu"]),
        "guest": images["release"],
        "linux": images["linux"],
        "machine": machine.machine,
        "firmware": f"{machine.firmware.partition(':')[0]} {images['firmware'].version}",
    })  # fmt: skip
    with open(os.environ["TESTED"], "a", encoding="utf-8") as file:
        file.write(line + "\n")


@functools.lru_cache(maxsize=None)
def _qemu_version(qemu):
    said = subprocess.run([qemu, "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout
    found = re.search(r"version ([\d.]+)", said)
    return found[1] if found else "unknown"
