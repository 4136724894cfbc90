# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's machine protocol, as far as it can be had without waiting."""

import json

from .errors import GuestError
from .sending import send


class QmpError(GuestError):
    """QEMU refused a command."""


class Qmp:
    """Encodes commands and decodes what comes; the caller moves the bytes."""

    def __init__(self, sock):
        self.sock = sock
        self.events = []
        self._buffer = b""
        self._replies = {}
        self._last_id = 0
        self.send("qmp_capabilities")  # before anything else; the reply is not needed

    def send(self, name, arguments=None):
        """Sends a command and returns the number by which its reply is known."""
        self._last_id += 1
        message = {"execute": name, "id": self._last_id}
        if arguments:
            message["arguments"] = arguments
        send(self.sock, json.dumps(message).encode() + b"\n")
        return self._last_id

    def feed(self, data):
        """Takes bytes from QEMU; returns the events in them."""
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        events = []
        for line in lines:
            message = json.loads(line)
            if "event" in message:
                events.append(message)
            elif "id" in message:
                self._replies[message["id"]] = message
        self.events += events
        return events

    def has_reply(self, number):
        return number in self._replies

    def take_reply(self, number):
        reply = self._replies.pop(number)
        if "error" in reply:
            raise QmpError(reply["error"]["desc"])
        return reply["return"]
