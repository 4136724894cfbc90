# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs suites, each in a pytest of its own, in two lanes: what only computes runs at low
priority beside the suites that wait for guests."""

import json
import os
import subprocess
import sys
import threading
import time

from . import SELFTESTS, is_long, tested
from .commands import process, tail

NICE = 10
GRACE = 30


class Lane(threading.Thread):
    """Suites one after the other."""

    def __init__(self, suites, report, logs, pytest_args, nice=0):
        super().__init__(daemon=True)
        self._suites = suites
        self._report = report
        self._logs = logs
        self._pytest_args = pytest_args
        self._nice = nice
        self.stopped = threading.Event()
        # A join() that a signal interrupts takes the thread for ended ever after.
        self.ended = threading.Event()

    def run(self):
        try:
            self._run_all()
        finally:
            self.ended.set()

    def _run_all(self):
        for suite in self._suites:
            if self.stopped.is_set():
                return
            outcome = self._report.begin(suite)
            if suite.long and not is_long():
                outcome.skipped(f"{suite.name} (all of it)",
                                f"{suite.long}; scripts/check --long runs it")
                outcome.end()
                continue
            try:
                self._run(suite, outcome)
            except Exception as error:  # whatever it is, this suite has not passed
                outcome.failed(f"{suite.name} (the run of the suite)", repr(error))
            outcome.end()

    def _run(self, suite, outcome):
        events, theirs = os.pipe()
        argv = ["/usr/bin/python3", "-B", "-m", "pytest", "-c", f"{SELFTESTS}/pytest.ini",
                "--suite", suite.name, "-v", "--capture=tee-sys", *self._pytest_args, *suite.paths]
        boots = tested.begin(suite)
        env = {**os.environ, "CHECK_EVENTS": str(theirs), "TESTED": boots}
        with open(os.path.join(self._logs, f"{suite.name}.log"), "wb") as log, \
                os.fdopen(events, encoding="utf-8", errors="replace") as file, \
                process(["nice", "-n", str(self._nice), *argv], stdout=log, stderr=log,
                        pass_fds=[theirs], env=env, cwd=SELFTESTS) as child:  # fmt: skip
            os.close(theirs)
            late = threading.Event()
            watch = threading.Thread(target=self._watch, args=(child, suite.limit, late), daemon=True)
            watch.start()
            for line in file:
                outcome.event(json.loads(line))
            status = child.wait()
            watch.join()
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
    computing = [suite for suite in suites if suite.computes]
    waiting = [suite for suite in suites if not suite.computes]
    lanes = [Lane(waiting, report, logs, pytest_args)] if waiting else []
    if computing:
        lanes.append(Lane(computing, report, logs, pytest_args, NICE if waiting else 0))
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
