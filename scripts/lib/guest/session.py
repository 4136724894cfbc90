# SPDX-License-Identifier: GPL-2.0-or-later
"""A running guest: its QEMU, its console, and the agent in it."""

import dataclasses
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from . import frames
from .command import Command
from .errors import CommandTimeout, GuestError, SessionLost
from .images import prepare
from .machine import Machine, command_line
from .qmp import Qmp

CONSOLE_LINES = 30
# How long an orderly end may take, before a harder one [s]
GRACE = 10


@dataclasses.dataclass
class Result:
    status: int
    stdout: bytes
    stderr: bytes


class Guest:
    """One virtual machine, from boot() to close(). Use it in a with statement.

    timeout bounds every single wait, in seconds.
    """

    def __init__(self, machine=None, timeout=300):
        self.machine = machine or Machine()
        self.timeout = timeout
        self.boot_id = None
        self.boots = 0  # how many kernels have started
        self._directory = None
        self._process = None
        self._qmp = self._agent = self._poll = None
        self._decoder = frames.Decoder()
        self._ready = False
        self._lost = 0  # how often the session was lost
        self._command = None
        self._received = []  # frames of the command that runs
        self._console_checked = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Life

    def boot(self, wait=True):
        """Starts QEMU and, unless told not to, waits until commands can run."""
        images = prepare(self.machine.kernel)
        self._directory = tempfile.mkdtemp(prefix="fpga-pci-guest-")
        qmp, qmp_theirs = socket.socketpair()
        self._agent, agent_theirs = socket.socketpair()
        theirs = (qmp_theirs.fileno(), agent_theirs.fileno())
        args = command_line(self.machine, images, *theirs, self._path("console"))
        with open(self._path("qemu.log"), "wb") as log:
            self._process = subprocess.Popen(
                # QEMU must not outlive us, whatever ends us.
                ["setpriv", "--pdeathsig", "KILL", *args],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=theirs,
                start_new_session=True,  # the terminal's ^C is for us
            )
        qmp_theirs.close()
        agent_theirs.close()
        for sock in (qmp, self._agent):
            sock.settimeout(self.timeout)
        self._qmp = Qmp(qmp)
        self._poll = select.poll()
        self._poll.register(qmp, select.POLLIN)
        self._poll.register(self._agent, select.POLLIN)
        self.qmp("qmp_capabilities")
        if wait:
            self.wait_ready()

    def close(self):
        """Ends QEMU at once: its disks are read-only, there is nothing to save."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
            self._qmp.sock.close()
            self._agent.close()
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    def alive(self):
        return self._process is not None and self._process.poll() is None

    def wait_ready(self, after=None):
        """Waits for the agent; with after, for that of a boot other than this boot_id."""
        self._wait(
            lambda: self._ready and self.boot_id != after,
            "the guest to come up",
        )

    def reset(self):
        """Pulls the machine's reset line, and waits for the guest to come up again."""
        before = self.boot_id
        self.qmp("system_reset")
        self.wait_ready(after=before)

    def reboot(self):
        """Has the guest reboot itself, and waits for it to come up again."""
        before = self.boot_id
        try:
            self.run("reboot")
        except SessionLost:
            pass
        self.wait_ready(after=before)

    # The machine

    def qmp(self, name, **arguments):
        """Runs a QMP command and returns what it returns (a - in a name is written _)."""
        arguments = {key.replace("_", "-"): value for key, value in arguments.items()}
        number = self._qmp.send(name, arguments)
        self._wait(lambda: self._qmp.has_reply(number), f"QEMU to answer '{name}'")
        return self._qmp.take_reply(number)

    def hmp(self, line):
        """Runs a command of QEMU's human monitor and returns its output."""
        return self.qmp("human-monitor-command", command_line=line)

    def wait_event(self, name):
        """Waits for a QMP event and takes it and all before it off the list."""
        events = self._qmp.events

        def index():
            return next((i for i, e in enumerate(events) if e["event"] == name), None)

        self._wait(lambda: index() is not None, f"QEMU's event {name}")
        at = index()
        event = events[at]
        del events[: at + 1]
        return event

    def console(self):
        """All that the serial console has shown."""
        with open(self._path("console"), "rb") as file:
            return file.read().decode(errors="replace")

    # Commands

    def greet(self):
        """Begins a session anew; needed by itself only after loadvm or migration."""
        self._ready = False
        self._agent.sendall(self._decoder.greet())

    def run(self, *argv, **options):
        """Runs a command to its end; see start() for the options."""
        self.start(*argv, **options)
        return self.finish()

    def start(self, *argv, input=b"", stdin=None, stdout=None, stderr=None,
              environment=(), terminal=None, timeout=None):
        """Starts a command.

        input     bytes for its standard input, or
        stdin     a file descriptor to be read for it
        stdout, stderr   called with each piece of output, instead of collecting it
        environment      "NAME=VALUE" strings
        terminal  a function that returns (rows, columns): run on a terminal of that size
        timeout   how long it may take [s]; default: the guest's; 0: for ever
        """
        if not self._ready:
            self.wait_ready()
        timeout = self.timeout if timeout is None else timeout
        self._command = Command(self._agent.sendall, argv, input, stdin, stdout, stderr, timeout)
        self._received.clear()
        self._agent.sendall(frames.execute(argv, environment, terminal and terminal()))

    def finish(self):
        """Waits for the command that start() started."""
        command = self._command
        lost = self._lost
        what = f"{command} to end in the guest"

        def ended():
            if self._lost != lost:
                raise SessionLost(f"the guest went down, waiting for {what}")
            for frame in self._received:
                command.take(*frame)
            self._received.clear()
            return command.status is not None

        try:
            self._wait(ended, what, command.timeout, command.stdin_ready, CommandTimeout)
        except CommandTimeout:
            self._agent.sendall(frames.number(b"KILL", signal.SIGKILL))
            self._wait(ended, f"{command} to end after it was killed", GRACE)
            raise
        return Result(command.status, bytes(command.stdout), bytes(command.stderr))

    def resize(self, size):
        self._agent.sendall(frames.resize(size))

    # Inside

    def _path(self, name):
        return os.path.join(self._directory, name)

    def _wait(self, until, what, timeout=None, stdin=None, error=GuestError):
        timeout = self.timeout if timeout is None else timeout
        deadline = time.monotonic() + timeout if timeout else None
        while not until():
            if deadline and time.monotonic() > deadline:
                raise error(self._account(f"waited {timeout} s for {what}"))
            self._step(what, stdin)

    def _step(self, what, stdin):
        """Moves what there is to move; waits up to a second for it."""
        source = stdin and stdin()
        if source is not None:
            self._poll.register(source, select.POLLIN)
        try:
            ready = [fd for fd, _ in self._poll.poll(1000)]
        finally:
            if source is not None:
                self._poll.unregister(source)
        if not ready:
            self._look_at_console(what)
        if source in ready:
            self._command.read_stdin()
        if self._qmp.sock.fileno() in ready:
            for event in self._qmp.feed(self._receive(self._qmp.sock, what)):
                self._on_event(event)
        if self._agent.fileno() in ready:
            for kind, payload in self._decoder.feed(self._receive(self._agent, what)):
                self._on_frame(kind, payload)

    def _receive(self, sock, what):
        try:
            data = sock.recv(1 << 18)
        except ConnectionResetError:
            data = b""
        if not data:
            status = self._process.wait(GRACE)
            raise GuestError(self._account(f"QEMU ended with status {status}, waiting for {what}"))
        return data

    def _on_event(self, event):
        if event["event"] == "VSERPORT_CHANGE" and event["data"]["id"] == "agent":
            # QEMU may merge events: that the port is open can also mean that it
            # was closed in between.
            self._ready = False
            self._lost += 1
            if event["data"]["open"]:
                self.greet()

    def _on_frame(self, kind, payload):
        if kind == b"REDY":
            boot_id = payload[frames.NONCE_LEN :].decode()
            if boot_id != self.boot_id:
                self.boots += 1
            self.boot_id = boot_id
            self._ready = True
        else:
            self._received.append((kind, payload))

    def _look_at_console(self, what):
        text = self.console()
        if "Kernel panic - not syncing" in text[self._console_checked :]:
            self._console_checked = len(text)
            raise GuestError(self._account(f"the guest's kernel panicked, waiting for {what}"))

    def _account(self, message):
        """A message with what QEMU and the console said last."""
        lines = [message]
        for title, name in (("QEMU said", "qemu.log"), ("the end of the guest's console", "console")):
            try:
                with open(self._path(name), "rb") as file:
                    tail = file.read().decode(errors="replace").splitlines()[-CONSOLE_LINES:]
            except FileNotFoundError:
                tail = []
            if tail:
                lines += [f"{title}:"] + ["    " + line.rstrip() for line in tail]
        return "\n".join(lines)

