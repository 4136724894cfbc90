# SPDX-License-Identifier: GPL-2.0-or-later
"""Each patch of the series builds without a warning and passes its qtest, on each QEMU that Debian has.

QEMU_VERSIONS="10.2" in the environment: on these alone.
"""

import os

import pytest
from harness import SELFTESTS

VERSIONS = os.environ.get("QEMU_VERSIONS", "10.0 10.2").split()
TIMEOUT = 7200  # for a build of all of QEMU, and one of each patch, on a busy machine [s]


@pytest.mark.parametrize("version", VERSIONS)
def test_each_patch_builds_and_passes_its_qtest(tap, version):
    tap(f"{SELFTESTS}/qemu/build-series", version, timeout=TIMEOUT)
