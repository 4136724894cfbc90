# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads TAP, as bats, cmocka, GLib's tests and the kernel's selftests print it.

A plan that is not kept is a fault: a program that dies half-way must not pass.
"""

import dataclasses
import re

PLAN = re.compile(r"1\.\.(\d+)(?=\s|$)(.*)")
RESULT = re.compile(r"(not )?ok(?=\s|$)\s*(\d+)?(?:\s+|$)(?:- )?(.*)")
SKIP = re.compile(r"(?:^|\s)#\s*skip(?:ped)?\b:?\s*(.*)", re.IGNORECASE)
# What the kernel's harness says before a test; a skipped one has its name only there.
RUN = re.compile(r"#\s+RUN\s+(\S+)\s+\.\.\.")


@dataclasses.dataclass
class Result:
    """outcome: passed, failed or skipped; detail: diagnostics, or why it was skipped"""

    name: str
    outcome: str
    detail: str = ""


class Parser:
    """Takes lines; calls report(Result) for each test; faults is what is wrong with the stream.

    More than one stream may follow each other, each with a plan.
    """

    def __init__(self, report):
        self.faults = []
        self.count = 0
        self._report = report
        self._plan = None
        self._seen = 0
        self._before = []  # diagnostics since the last result
        self._name = None  # of the test that the kernel's harness runs
        self._failed = None  # a failed test whose diagnostics may still come

    def line(self, line):
        line = line.rstrip("\r\n")
        if run := RUN.match(line):
            self._end_failed()
            self._name = run[1]
            self._before = []
        elif line.startswith("TAP version"):
            self._end_stream()
        elif plan := PLAN.match(line):
            self._take_plan(int(plan[1]), plan[2])
        elif result := RESULT.match(line):
            self._end_failed()
            self._take_result(*result.groups())
        elif line.startswith("Bail out!"):
            self._end_failed()
            self.faults.append(line)
        elif self._failed and re.match(r"\s*#|\s+\S", line):
            self._failed.detail += line + "\n"
        else:
            self._end_failed()
            self._before.append(line)

    def end(self):
        """There are no more lines."""
        self._end_stream()
        if not self.count and not self.faults:
            self.faults.append("it reported no test at all")

    def _take_plan(self, plan, rest):
        self._end_failed()
        # A plan stands before its tests or behind them.
        if self._plan is not None:
            self._end_stream()
        behind = self._seen > 0
        self._plan = plan
        skip = SKIP.search(rest)
        if plan == 0 and skip:
            self._emit(Result("all of it", "skipped", skip[1]))
        if behind:
            self._end_stream()

    def _take_result(self, bad, number, text):
        self._seen += 1
        skip = SKIP.search(text)
        name = text[: skip.start()] if skip else text
        name = name.strip() or self._name or f"test {number or self._seen}"
        self._name = None
        if bad:
            self._failed = Result(name, "failed", "".join(f"{line}\n" for line in self._before))
        elif skip:
            self._emit(Result(name, "skipped", skip[1]))
        else:
            self._emit(Result(name, "passed"))
        self._before = []

    def _emit(self, result):
        self.count += 1
        self._report(result)

    def _end_failed(self):
        failed, self._failed = self._failed, None
        if failed:
            self._emit(failed)

    def _end_stream(self):
        self._end_failed()
        if self._plan is not None and self._seen != self._plan:
            self.faults.append(f"planned {self._plan} tests, saw {self._seen}")
        elif self._plan is None and self._seen:
            self.faults.append(f"{self._seen} tests and no plan: it did not end")
        self._plan = None
        self._seen = 0
        self._before = []
