# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs suites, each in a pytest of its own, some at a time: suites that only compute run at low
priority beside suites that wait for guests. When one kind is used up, all lanes run the other."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from . import SELFTESTS, building, is_long, tested
from .commands import process, tail

NICE = 10
GRACE = 30
# How many suites run at a time: more guests want more memory than many machines have.
MAX_PARALLEL = 5


class Queue:
    """The suites that are still to be run, each kind in its order."""

    def __init__(self, suites):
        self._left = list(suites)
        self._nice = NICE if any(not suite.computes for suite in suites) else 0
        self._lock = threading.Lock()

    def take(self, computes):
        """(a suite, of this kind if there is one left, and its niceness); None at the end."""
        with self._lock:
            if not self._left:
                return None
            suite = next((suite for suite in self._left if suite.computes == computes), self._left[0])
            self._left.remove(suite)
            return suite, self._nice if suite.computes else 0


class Lane(threading.Thread):
    """Suites one after the other."""

    def __init__(self, queue, report, logs, pytest_args, computes):
        super().__init__(daemon=True)
        self._queue = queue
        self._report = report
        self._logs = logs
        self._pytest_args = pytest_args
        self._computes = computes
        self.stopped = threading.Event()
        # A join() that a signal interrupts takes the thread for ended ever after.
        self.ended = threading.Event()

    def run(self):
        try:
            self._run_all()
        finally:
            self.ended.set()

    def _run_all(self):
        while not self.stopped.is_set():
            taken = self._queue.take(self._computes)
            if not taken:
                return
            suite, nice = taken
            outcome = self._report.begin(suite)
            if suite.long and not is_long():
                outcome.skipped(f"{suite.name} (all of it)",
                                f"{suite.long}; scripts/check --long runs it")
                outcome.end()
                continue
            try:
                self._run(suite, outcome, nice)
            except Exception as error:  # whatever it is, this suite has not passed
                outcome.failed(f"{suite.name} (the run of the suite)", repr(error))
            outcome.end()

    def _run(self, suite, outcome, nice):
        events, theirs = os.pipe()
        argv = ["/usr/bin/python3", "-B", "-m", "pytest", "-c", f"{SELFTESTS}/pytest.ini",
                "--suite", suite.name, "-v", "--capture=tee-sys", *self._pytest_args, *suite.paths]
        boots = tested.begin(suite)
        # Guests that others run on this machine are found by their files there (guest.running).
        temporary = tempfile.mkdtemp(prefix="check-")
        os.chmod(temporary, 0o711)  # some tests become another user
        env = {**os.environ, **building.environment(), "CHECK_EVENTS": str(theirs),
               "TESTED": boots, "TMPDIR": temporary}
        with open(os.path.join(self._logs, f"{suite.name}.log"), "wb") as log, \
                os.fdopen(events, encoding="utf-8", errors="replace") as file, \
                process(["nice", "-n", str(nice), *argv], stdout=log, stderr=log,
                        pass_fds=[theirs], env=env, cwd=SELFTESTS) as child:  # fmt: skip
            os.close(theirs)
            late = threading.Event()
            watch = threading.Thread(target=self._watch, args=(child, suite.limit, late), daemon=True)
            watch.start()
            for line in file:
                outcome.event(json.loads(line))
            status = child.wait()
            watch.join()
        shutil.rmtree(temporary, ignore_errors=True)
        outcome.guests = tested.boots(boots)
        self._judge(outcome, suite, status, late.is_set())
        # A part of a suite says nothing of the whole.
        if self.stopped.is_set() or self._pytest_args:
            os.unlink(boots)
        else:
            tested.end(suite, boots, outcome.counts)

    def _watch(self, child, limit, late):
        """Ends a suite that hangs, or that is to be stopped."""
        deadline = time.monotonic() + limit
        while child.poll() is None and not self.stopped.wait(0.1):
            if time.monotonic() > deadline:
                late.set()
                break
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(GRACE)
            except subprocess.TimeoutExpired:
                child.kill()

    def _judge(self, outcome, suite, status, late):
        """What pytest's exit status says besides its results."""
        if self.stopped.is_set():
            return
        if late:
            outcome.failed(outcome.running or f"{suite.name} (the run of the suite)",
                           f"the suite has not ended in {suite.limit} s, and was stopped here")
        elif status == 2 and outcome.counts["failed"]:
            pass  # a file could not be imported, which has been said
        elif status not in (0, 1) and not (status == 5 and self._pytest_args):
            with open(os.path.join(self._logs, f"{suite.name}.log"), encoding="utf-8",
                      errors="replace") as log:
                outcome.failed(outcome.running or f"{suite.name} (the run of the suite)",
                               f"pytest ended with status {status}:\n{tail(log.read(), 40)}")
        elif status == 1 and not outcome.counts["failed"]:
            outcome.failed(f"{suite.name} (the run of the suite)",
                           "pytest ended with status 1, and no test failed")
        elif status == 0 and not any(outcome.counts.values()):
            outcome.failed(f"{suite.name} (the run of the suite)", "no test was run")


def run(suites, report, logs, pytest_args):
    """Runs all of them; returns when they have ended."""
    queue = Queue(suites)
    # One more than processors: a fifth of the time suites wait for guests and clocks.
    count = min(len(os.sched_getaffinity(0)) + 1, MAX_PARALLEL)
    kinds = itertools.islice(itertools.cycle((False, True)), count)
    lanes = [Lane(queue, report, logs, pytest_args, computes) for computes in kinds]
    for lane in lanes:
        lane.start()
    try:
        for lane in lanes:
            while not lane.ended.wait(1):
                pass
    except BaseException:
        for lane in lanes:
            lane.stopped.set()
        for lane in lanes:
            lane.ended.wait(GRACE + 10)
        raise
    sys.stdout.flush()
