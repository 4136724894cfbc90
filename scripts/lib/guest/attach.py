# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands in a guest that another process holds open, through one of its spare ports."""

import fcntl
import functools
import glob
import os
import select
import signal
import socket
import time

from . import frames
from .command import Command
from .errors import CommandTimeout, GuestError, SessionLost
from .sending import send
from .wakeup import Wakeup

ANSWER_TIMEOUT = 30  # for a guest that is up [s]


class Attachment:
    """run(), signal() and resize() as Guest has them. Use it in a with statement."""

    def __init__(self, directory, timeout=300):
        self.timeout = timeout
        self.wakeup = Wakeup()
        self._lock = None
        self._sock = None
        self._decoder = frames.Decoder()
        self._received = []
        self._tail = b""
        self._connect(directory)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for held in (self._sock, self._lock, self.wakeup):
            if held:
                held.close()

    def _connect(self, directory):
        ports = sorted(glob.glob(os.path.join(glob.escape(directory), "*.shell[0-9]")))
        for path in ports:
            # QEMU serves one at a time, and lets the next one wait without a word.
            lock = open(f"{path}.lock", "w", encoding="ascii")  # pylint: disable=consider-using-with
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            self._lock = lock
            self._sock = socket.socket(socket.AF_UNIX)
            self._sock.settimeout(ANSWER_TIMEOUT)
            try:
                self._sock.connect(path)
            except OSError as error:
                raise GuestError(f"the guest cannot be reached: {path}: {error.strerror}") from error
            self._greet()
            return
        raise GuestError(f"the guest has {len(ports)} ports for attaching, and all are in use")

    def _greet(self):
        send(self._sock, self._decoder.greet())
        deadline = time.monotonic() + ANSWER_TIMEOUT
        while not any(kind == b"REDY" for kind, _ in self._received):
            if not self._step(deadline):
                raise GuestError(
                    f"the guest has not answered for {ANSWER_TIMEOUT} s: has it come up already?")
        self._received.clear()

    def run(self, *argv, input=b"", stdin=None, stdout=None, stderr=None,
            environment=(), terminal=None, timeout=None):
        timeout = self.timeout if timeout is None else timeout
        deadline = time.monotonic() + timeout if timeout else None
        command = Command(functools.partial(send, self._sock), argv, input, stdin, stdout, stderr, timeout)
        send(self._sock, frames.execute(argv, environment, terminal and terminal()))
        while command.status is None:
            if not self._step(deadline, command):
                self.signal(signal.SIGKILL)
                raise CommandTimeout(f"waited {timeout} s for {command} to end in the guest")
            for frame in self._received:
                command.take(*frame)
            self._received.clear()
        return command.result()

    def signal(self, number):
        send(self._sock, frames.number(b"KILL", number))

    def resize(self, size):
        send(self._sock, frames.resize(size))

    def pause(self, length):
        """Lets so many seconds go by."""
        deadline = time.monotonic() + length
        while self._step(deadline):
            pass

    def _step(self, deadline, command=None):
        """Moves what there is to move; False when the time is over."""
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return False
        sources = [self._sock, self.wakeup]
        stdin = command and command.stdin_ready()
        if stdin is not None:
            sources.append(stdin)
        ready, _, _ = select.select(sources, (), (), left)
        if self.wakeup in ready:
            self.wakeup.run()
        if stdin is not None and stdin in ready:
            command.read_stdin()
        if self._sock in ready:
            try:
                data = self._sock.recv(1 << 18)
            except ConnectionResetError:
                data = b""
            if not data:
                raise SessionLost("the guest has ended")
            self._check_boot(data, command)
            self._received += self._decoder.feed(data)
        return True

    def _check_boot(self, data, command):
        """A reset may have cut off a frame: the announcement of the new agent stands anywhere."""
        self._tail = (self._tail + data)[-len(data) - len(frames.BOOTED) :]
        if command and frames.BOOTED in self._tail:
            raise SessionLost("the guest has started anew")
