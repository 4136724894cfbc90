# SPDX-License-Identifier: GPL-2.0-or-later
"""What pytest is told for these tests: marks, the list of suites, one more attempt after a race
of QEMU, and (for scripts/check) each result as it comes, one JSON object on a line."""

import json
import os
import subprocess
import sys

import pytest
from _pytest.runner import runtestprotocol

from . import TOP, is_long, processors, suites
from .commands import tail
from .guests import group_by_machine, boot_timeout, guest, guest_content, guests, machine, race_of_tcg  # noqa: F401
from .kselftests import kselftest  # noqa: F401
from .subtests import subtests  # noqa: F401
from .tap_programs import tap  # noqa: F401

MARKS = (
    "long(reason): left out of the short run, and why; scripts/check --long runs it",
    "machine(**options): the guest's machine, as guest.Machine has it",
    "fresh_guest: boot a guest for this test",
    "spoils_guest: the guest is not used any more after this test",
)


def pytest_addoption(parser):
    parser.addoption("--suite", metavar="NAME", help="the suite of suites.toml that this is")
    parser.addoption("--long", action="store_true", help="also what takes long")


def pytest_configure(config):
    if config.getoption("--long"):
        os.environ["CHECK_LONG"] = "1"
    for mark in MARKS:
        config.addinivalue_line("markers", mark)
    config.events = Events()


class Events:
    """Tells scripts/check what happens, if that has started pytest."""

    def __init__(self):
        fd = os.environ.pop("CHECK_EVENTS", None)
        self._file = os.fdopen(int(fd), "w", encoding="utf-8") if fd else None

    def tell(self, event, **values):
        if self._file:
            print(json.dumps({"event": event, **values}), file=self._file, flush=True)


# What the suites need


def _suites_of(config, items):
    known = suites.load()
    if name := config.getoption("--suite"):
        return [known[name]]
    paths = {str(item.path) for item in items}
    found = [suite for suite in known.values() if any(map(suite.has, paths))]
    if items and not found:
        raise pytest.UsageError(f"no suite of selftests/suites.toml has {min(paths)}")
    return found


def _set_up(config, what, *argv):
    """Shows what the command says of its progress."""
    config.events.tell("progress", text=what)
    done = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, encoding="utf-8", errors="replace", cwd=TOP)
    said = []
    for line in done.stderr:
        print(line, end="", file=sys.stderr, flush=True)
        said.append(line)
        config.events.tell("progress", text=line.rstrip("\n"))
    if done.wait():
        raise pytest.UsageError(f"{what}: status {done.returncode}\n{''.join(said[-30:])}")


def _need_packages(config, packages):
    _set_up(config, f"packages of {', '.join(packages)}", "bash", "-c",
            '. "$0"; need_packages "$@" >&2', f"{TOP}/scripts/lib/common.sh", *packages)


def _long_only(item):
    """Why a test is not run now."""
    if is_long():
        return None
    mark = item.get_closest_marker("long")
    return mark.args[0] if mark else _suites_of(item.config, [item])[0].long


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    group_by_machine(items)
    for item in items:
        item.has_failed = False
        reason = _long_only(item)
        if reason:
            item.add_marker(pytest.mark.skip(f"{reason}; scripts/check --long runs it"))


def pytest_collection_finish(session):
    """Installs and builds what the tests need that will be run."""
    config = session.config
    items = [item for item in session.items if not _long_only(item)]
    if config.option.collectonly or not items:
        return
    needed = _suites_of(config, items)
    packages = dict.fromkeys(name for suite in needed for name in suite.needed_packages)
    if packages:
        _need_packages(config, packages)
    if any("qemu" in suite.needs for suite in needed):
        _set_up(config, "QEMU with the cards", "scripts/qemu")
    if any("guest" in suite.needs for suite in needed):
        _set_up(config, "the guest", "scripts/guest", "--prepare")


# Results


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    """A test during which QEMU's own race ended the guest is run once more."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    if race_of_tcg(reports):
        item.config.events.tell("again", name=item.nodeid)
        print(f"{item.nodeid}: a race of QEMU's TCG has ended the guest: once more", flush=True)
        item.has_failed = False
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    item.has_failed = item.has_failed or report.failed
    inner = getattr(item, "subtests", None)
    if inner:
        item.has_failed = item.has_failed or bool(inner.failed)
        # Its own result says nothing that those of its steps have not said, unless it failed.
        report.only_steps = report.passed and inner.count > 0


class Reporter:
    def __init__(self, config):
        self._events = config.events
        self._used = 0

    def pytest_runtest_logstart(self, nodeid):
        self._used = processors.used()
        self._events.tell("start", name=nodeid)

    def pytest_runtest_logreport(self, report):
        if report.when != "call" and report.passed or getattr(report, "only_steps", False):
            return
        name = report.nodeid if report.when == "call" or report.skipped else (
            f"{report.nodeid} ({report.when})")
        detail = report.longreprtext
        # What it has said, unless the message has it
        if report.failed and report.capstdout.strip().rpartition("\n")[2] not in detail:
            detail += f"\nit has said:\n{tail(report.capstdout)}"
        if report.skipped:
            detail = getattr(report, "wasxfail", "") or report.longrepr[2].removeprefix("Skipped: ")
        self._events.tell("result", name=name, outcome=report.outcome, detail=detail,
                          duration=report.duration)

    def pytest_collectreport(self, report):
        if report.failed:
            self._events.tell("result", name=f"{report.nodeid} (collection)", outcome="failed",
                              detail=report.longreprtext, duration=0)

    def pytest_runtest_logfinish(self, nodeid):
        self._events.tell("end", name=nodeid, seconds=processors.used() - self._used)

    def pytest_sessionfinish(self):
        self._events.tell("used", seconds=processors.used())


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session):
    session.config.pluginmanager.register(Reporter(session.config), "fpga-pci-events")
