# SPDX-License-Identifier: GPL-2.0-or-later
"""Hands what a signal asks for to the loop that waits: it may be in the midst of a frame."""

import collections
import socket


class Wakeup:
    """A file descriptor to be polled; run() does what call() asked for."""

    def __init__(self):
        self._reader, self._writer = socket.socketpair()
        for sock in (self._reader, self._writer):
            sock.setblocking(False)
        self._asked = collections.deque()

    def fileno(self):
        return self._reader.fileno()

    def call(self, function, *arguments):
        """May be called in a signal's handler."""
        self._asked.append((function, arguments))
        try:
            self._writer.send(b"!")
        except BlockingIOError:  # full of such bytes already
            pass

    def run(self):
        try:
            self._reader.recv(4096)
        except BlockingIOError:
            pass
        while self._asked:
            function, arguments = self._asked.popleft()
            function(*arguments)

    def close(self):
        self._reader.close()
        self._writer.close()
