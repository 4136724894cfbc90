# SPDX-License-Identifier: GPL-2.0-or-later
"""A running guest: its QEMU, its console, and the agent in it."""

import functools
import os
import select
import shutil
import signal
import sys
import time

from . import frames, logs, replay, running, stopped, tested
from .command import Command
from .console import excerpt, is_panic
from .errors import CommandTimeout, GuestError, GuestTimeout, SessionLost
from .images import prepare
from .machine import Machine
from .process import Process
from .qmp import QmpError
from .sending import send
from .wakeup import Wakeup

CONSOLE_LINES = 30
FIRMWARE_LINES = 8
# How many lines of complaints of the kernel are told as they come
COMPLAINTS_MAX = 30
# How long an orderly end may take, before a harder one [s]
GRACE = 10


def to_stderr(text):
    print(f"guest: {text}", file=sys.stderr, flush=True)


class Guest:
    """One virtual machine, from boot() to close(). Use it in a with statement.

    timeout   bounds every single wait, in seconds
    logs      the directory of what it, its firmware and QEMU say; None before boot()
    say       is called with what is to be told while it runs, such as a complaint of its kernel
    """

    def __init__(self, machine=None, timeout=300, say=to_stderr):
        self.machine = machine or Machine()
        self.timeout = timeout
        self.wakeup = Wakeup()  # its call() has something done while run() waits
        self._say = say
        self.boot_id = None
        self._boot_ids = []
        self._images = None
        self._directory = None
        self._registration = None
        self.logs = None
        self._keep_logs = False
        self._vm = None
        self._decoder = frames.Decoder()
        self._ready = False
        self._opened = 0  # how often the agent's port was opened
        self._lost = 0  # how often the session was lost
        self._line = b""  # the end of what came over a serial line
        self._command = None
        self._received = []  # frames of the command that runs
        self._complaints = 0
        self._console_due = 0
        self._kernel_since = 0  # where in the console's output the latest reset was
        self._jobs = self._snapshots = self._moves = 0
        self._store = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Life

    def boot(self, wait=True):
        """Starts QEMU and, unless told not to, waits until commands can run.

        A kernel that hangs on its way up is started once more: on a busy host, one in some
        hundred loses a processor's timer (QEMU 10.0 with TCG). A machine that has stopped,
        and says why, would only stop again.
        """
        machine = self.machine
        if machine.replay:
            self._images = replay.prepare(machine.kernel, machine.release, machine.firmware)
        else:
            self._images = prepare(machine.kernel, machine.release, machine.firmware, machine.arch,
                                   machine.small)
        tested.note(self.machine, self._images)
        self._directory = running.create_directory()
        self.logs = logs.create()
        if self.machine.shells:
            self._registration = running.register(self._directory, {
                "pid": os.getpid(), "kernel": self.machine.kernel,
                "release": self.machine.release, "arch": self.machine.arch, "what": str(self.machine),
                "sockets": os.path.join(self._directory, "qemu"), "gdb": self.machine.gdb})
        self._use(self._start_qemu("qemu"))
        if not wait:
            return
        try:
            self.wait_ready()
        except GuestTimeout as error:
            self._say(f"{error}\nguest: starting it once more")
            self._vm.close()
            self._use(self._start_qemu("qemu-again"))
            self.wait_ready()

    def close(self):
        """Ends QEMU and removes all that it left, but for the logs if something was wrong."""
        if self._vm:
            self._tell_complaints()
            self._vm.close()
            self._vm = None
        if self._registration:
            self._registration.close()
            self._registration = None
        if self.logs and not self._keep_logs:
            shutil.rmtree(self.logs, ignore_errors=True)
            self.logs = None
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    @property
    def boots(self):
        """How many kernels have started in it."""
        return len(self._boot_ids)

    def wait_ready(self, after=None):
        """Waits for the agent; with after, for that of a boot other than this boot_id."""
        progress = stopped.Progress()

        def is_up():
            if self._ready and self.boot_id != after:
                return True
            self._check_progress(progress)
            return False

        self._wait(is_up, "the guest to come up")

    def reset(self):
        """Resets the machine, and waits for the guest to come up again."""
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

    def kexec(self):
        """Has its kernel start that same kernel again, without firmware in between."""
        before = self.boot_id
        for name in ("bzimage", "initrd"):
            with open(self._images[name], "rb") as file:
                self._must("sh", "-c", f"cat >/tmp/{name}", input=file.read())
        self._must("kexec", "--kexec-file-syscall", "--load", "/tmp/bzimage",
                   "--initrd=/tmp/initrd", "--reuse-cmdline")
        try:
            self.run("kexec", "--exec")
        except SessionLost:
            pass
        self.wait_ready(after=before)

    def suspend(self):
        """Suspends it to RAM (ACPI S3), wakes it, and waits for the agent there.

        It goes on with one CPU: with QEMU 10.0's TCG another, when it comes back, sometimes
        gets no interrupts of its timer, and what runs there hangs.
        """
        before, opened = self.boot_id, self._opened
        self._must("sh", "-c", "for cpu in /sys/devices/system/cpu/cpu*/online; do"
                   " [ ! -w $cpu ] || echo 0 >$cpu; done")
        self.start("sh", "-c", "echo deep >/sys/power/mem_sleep && echo mem >/sys/power/state")
        self._wait(lambda: self._has_event("SUSPEND") or self._received, "the guest to suspend")
        if not self._has_event("SUSPEND"):
            raise GuestError(f"it did not suspend: {self.finish().stderr.decode()}")
        self.wait_event("SUSPEND")
        self.qmp("system_wakeup")
        self._resume(opened)
        if self.boot_id != before:
            raise GuestError(self._account("it started anew instead of waking"))

    def plug(self, device):
        """Hot-plugs a device, described as to QEMU's option -device."""
        said = self.hmp(f"device_add {device}")
        if said.startswith("Error"):  # else it is a warning
            raise QmpError(said.strip())

    def unplug(self, device):
        """Has the guest give up the device with this id, and takes it away."""
        self.qmp("device_del", id=device)
        self.wait_event("DEVICE_DELETED")

    # The machine

    def qmp(self, name, **arguments):
        """Runs a QMP command and returns what it returns (a - in a name is written _)."""
        arguments = {key.replace("_", "-"): value for key, value in arguments.items()}
        monitor = self._vm.qmp
        number = monitor.send(name, arguments)
        self._wait(lambda: monitor.has_reply(number), f"QEMU to answer '{name}'")
        return monitor.take_reply(number)

    def hmp(self, line):
        """Runs a command of QEMU's human monitor and returns its output."""
        return self.qmp("human-monitor-command", command_line=line)

    def _event_index(self, name):
        events = self._vm.qmp.events
        return next((i for i, event in enumerate(events) if event["event"] == name), None)

    def _has_event(self, name):
        return self._event_index(name) is not None

    def wait_event(self, name):
        """Waits for a QMP event and takes it and all before it off the list."""
        self._wait(lambda: self._has_event(name), f"QEMU's event {name}")
        events = self._vm.qmp.events
        at = self._event_index(name)
        event = events[at]
        del events[: at + 1]
        return event

    @property
    def sockets(self):
        """What the paths of its sockets begin with; see machine.py."""
        return self._vm.sockets

    def console(self):
        """All that the serial console has shown."""
        return self._vm.console.text()

    # The machine's state

    def save(self):
        """Takes a snapshot of the running machine; restore() goes back to it."""
        if not self._store:
            self._store = self._make_store()
        self._snapshots += 1
        tag = f"snapshot-{self._snapshots}"
        self._job("snapshot-save", tag=tag, vmstate=self._store, devices=[self._store])
        return tag

    def restore(self, tag):
        """Goes back to what save() returned, and waits for the agent there."""
        opened = self._opened
        self.qmp("stop")
        self._job("snapshot-load", tag=tag, vmstate=self._store, devices=[self._store])
        self.qmp("cont")
        self._resume(opened)

    def migrate(self):
        """Moves the running machine into a new QEMU, and waits for the agent there."""
        opened = self._opened
        old = self._vm
        uri = f"unix:{self._directory}/migration"
        self._moves += 1
        new = self._start_qemu(f"qemu-{self._moves}", ["-incoming", "defer"])
        try:
            self._use(new)
            self.qmp("migrate-incoming", uri=uri)
            self._use(old)
            events = [{"capability": "events", "state": True}]
            self.qmp("migrate-set-capabilities", capabilities=events)
            self.qmp("migrate", uri=uri)
            self._wait(self._has_migrated, "the migration to complete")
            self._use(new)
            self._wait(self._is_running, "the machine to run on where it has moved")
        except BaseException:
            self._use(old)
            new.close()
            raise
        old.close()
        self._store = None  # it stays behind
        self._resume(opened)

    def _resume(self, opened):
        """Waits until a machine whose state was loaded has told that its port is open."""
        self._wait(lambda: self._opened != opened, "QEMU to open the agent's port again")
        self.wait_ready()

    def _is_running(self):
        return self.qmp("query-status")["status"] == "running"

    def _has_migrated(self):
        state = self.qmp("query-migrate")
        if state.get("status") in ("failed", "cancelled"):
            raise GuestError(f"the migration {state['status']}: {state.get('error-desc', '')}")
        return state.get("status") == "completed"

    def _make_store(self):
        """A place for snapshots; the guest's own disks cannot hold any."""
        name = f"store{self._moves}"
        file = f"{name}-file"
        path = f"{self._directory}/{name}"
        self._job("blockdev-create", options={"driver": "file", "filename": path, "size": 0})
        self.qmp("blockdev-add", driver="file", node_name=file, filename=path)
        self._job("blockdev-create", options={"driver": "qcow2", "file": file, "size": 0})
        self.qmp("blockdev-add", driver="qcow2", node_name=name, file=file)
        return name

    def _job(self, name, **arguments):
        """Runs one of QEMU's jobs to its end."""
        self._jobs += 1
        job_id = f"job{self._jobs}"
        self.qmp(name, job_id=job_id, **arguments)

        def job():
            return next(job for job in self.qmp("query-jobs") if job["id"] == job_id)

        self._wait(lambda: job()["status"] == "concluded", f"QEMU's {name}")
        error = job().get("error")
        self.qmp("job-dismiss", id=job_id)
        if error:
            raise GuestError(f"{name}: {error}")

    # Commands

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
        self._command = Command(functools.partial(send, self._vm.agent), argv, input, stdin, stdout, stderr, timeout)
        self._received.clear()
        send(self._vm.agent, frames.execute(argv, environment, terminal and terminal()))

    def finish(self):
        """Waits for the command that start() started."""
        command = self._command
        lost = self._lost
        what = f"{command} to end in the guest"

        def ended():
            if self._lost != lost:
                raise SessionLost(self._last_words(f"the guest, or its agent, went down, waiting for {what}"))
            for frame in self._received:
                command.take(*frame)
            self._received.clear()
            return command.status is not None

        try:
            self._wait(ended, what, command.timeout, command.stdin_ready, CommandTimeout)
        except CommandTimeout:
            send(self._vm.agent, frames.number(b"KILL", signal.SIGKILL))
            self._wait(ended, f"{command} to end after it was killed", GRACE)
            raise
        return command.result()

    def _must(self, *argv, **options):
        """Runs a command that has to succeed."""
        result = self.run(*argv, **options)
        if result.status:
            raise GuestError(f"'{' '.join(argv)}' ended with status {result.status}: "
                             + result.stderr.decode(errors="replace"))

    def signal(self, number):
        """Sends a signal to the command that start() started, and to its children."""
        send(self._vm.agent, frames.number(b"KILL", number))

    def resize(self, size):
        send(self._vm.agent, frames.resize(size))

    # Inside

    def _start_qemu(self, name, more=()):
        return Process(self.machine, self._images, self._directory, self.logs, name,
                       self.timeout, more)

    def _use(self, vm):
        """From now on, the guest is the one in this process."""
        self._vm = vm
        self._ready = False
        self._kernel_since = 0
        self._decoder = frames.Decoder()
        self._poll = select.poll()
        self._poll.register(vm.qmp.sock, select.POLLIN)
        self._poll.register(vm.agent, select.POLLIN)
        self._poll.register(self.wakeup, select.POLLIN)

    def _wait(self, until, what, timeout=None, stdin=None, error=GuestTimeout):
        timeout = self.timeout if timeout is None else timeout
        deadline = time.monotonic() + timeout if timeout else None
        while not until():
            if deadline and time.monotonic() > deadline:
                raise error(self._account(f"waited {timeout} s for {what}") + self._tell_processors())
            self._step(what, stdin)

    def _processors(self):
        """Where its processors are; None if QEMU does not say so."""
        monitor = self._vm.qmp
        deadline = time.monotonic() + GRACE
        number = monitor.send("human-monitor-command", {"command-line": "info registers -a"})
        while not monitor.has_reply(number):
            if time.monotonic() > deadline:
                return None
            self._step("QEMU to show registers", None)
        return stopped.processors(monitor.take_reply(number))

    def _tell_processors(self):
        """To tell a processor that hangs from one that sleeps."""
        try:
            found = self._processors()
        except (GuestError, OSError) as error:
            return f"\nQEMU's monitor: {error}"
        if found is None:
            return "\nQEMU's monitor does not answer"
        return "\nits processors: " + ", ".join(map(str, found)) if found else ""

    def _check_progress(self, progress):
        """Ends the wait for a machine that has stopped."""
        vm = self._vm
        kernel_runs = vm.console.size > self._kernel_since
        words = None if kernel_runs else stopped.last_words(vm.firmware.new_lines())
        if not words and progress.is_silent((vm, vm.console.size, vm.firmware.size, self._opened)):
            if self._is_running():  # else it waits for a debugger, say
                words = progress.look(self._processors() or [], kernel_runs, vm.processor_time())
        if words:
            raise GuestError(self._account(words, firmware=not kernel_runs))

    def pause(self, length):
        """Lets so many seconds go by; what the guest's kernel complains of meanwhile is told."""
        deadline = time.monotonic() + length
        while time.monotonic() < deadline:
            self._step("time to go by", None, max(0, deadline - time.monotonic()))

    def _step(self, what, stdin, longest=1):
        """Moves what there is to move; waits up to a second for it."""
        source = stdin and stdin()
        if source is not None:
            self._poll.register(source, select.POLLIN)
        try:
            ready = [fd for fd, _ in self._poll.poll(1000 * longest)]
        finally:
            if source is not None:
                self._poll.unregister(source)
        if time.monotonic() >= self._console_due or not ready:
            self._look_at_console(what)
        if self.wakeup.fileno() in ready:
            self.wakeup.run()
        if source in ready:
            self._command.read_stdin()
        vm = self._vm
        if vm.qmp.sock.fileno() in ready:
            for event in vm.qmp.feed(self._receive(vm.qmp.sock, what)):
                self._on_event(event)
        if vm.agent.fileno() in ready:
            data = self._receive(vm.agent, what)
            if self.machine.replay:
                self._on_line(data)
            for kind, payload in self._decoder.feed(data):
                self._on_frame(kind, payload)

    def _receive(self, sock, what):
        try:
            data = sock.recv(1 << 18)
        except ConnectionResetError:
            data = b""
        if not data:
            status = self._vm.status(GRACE)
            raise GuestError(self._account(f"QEMU {ended_how(status)}, waiting for {what}"))
        return data

    def _on_event(self, event):
        if event["event"] == "VSERPORT_CHANGE" and event["data"]["id"] == "agent":
            # QEMU may merge events: that the port is open can also mean that it
            # was closed in between. A session begins with such an event, always.
            if event["data"]["open"]:
                self._on_opened()
            else:
                self._ready = False
                self._lost += 1
        elif event["event"] == "RESET":
            self._tell_complaints()
            self._kernel_since = self._vm.console.size

    def _on_line(self, data):
        """No event tells of a serial line that it was opened: the agent says so."""
        self._line = (self._line + data)[-len(data) - len(frames.BOOTED):]
        if frames.BOOTED in self._line:
            self._line = b""
            self._on_opened()

    def _on_opened(self):
        self._ready = False
        self._lost += 1
        self._opened += 1
        send(self._vm.agent, self._decoder.greet())

    def _on_frame(self, kind, payload):
        if kind == b"REDY":
            self.boot_id = payload[frames.NONCE_LEN :].decode()
            if self.boot_id not in self._boot_ids:
                self._boot_ids.append(self.boot_id)
            self._ready = True
        else:
            self._received.append((kind, payload))

    def _look_at_console(self, what):
        self._console_due = time.monotonic() + 1
        if self._tell_complaints():
            raise GuestError(self._account(f"the guest's kernel panicked, waiting for {what}"))

    def _tell_complaints(self):
        """Tells what the kernel has newly against itself; whether that is the end of it."""
        panicked = False
        for line in self._vm.console.complaints():
            self._complaints += 1
            if self._complaints <= COMPLAINTS_MAX:
                self._say(f"its kernel says: {line}")
            if self._complaints == 1:
                self._keep_logs = True
                self._say(f"its whole console is in {self._vm.console.path}")
            if self._complaints == COMPLAINTS_MAX:
                self._say("more of that is only in its console")
            panicked = panicked or is_panic(line)
        return panicked

    def _account(self, message, firmware=False):
        """A message with what QEMU, firmware and the console said last; the logs are kept."""
        self._keep_logs = True
        return self._last_words(message, firmware)

    def _last_words(self, message, firmware=False):
        vm = self._vm
        shown = [("QEMU said", vm.log, CONSOLE_LINES)]
        if firmware or not vm.console.lines():
            shown.append(("the end of what firmware said", vm.firmware, FIRMWARE_LINES))
        shown.append(("the end of the guest's console", vm.console, CONSOLE_LINES))
        lines = [message]
        for title, output, count in shown:
            said = output.lines()
            if said:
                lines += [f"{title} ({output.path}):"]
                lines += ["    " + line for line in excerpt(said, count)]
            elif output is vm.console:
                lines.append("the guest's console is empty: no kernel has said anything")
        return "\n".join(lines)


def ended_how(status):
    if status is None:
        return "closed its sockets and has not ended"
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"
