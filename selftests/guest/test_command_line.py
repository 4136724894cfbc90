# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/guest as people call it."""

import subprocess

import pytest
from harness import TOP
from harness.cards import RANGE

NO_CARD = (
    "printf 'a\\0b'; "
    f"pciaddr-check --expect {RANGE} >&2; check=$?; "
    "fpga-ctl dma --len 4096; ctl=$?; "
    "echo \"check=$check ctl=$ctl\" >&2; "
    "exit 42"
)


def call(*arguments):
    return subprocess.run([f"{TOP}/scripts/guest", *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False, timeout=900)


WRONG_OPTIONS = {
    "--nonsense": "--nonsense",
    "--machine isapc": "isapc",
    "--qemu-args 'unfinished": "unfinished",
    "--timeout 0": "timeout",
    "uname": "after --",
    "--": "COMMAND",
}


@pytest.mark.parametrize("arguments", WRONG_OPTIONS)
def test_wrong_option_gives_status_2_and_a_message(arguments):
    done = call(*arguments.split(" "))
    assert done.returncode == 2
    assert WRONG_OPTIONS[arguments] in done.stderr.decode()
    assert not done.stdout


def test_no_cards(subtests):
    done = call("--no-cards", "--", NO_CARD)
    errors = done.stderr.decode()
    with subtests.test("the command's exit status is handed back"):
        assert done.returncode == 42
    with subtests.test("standard output is the command's, and nothing else"):
        assert done.stdout == b"a\0b"
    with subtests.test("no card: the check fails, fpga-ctl cannot tell"):
        assert "check=1 ctl=3" in errors
    with subtests.test("no card: fpga-ctl says what QEMU needs"):
        assert "-device fpga" in errors
