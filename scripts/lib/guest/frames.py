# SPDX-License-Identifier: GPL-2.0-or-later
"""The frames between host and agent; inside/agent.c describes them."""

import os
import struct

PORT_NAME = "fpga-pci.agent"
GREETING = b"fpga-pci session"
NONCE_LEN = 16
FRAME_MAX = 256 * 1024
INPUT_MAX = 64 * 1024

HEADER = struct.Struct("<4sI")


def frame(kind, payload=b""):
    if len(payload) > FRAME_MAX:
        raise ValueError(f"{len(payload)} bytes in one frame, at most {FRAME_MAX}")
    return HEADER.pack(kind, len(payload)) + payload


def number(kind, value):
    return frame(kind, struct.pack("<I", value))


def execute(argv, environment=(), size=None):
    rows, columns = size or (0, 0)
    strings = [os.fsencode(word) for word in (*argv, *environment)]
    if any(b"\0" in word for word in strings):
        raise ValueError("a NUL in an argument")
    return frame(
        b"EXEC",
        struct.pack("<HHI", rows, columns, len(argv))
        + b"".join(word + b"\0" for word in strings),
    )


# What an agent on a port for attaching sends first when it has started
BOOTED = frame(b"BOOT", GREETING)


def resize(size):
    return frame(b"SIZE", struct.pack("<HH", *size))


class Decoder:
    """Cuts what the agent sends into frames.

    After greet(), all that comes before the answer to that greeting is dropped:
    it belongs to a session that is over.
    """

    def __init__(self):
        self._buffer = bytearray()
        self._marker = None

    def greet(self):
        nonce = os.urandom(NONCE_LEN)
        self._marker = HEADER.pack(b"REDY", NONCE_LEN + 36) + nonce
        return frame(b"HELO", GREETING + nonce)

    def feed(self, data):
        """Takes bytes; returns the (kind, payload) pairs that are complete."""
        self._buffer += data
        if self._marker:
            at = self._buffer.find(self._marker)
            if at < 0:
                del self._buffer[: -len(self._marker)]
                return []
            del self._buffer[:at]
            self._marker = None
        found = []
        while len(self._buffer) >= HEADER.size:
            kind, length = HEADER.unpack_from(self._buffer)
            end = HEADER.size + length
            if len(self._buffer) < end:
                break
            found.append((kind, bytes(self._buffer[HEADER.size : end])))
            del self._buffer[:end]
        return found
