# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's shell as a user at a terminal has it, and others beside it."""

import tempfile

import pytest
from harness import TOP
from harness.pseudo_terminal import PseudoTerminal
from test_command_line import call

GUEST = f"{TOP}/scripts/guest"
PROMPT = r"root@guest:\S*?([#$]) "
# What the terminal echoes of a command is not what it prints: "" in it makes the difference. The
# command itself says that it runs: until then, a key is the shell's.
LONG = "sh -c 'echo be\"\"gun; exec sleep 1000'\r"
STATUS = "echo status=$((0+$?))\r"


def ask(shell, command, answer):
    shell.type(f"{command}\r")
    return shell.expect(answer)[1]


def begin(shell):
    shell.type(LONG)
    shell.expect(r"begun\r\n")


def status_after(shell, key):
    """The exit status of a command, in the foreground of the shell, that a key ends."""
    begin(shell)
    shell.type(key)
    shell.type(STATUS)
    return int(shell.expect(r"status=(\d+)\r\n")[1])


@pytest.fixture(scope="module", autouse=True)
def alone():
    """Guests that others run on this host are not seen: their directories are elsewhere."""
    with tempfile.TemporaryDirectory(prefix="fpga-pci-") as directory, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", directory)
        yield


@pytest.fixture(scope="module")
def shell():
    """The shell of a guest of its own; each test leaves it at its prompt."""
    with PseudoTerminal(GUEST, size=(31, 99)) as found:
        found.prompt = found.expect(PROMPT)[1]
        yield found


@pytest.fixture
def attached(shell):
    with PseudoTerminal(GUEST, "--attach") as found:
        found.expect(PROMPT)
        yield found


def test_root_has_its_prompt(shell):
    assert shell.prompt == "#"


@pytest.mark.parametrize("key, status", [("\x03", 130), ("\x1c", 131)], ids=["^C", "^backslash"])
def test_a_key_ends_a_command(shell, key, status):
    assert status_after(shell, key) == status


def test_a_command_is_stopped_and_ended_as_a_job(shell):
    begin(shell)
    shell.type("\x1a")
    shell.expect("(?i)stopped")
    assert ask(shell, "bg; kill %1; wait %1; " + STATUS.strip(), r"status=(\d+)\r\n") == "143"


def test_the_size_of_the_window_and_its_changes_reach_the_guest(shell):
    assert ask(shell, "stty size", r"(\d+ \d+)\r\n") == "31 99"
    ask(shell, "trap 'stty size' WINCH; echo s\"\"et", r"(set)\r\n")
    shell.resize((40, 132))
    shell.expect(r"40 132\r\n")
    shell.type("trap - WINCH\r")


@pytest.mark.usefixtures("shell")
def test_a_command_is_run_in_the_guest_that_runs_already():
    done = call("--attach", "--", "tty; cat; echo $((6*7)) >&2; exit 9")
    assert (done.returncode, done.stdout, done.stderr) == (9, b"not a tty\n", b"42\n")


def test_a_second_shell_is_in_the_same_guest(shell, attached):
    ask(attached, "echo shared >/tmp/note; echo writ\"\"ten", r"(written)\r\n")
    assert ask(shell, "cat /tmp/note", r"(shared)\r\n")


@pytest.mark.parametrize("key, status", [("\x03", 130), ("\x1c", 131)], ids=["^C", "^backslash"])
def test_a_key_ends_a_command_of_the_second_shell(attached, key, status):
    assert status_after(attached, key) == status


def test_the_second_shell_gives_its_exit_status(attached):
    attached.type("exit 5\r")
    assert attached.wait() == 5


def test_more_shells_than_ports_are_refused(attached):
    with PseudoTerminal(GUEST, "--attach") as second, PseudoTerminal(GUEST, "--attach") as third:
        second.expect(PROMPT)
        third.expect(PROMPT)
        done = call("--attach", "--", "true")
        assert done.returncode == 125
        assert b"3 ports" in done.stderr and b"in use" in done.stderr


def test_a_port_is_free_again_when_its_terminal_hangs_up(shell):
    for _ in range(4):  # one more than there are
        with PseudoTerminal(GUEST, "--attach") as second:
            second.expect(PROMPT)
    assert ask(shell, "echo $((6*7))", r"(\d+)\r\n") == "42"


def test_a_complaint_of_the_kernel_is_told_as_it_comes(shell):
    shell.type("printf '<1>BUG: made up \\033[2J, at 0x1\\n' >/dev/kmsg\r")
    told = shell.expect(r"guest: its kernel says: (BUG: made up[^\r\n]*)\r+\n")[1]
    assert "at 0x1" in told and "\x1b" not in told
    path = shell.expect(r"whole console is in (\S+)\r")[1]
    with open(path, encoding="utf-8", errors="replace") as file:
        assert "BUG: made up" in file.read()


def test_the_shell_gives_its_exit_status(shell):
    shell.type("exit 3\r")
    assert shell.wait() == 3


@pytest.mark.parametrize("pid, said", [((), "no guest runs to attach to"),
                                       (("1",), "no guest of a scripts/guest with process id 1")])
def test_no_guest_to_attach_to(pid, said):
    done = call("--attach", *pid, "--", "true")
    assert done.returncode == 125
    assert said in done.stderr.decode()


@pytest.mark.long("the next test sends an interrupt to such a command, too")
def test_an_interrupt_reaches_a_command_without_a_terminal():
    command = "trap 'echo caught; exit 7' INT; echo be\"\"gun; sleep 1000 & wait"
    with PseudoTerminal(GUEST, "--", command) as run:
        run.expect("begun")
        run.type("\x03")
        run.expect("caught")
        assert run.wait() == 7


def test_a_second_interrupt_ends_the_guest():
    command = "trap 'echo caught' INT; echo be\"\"gun; while :; do sleep 1000 & wait; done"
    with PseudoTerminal(GUEST, "--", command) as run:
        run.expect("begun")
        run.type("\x03")
        run.expect("caught")
        run.type("\x03")
        assert run.wait() == 130
