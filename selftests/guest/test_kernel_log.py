# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guest's kernel complains of reaches the tests."""

import pytest


@pytest.mark.parametrize("line", [
    "<4>WARNING: CPU: 0 PID: 1 at a test", "<0>BUG: of a test", "<3>INFO: task test:1 blocked",
])  # fmt: skip
def test_complaint_is_seen_once(guest, line):
    guest.run("sh", "-c", f"echo '{line}' >/dev/kmsg")
    guest.settle()
    assert guest.complaints().splitlines()[0].endswith(line[3:])
    assert not guest.complaints()


def test_harmless_line_is_none(guest):
    guest.run("sh", "-c", "echo '<4>a debug message of a test' >/dev/kmsg")
    guest.settle()
    assert not guest.complaints()
