# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/setup, which does several things at a time."""

from harness import commands


def test_what_fails_beside_others_is_told_with_its_status():
    commands.run("scripts/setup", "qemu", "userspace", env={"QEMU": "/nonexistent"}, status=2,
                 matches=["QEMU=/nonexistent is not a program", "what failed is above"])
