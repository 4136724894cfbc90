# SPDX-License-Identifier: GPL-2.0-or-later
"""What scripts/check prints, counts, and writes as JUnit XML."""

import re
import sys
import threading
import time
from xml.etree import ElementTree

SHOWN = {"passed": "ok  ", "failed": "FAIL", "skipped": "skip"}
# XML has no way to write these.
NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Outcome:
    """The results of one suite, as they come."""

    def __init__(self, suite, report):
        self.suite = suite
        self.results = []  # as in the events, with "item", the test that they are of
        self.running = None
        self._report = report
        self._begin = time.monotonic()
        self.seconds = 0
        self.processor_seconds = 0  # of all its programs, once it has ended by itself
        self.costs = {}  # test -> processor seconds, those of a guest that it was first to want, too
        self.guests = 0  # how many were booted

    @property
    def counts(self):
        counts = dict.fromkeys(SHOWN, 0)
        for result in self.results:
            counts[result["outcome"]] += 1
        return counts

    def event(self, event):
        kind = event["event"]
        if kind == "start":
            self.running = event["name"]
        elif kind == "end":
            self.running = None
            self.costs[event["name"]] = event["seconds"]
        elif kind == "progress":
            self._report.say(f"{self.suite.name}: {event['text']}")
        elif kind == "again":
            self.results = [old for old in self.results if old["item"] != event["name"]]
            self._report.say(f"{self.suite.name}: QEMU's TCG has lost a race: once more:"
                             f" {event['name']}")
        elif kind == "used":
            self.processor_seconds = event["seconds"]
        elif kind == "result":
            self._take({**event, "item": self.running})

    def as_before(self, result):
        """Another result that failed with the same words, as when a build that all of them need
        has failed; or None."""
        for other in self.results:
            if other is result:
                return None
            if other["outcome"] == "failed" and other["detail"] == result["detail"]:
                return other["name"]
        return None

    def failed(self, name, detail):
        self._take({"name": name, "outcome": "failed", "detail": detail, "duration": 0,
                    "item": None})

    def skipped(self, name, reason):
        self._take({"name": name, "outcome": "skipped", "detail": reason, "duration": 0,
                    "item": None})

    def _take(self, result):
        self.results.append(result)
        self._report.show(self.suite, result, self.as_before(result))

    def end(self):
        self.seconds = time.monotonic() - self._begin
        counts = self.counts
        guests = f", {self.guests} guest{'s' if self.guests > 1 else ''}" if self.guests else ""
        self._report.print(f"{self.suite.name:<13} {counts['passed']:4} passed, {counts['failed']:3}"
                           f" failed, {counts['skipped']:3} skipped  ({self.seconds:.0f} s,"
                           f" {self.processor_seconds:.0f} s of processors{guests})")


class Report:
    def __init__(self):
        self._begin = time.monotonic()
        self._lock = threading.Lock()
        self._outcomes = []

    def begin(self, suite):
        outcome = Outcome(suite, self)
        self._outcomes.append(outcome)
        self.say(f"suite {suite.name}")
        return outcome

    def print(self, text, file=None):
        with self._lock:
            print(text, file=file or sys.stdout, flush=True)

    def say(self, text):
        self.print(f"[{time.monotonic() - self._begin:4.0f}s] {text}", sys.stderr)

    def show(self, suite, result, as_before):
        text = f"{SHOWN[result['outcome']]} {suite.name}: {result['name']}"
        if result["outcome"] == "skipped":
            text += f" # {result['detail']}"
        elif as_before:
            text += f"\n     | as {as_before}, above"
        elif result["outcome"] == "failed":
            text += "".join(f"\n     | {line}" for line in result["detail"].splitlines())
        self.print(text)

    def close(self):
        """Prints what failed once more, and the counts; returns whether all has passed."""
        counts = dict.fromkeys(SHOWN, 0)
        for outcome in self._outcomes:
            for result in outcome.results:
                counts[result["outcome"]] += 1
                if result["outcome"] == "failed":
                    self.print(f"failed: {outcome.suite.name}: {result['name']}")
        self.print(", ".join(f"{number} {what}" for what, number in counts.items()))
        return not counts["failed"]

    def show_costs(self, number):
        """The tests that had most of the processors."""
        costs = sorted(((seconds, outcome.suite.name, name) for outcome in self._outcomes
                        for name, seconds in outcome.costs.items()), reverse=True)
        for seconds, suite, name in costs[:number]:
            self.print(f"{seconds:6.1f} s of processors  {suite}: {name}")

    def is_empty(self):
        return not any(outcome.results for outcome in self._outcomes)

    def write_junit(self, path):
        """The results as JUnit XML, as CI systems read it."""
        root = ElementTree.Element("testsuites", name="fpga-pci")
        for outcome in self._outcomes:
            counts = outcome.counts
            suite = ElementTree.SubElement(
                root, "testsuite", name=outcome.suite.name, tests=str(len(outcome.results)),
                failures=str(counts["failed"]), errors="0", skipped=str(counts["skipped"]),
                time=f"{outcome.seconds:.3f}")
            for result in outcome.results:
                _junit_case(suite, outcome.suite, result)
        ElementTree.indent(root)
        ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _junit_case(parent, suite, result):
    file, _, name = result["name"].partition("::")
    if not name:
        file, name = "", result["name"]
    classname = ".".join([suite.name, *file.removesuffix(".py").split("/")[-1:]]).rstrip(".")
    case = ElementTree.SubElement(parent, "testcase", classname=classname, name=_xml(name),
                                  time=f"{result['duration']:.3f}")
    detail = _xml(result["detail"])
    if result["outcome"] == "skipped":
        ElementTree.SubElement(case, "skipped", message=detail)
    elif result["outcome"] == "failed":
        first = detail.strip().split("\n")[-1]
        ElementTree.SubElement(case, "failure", message=first).text = detail


def _xml(text):
    return NOT_IN_XML.sub("?", text)
