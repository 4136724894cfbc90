# SPDX-License-Identifier: GPL-2.0-or-later
"""A command in the guest: its input, and what has come of its output."""

import dataclasses
import os
import struct

from . import frames


@dataclasses.dataclass
class Result:
    status: int
    stdout: bytes
    stderr: bytes


class Command:
    """One command. send: passes a frame on to the agent; the rest as Guest.start() has it."""

    def __init__(self, send, argv, input, stdin, stdout, stderr, timeout):
        self.argv = argv
        self.status = None
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.timeout = timeout
        self._send_frame = send
        self._pending = memoryview(input)
        self._stdin = stdin
        self._ended = False
        self._credit = frames.INPUT_MAX
        self._on_stdout = stdout or self.stdout.extend
        self._on_stderr = stderr or self.stderr.extend

    def __str__(self):
        return "'" + " ".join(map(str, self.argv)) + "'"

    def stdin_ready(self):
        """The file descriptor to be waited for; sends what needs no waiting."""
        if self._stdin is not None:
            return self._stdin if self._credit and not self._ended else None
        while self._pending and self._credit:
            piece = self._pending[: self._credit]
            self._pending = self._pending[len(piece) :]
            self._send(bytes(piece))
        if not self._pending:
            self._end()
        return None

    def read_stdin(self):
        data = os.read(self._stdin, self._credit)
        if data:
            self._send(data)
        else:
            self._end()

    def take(self, kind, payload):
        if kind == b"OUT_":
            self._on_stdout(payload)
        elif kind == b"ERR_":
            self._on_stderr(payload)
        elif kind == b"TOOK":
            self._credit += struct.unpack("<I", payload)[0]
        elif kind == b"EXIT":
            self.status = struct.unpack("<I", payload)[0]

    def result(self):
        return Result(self.status, bytes(self.stdout), bytes(self.stderr))

    def _send(self, data):
        self._send_frame(frames.frame(b"DATA", data))
        self._credit -= len(data)

    def _end(self):
        if not self._ended:
            self._send_frame(frames.frame(b"DATA"))
        self._ended = True
