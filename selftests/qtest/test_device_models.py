# SPDX-License-Identifier: GPL-2.0-or-later
"""The device models' qtests; selftests/qtest/run runs a part of one."""

import pytest
from harness import SELFTESTS


@pytest.mark.parametrize("name", ["fpga-test", "pci-shape-test"])
def test_device_models(tap, name):
    tap(f"{SELFTESTS}/qtest/run", name)
