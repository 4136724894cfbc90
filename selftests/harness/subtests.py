# SPDX-License-Identifier: GPL-2.0-or-later
"""Results within a test, each counted by its name.

    def test_selftest(subtests):
        with subtests.test("the card works"):
            assert ...

What fails in there does not end the test. (As the fixture of this name in pytest 9.)
"""

import contextlib
import time

import pytest
from guest import GuestError


class Subtests:
    def __init__(self, item):
        self._item = item
        self.count = self.failed = 0

    @contextlib.contextmanager
    def test(self, msg):
        """A step of this name. A guest that is lost ends the whole test."""
        begin = time.monotonic()
        try:
            yield
        except GuestError:
            raise
        except pytest.skip.Exception as skip:
            self.report(msg, "skipped", str(skip), time.monotonic() - begin)
        except (Exception, pytest.fail.Exception):
            shown = pytest.ExceptionInfo.from_current()
            self.report(msg, "failed", self._item.repr_failure(shown), time.monotonic() - begin)
        else:
            self.report(msg, "passed", None, time.monotonic() - begin)

    def report(self, name, outcome, detail=None, duration=0):
        """A result that is known already. detail: what failed, or why it was skipped."""
        self.count += 1
        self.failed += outcome == "failed"
        path, line, domain = self._item.location
        if outcome == "skipped":
            detail = (path, line, f"Skipped: {detail}")
        report = pytest.TestReport(
            nodeid=f"{self._item.nodeid}: {name}", location=(path, line, f"{domain}: {name}"),
            keywords={}, outcome=outcome, longrepr=detail, when="call", duration=duration,
        )  # fmt: skip
        report.subtest = True
        self._item.ihook.pytest_runtest_logreport(report=report)


@pytest.fixture
def subtests(request):
    request.node.subtests = Subtests(request.node)
    return request.node.subtests
