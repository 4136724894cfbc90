# SPDX-License-Identifier: GPL-2.0-or-later
"""Sending to QEMU, and through it to a guest."""


def send(sock, data):
    """Sends all of it. Of a peer that has ended nothing is told here: reading from it tells, and why.

    BrokenPipeError would be taken for the end of what reads our output.
    """
    try:
        sock.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass
