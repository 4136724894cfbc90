# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that print TAP, here or in the guest: each of their tests is a result of its own.

    def test_pciaddr(tap):
        tap("bats", "--tap", "selftests/cli/pciaddr-check.bats")

    def test_dma(tap, guest):
        tap("/usr/libexec/fpga-pci/kselftests/dma", guest=guest, name="dma")
"""

import os
import signal
import subprocess
import threading

import pytest

from . import TOP
from .commands import process, shown, tail
from .tap import Parser


# What a kselftest ends with that is skipped
SKIPPED = 4


class Lines:
    """Bytes, as they come, cut into lines."""

    def __init__(self, take):
        self._rest = b""
        self._take = take

    def feed(self, data):
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(line.decode(errors="replace"))

    def end(self):
        if self._rest:
            self.feed(b"\n")


class Tap:
    def __init__(self, subtests):
        self._subtests = subtests

    def __call__(self, *argv, guest=None, name="", timeout=900, env=None, cwd=None):
        """Runs a program to its end; returns the lines of its output.

        name goes before the names of its tests. cwd: the top of the tree, or the guest's /.

        Fails when the program does: it did not keep its plan, reported no test, or ended with a
        status that no failed test of it explains.
        """
        __tracebackhide__ = True
        said = []
        before = self._subtests.failed
        skipped = []
        prefix = f"{name}: " if name else ""

        def report(result):
            if result.outcome == "skipped":
                skipped.append(result)
            self._subtests.report(prefix + result.name, result.outcome, result.detail)

        parser = Parser(report)

        def line(text):
            said.append(text)
            print(text, flush=True)
            parser.line(text)

        lines = Lines(line)
        if guest:
            if cwd:
                argv = ("env", "-C", cwd, *argv)
            status = guest.run(*argv, stdout=lines.feed, stderr=lines.feed, timeout=timeout,
                               environment=[f"{k}={v}" for k, v in (env or {}).items()]).status
        else:
            status = _run(argv, lines.feed, timeout, env, cwd or TOP)
        lines.end()
        parser.end()
        faults = parser.faults
        if status is None:
            faults.append(f"it has not ended in {timeout} s")
        elif status and self._subtests.failed == before and not (status == SKIPPED and skipped):
            faults.append(f"none of its tests failed, and it ended with status {status}")
        if faults:
            pytest.fail("\n".join([shown(argv), *faults, "its output:", tail("\n".join(said))]),
                        pytrace=False)
        return said


def _run(argv, feed, timeout, env, cwd):
    """Returns the exit status; None: it took too long."""
    with process(argv, cwd=cwd, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE,
                 stderr=subprocess.STDOUT) as child:
        late = threading.Event()

        def stop():
            late.set()
            os.killpg(child.pid, signal.SIGKILL)

        timer = threading.Timer(timeout, stop)
        timer.start()
        try:
            while data := os.read(child.stdout.fileno(), 1 << 16):
                feed(data)
            status = child.wait()
        finally:
            timer.cancel()
    return None if late.is_set() else status


@pytest.fixture
def tap(subtests):
    return Tap(subtests)
