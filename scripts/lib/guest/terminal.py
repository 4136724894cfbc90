# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs commands in a guest for the user at the terminal. guest: a Guest or an Attachment."""

import contextlib
import os
import signal
import sys
import termios
import tty

from .errors import GuestError

# Whether the terminal is in raw mode, in which a new line does not begin at the left
_raw = False


def say(text):
    """Tells something, on standard error."""
    text = f"guest: {text}"
    if _raw:
        text = text.replace("\n", "\r\n") + "\r"
    print(text, file=sys.stderr, flush=True)


def writer(fd):
    """Returns a function that writes all of what it is given."""

    def write(data):
        data = memoryview(data)
        while data:
            data = data[os.write(fd, data) :]

    return write


def standard_input():
    """Its file descriptor; None, an empty input, if it is closed."""
    try:
        os.fstat(0)
    except OSError:
        return None
    return 0


def size():
    columns, rows = os.get_terminal_size(0)
    return rows or 24, columns or 80


def environment():
    return [f"TERM={os.environ.get('TERM', 'linux')}"]


@contextlib.contextmanager
def _handler(number, function):
    before = signal.signal(number, function)
    try:
        yield
    finally:
        signal.signal(number, before)


@contextlib.contextmanager
def _forwarding(guest, *numbers):
    """The first of these signals is for the command in the guest, which may yet say something."""
    with contextlib.ExitStack() as stack:

        def forward(number, _):
            for other in numbers:
                signal.signal(other, lambda number, _: sys.exit(128 + number))
            guest.wakeup.call(guest.signal, number)

        for number in numbers:
            stack.enter_context(_handler(number, forward))
        yield


@contextlib.contextmanager
def _raw_terminal(guest):
    """Every key, ^C and ^\\ too, is for the terminal in the guest, as is the window's size."""
    global _raw
    saved = termios.tcgetattr(0)
    with _handler(signal.SIGWINCH, lambda *_: guest.wakeup.call(lambda: guest.resize(size()))):
        tty.setraw(0)
        _raw = True
        try:
            yield
        finally:
            _raw = False
            termios.tcsetattr(0, termios.TCSADRAIN, saved)


def run(guest, command, on_terminal=False, timeout=None):
    """Runs a command: one word is given to a shell, several are run as they are."""
    if len(command) == 1:
        command = ["sh", "-c", command[0]]
    if on_terminal:
        return _run_on_terminal(guest, command, timeout)
    with _forwarding(guest, signal.SIGINT, signal.SIGQUIT):
        return guest.run(*command, stdin=standard_input(), stdout=writer(1), stderr=writer(2),
                         timeout=timeout)


def shell(guest):
    """An interactive shell, or one that reads commands from standard input."""
    if os.isatty(0):
        return _run_on_terminal(guest, ["bash", "-l"], 0)
    return run(guest, ["bash", "-l"], timeout=0)


def _run_on_terminal(guest, command, timeout):
    if not os.isatty(0):
        raise GuestError("standard input is not a terminal; a command cannot get one")
    with _raw_terminal(guest):
        return guest.run(*command, stdin=0, stdout=writer(1), terminal=size,
                         environment=environment(), timeout=timeout)
