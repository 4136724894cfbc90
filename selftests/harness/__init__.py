# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests share, and what runs them.

For tests:  commands (programs on this machine), guests (the guest as a fixture), subtests,
            tap (programs that print TAP), cards and registers (names and numbers),
            building (what suites build alike, made once).
Behind them: suites (the list), runner and report (scripts/check), processors (what tests cost),
            plugin (pytest).
"""

import os

SELFTESTS = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
TOP = os.path.dirname(SELFTESTS)
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "fpga-pci")



def is_long():
    """Whether what takes long is run, too (scripts/check --long)."""
    return os.environ.get("CHECK_LONG", "0") != "0"
