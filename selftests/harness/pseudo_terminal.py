# SPDX-License-Identifier: GPL-2.0-or-later
"""A program on a pseudo-terminal, as a user at a keyboard has it."""

import errno
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

TIMEOUT = 300  # for one answer, on a machine that does others beside [s]


class PseudoTerminal:
    """Runs a command; use it in a with statement."""

    def __init__(self, *argv, size=(24, 80)):
        self._master, slave = pty.openpty()
        self.resize(size)
        # A new session, whose terminal is this: ^C is for what runs in its foreground.
        self._process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["setsid", "--ctty", "--wait", *argv], stdin=slave, stdout=slave, stderr=slave,
            env={**os.environ, "TERM": "dumb"})  # no sequences for editing and colour
        os.close(slave)
        self.output = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            os.close(self._master)  # hangs up
            self._master = -1
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._master >= 0:
            os.close(self._master)

    def resize(self, size):
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))

    def type(self, text):
        os.write(self._master, text.encode())

    def expect(self, pattern):
        """Waits for output that matches, takes all up to its end, and returns the match."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            found = re.search(pattern, self.output)
            if found:
                self.output = self.output[found.end() :]
                return found
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._master], (), (), left)[0]:
                raise AssertionError(f"nothing matched {pattern!r} in {TIMEOUT} s: {self.output!r}")
            try:
                data = os.read(self._master, 65536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                data = b""
            if not data:
                raise AssertionError(f"it ended, and nothing matched {pattern!r}: {self.output!r}")
            self.output += data.decode(errors="replace")

    def wait(self):
        """Its exit status."""
        while True:  # what it writes must go somewhere
            try:
                if not os.read(self._master, 65536):
                    break
            except OSError:
                break
        status = self._process.wait(TIMEOUT)
        return 128 - status if status < 0 else status
