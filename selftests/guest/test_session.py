# SPDX-License-Identifier: GPL-2.0-or-later
"""The session itself: what goes in and comes out of the guest, whole and apart."""

import os

import pytest
from guest import CommandTimeout, tsc
from guest.machine import accelerator

LARGE = 3 * 1024 * 1024 + 1


def test_exit_status_output_and_errors_come_apart(guest):
    result = guest.run("sh", "-c", "echo out; echo err >&2; exit 42")
    assert (result.status, result.stdout, result.stderr) == (42, b"out\n", b"err\n")


def test_a_command_killed_by_a_signal_gives_128_and_its_number(guest):
    assert guest.run("sh", "-c", "kill -TERM $$").status == 128 + 15


def test_a_command_that_does_not_exist_gives_127(guest):
    assert guest.run("/no/such").status == 127


def test_a_command_that_is_no_program_gives_126(guest):
    assert guest.run("/etc/passwd").status == 126


def test_arguments_arrive_as_they_are(guest):
    said = guest.run("printf", "%s|", "a b", "", "$HOME", "'\"\\").stdout
    assert said == b"a b||$HOME|'\"\\|"


def test_binary_data_comes_whole_in_and_out(guest):
    data = os.urandom(LARGE)
    assert guest.run("cat", input=data).stdout == data


def test_a_command_need_not_read_its_input(guest):
    assert guest.run("true", input=os.urandom(LARGE)).status == 0


def test_output_comes_piece_by_piece(guest):
    pieces = []
    guest.run("sh", "-c", "echo one; read line; echo two", input=b"\n", stdout=pieces.append)
    assert b"".join(pieces) == b"one\ntwo\n"


def test_a_terminal_has_the_size_asked_for(guest):
    size = guest.run("stty", "size", terminal=lambda: (33, 101))
    assert size.stdout == b"33 101\r\n"


def test_a_command_that_takes_too_long_is_killed(guest, subtests):
    with subtests.test("it is killed, and named"):
        with pytest.raises(CommandTimeout, match="sleep 1000"):
            guest.run("sleep", "1000", timeout=1)
    with subtests.test("the session goes on after that"):
        assert guest.run("echo", "on").stdout == b"on\n"


def test_what_runs_in_the_background_does_not_delay_the_end(guest):
    assert guest.run("sh", "-c", "sleep 1000 & echo done").stdout == b"done\n"


def test_the_kernel_knows_how_fast_its_counter_runs(guest):
    """Measured by the guest on a busy host, it was found to be twenty times slower."""
    if accelerator(guest.machine) != "tcg":
        pytest.skip("KVM tells the guest the frequency")
    known = float(guest.sh("grep -m 1 MHz /proc/cpuinfo").split(":")[1])
    # What it has measured of the processor is kept if it is off by less than a tenth.
    assert known * 1000 == pytest.approx(tsc.kilohertz(), rel=0.12)
