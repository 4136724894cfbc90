# SPDX-License-Identifier: GPL-2.0-or-later
"""What a guest boots from; scripts/guest.d/prepare makes it."""

import functools
import json
import os
import subprocess

from .errors import GuestError

PREPARE = os.path.join(os.path.dirname(__file__), "../../guest.d/prepare")


@functools.lru_cache(maxsize=None)
def prepare(kernel):
    """Builds what is missing; returns the paths: qemu, bzimage, vmlinux, initrd, layers."""
    made = subprocess.run(
        [PREPARE, "--kernel", kernel], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False
    )
    if made.returncode:
        raise GuestError(f"the guest could not be prepared (status {made.returncode}, see above)")
    return json.loads(made.stdout)
