# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/setup, which does several things at a time."""

from harness import commands


def test_what_fails_beside_others_is_told_with_its_status():
    commands.run("scripts/setup", "qemu", "userspace", env={"QEMU": "/nonexistent"}, status=2,
                 matches=["QEMU=/nonexistent is not a program", "what failed is above"])


def test_the_path_of_an_ordinary_user_leads_to_what_is_needed():
    commands.run("bash", "-c", ". scripts/lib/common.sh; type depmod modprobe modinfo",
                 env={"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/games"})
