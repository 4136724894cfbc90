# SPDX-License-Identifier: GPL-2.0-or-later
"""The session itself: what goes in and comes out of the guest, whole and apart."""

import os

from guest import CommandTimeout

LARGE = 3 * 1024 * 1024 + 1


def test(tap, guest):
    result = guest.run("sh", "-c", "echo out; echo err >&2; exit 42")
    tap.equal("exit status, output and errors come apart",
              (result.status, result.stdout, result.stderr), (42, b"out\n", b"err\n"))
    tap.equal("a command killed by a signal: 128 + its number",
              guest.run("sh", "-c", "kill -TERM $$").status, 128 + 15)
    tap.equal("a command that does not exist: 127", guest.run("/no/such").status, 127)
    tap.equal("a command that is no program: 126", guest.run("/etc/passwd").status, 126)
    tap.equal("arguments arrive as they are",
              guest.run("printf", "%s|", "a b", "", "$HOME", "'\"\\").stdout, b"a b||$HOME|'\"\\|")

    data = os.urandom(LARGE)
    tap.equal("binary data, in and out, whole", guest.run("cat", input=data).stdout == data, True)
    tap.equal("a command need not read its input",
              guest.run("true", input=data).status, 0)

    pieces = []
    guest.run("sh", "-c", "echo one; read line; echo two", input=b"\n", stdout=pieces.append)
    tap.equal("output comes piece by piece", b"".join(pieces), b"one\ntwo\n")

    size = guest.run("stty", "size", terminal=lambda: (33, 101))
    tap.equal("a terminal has the size asked for", size.stdout, b"33 101\r\n")

    try:
        guest.run("sleep", "1000", timeout=1)
        tap.result(False, "a command that takes too long is killed", "it was not")
    except CommandTimeout as error:
        tap.result("sleep 1000" in str(error), "a command that takes too long is killed", str(error))
    tap.equal("the session goes on after that", guest.run("echo", "on").stdout, b"on\n")
    tap.equal("what runs in the background holds nobody up",
              guest.run("sh", "-c", "sleep 1000 & echo done").stdout, b"done\n")
