# SPDX-License-Identifier: GPL-2.0-or-later
"""The device models' qtest; selftests/qtest/run runs a part of it."""

from harness import SELFTESTS


def test_device_models(tap):
    tap(f"{SELFTESTS}/qtest/run")
