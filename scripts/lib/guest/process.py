# SPDX-License-Identifier: GPL-2.0-or-later
"""One QEMU process, with a socket to its monitor and one to the agent in its guest."""

import os
import socket
import subprocess

from .console import Console, Output
from . import machine as ordinary
from . import replay
from .qmp import Qmp


class Process:
    """sockets, logs: directories; what it has there is called NAME.console and the like."""

    def __init__(self, machine, images, sockets, logs, name, timeout, more=()):
        self.sockets = os.path.join(sockets, name)  # what the paths of its sockets begin with
        self.console = Console(os.path.join(logs, f"{name}.console"))
        self.firmware = Output(os.path.join(logs, f"{name}.firmware"))
        self.log = Output(os.path.join(logs, f"{name}.log"))
        qmp, qmp_theirs = socket.socketpair()
        self.agent, agent_theirs = socket.socketpair()
        theirs = (qmp_theirs.fileno(), agent_theirs.fileno())
        paths = (self.console.path, self.firmware.path, self.sockets)
        command_line = replay.command_line if machine.replay else ordinary.command_line
        args = [*command_line(machine, images, *theirs, *paths), *more]
        with open(self.log.path, "wb") as log:
            self._popen = subprocess.Popen(
                # QEMU must not outlive the thread that started it, whatever ends it.
                ["setpriv", "--pdeathsig", "KILL", *args],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=theirs,
                start_new_session=True,  # the terminal's ^C is for us
                cwd=machine.replay,  # whose files have names in it
            )
        qmp_theirs.close()
        agent_theirs.close()
        for sock in (qmp, self.agent):
            sock.settimeout(timeout)
        self.qmp = Qmp(qmp)

    @property
    def pid(self):
        return self._popen.pid

    def status(self, wait=0):
        """Its exit status; None if it runs, also after so many seconds."""
        try:
            return self._popen.wait(wait)
        except subprocess.TimeoutExpired:
            return None

    def processor_time(self):
        """How long it has computed [s]; 0 when it has ended."""
        try:
            with open(f"/proc/{self.pid}/stat", encoding="utf-8", errors="replace") as file:
                # What stands before is a name in brackets, which may have anything in it.
                fields = file.read().rpartition(")")[2].split()
        except FileNotFoundError:
            return 0
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        """Ends it at once: its disks are read-only, there is nothing to save."""
        self._popen.kill()
        self._popen.wait()
        self.qmp.sock.close()
        self.agent.close()
