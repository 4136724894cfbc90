# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/check: its options, where its logs are, its exit status."""

import argparse
import fcntl
import os
import signal
import sys

from . import CACHE, runner, suites
from .report import Report

DESCRIPTION = """\
Runs the named suites of selftests/suites.toml, or all of them, and closes with
the line "N passed, N failed, N skipped". Everything that they need is installed
and built first (as root). What each has said is kept in
~/.cache/fpga-pci/logs/check.
"""
EPILOG = "Exit status: 0 all passed, 1 a test failed, 2 usage, or -k matches no test."


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog="scripts/check", description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="scripts/check [--long] [--list] [--junit FILE] [--durations N]\n"
        "                     [-k EXPRESSION] [SUITE...]")
    parser.add_argument("--long", action="store_true",
                        help="also what takes long: the whole matrix, long fuzzing, debug"
                        " kernels, the Debian packages")
    parser.add_argument("--list", action="store_true",
                        help="name the suites and what each is about")
    parser.add_argument("--junit", metavar="FILE", help="write the results as JUnit XML, too")
    parser.add_argument("--durations", metavar="N", type=int, default=0,
                        help="at the end, name the N tests that used the processors most")
    parser.add_argument("-k", metavar="EXPRESSION", dest="expression",
                        help="only tests whose names match, as with pytest's -k: 'dma and not edu'")
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=argparse.SUPPRESS)
    return parser, parser.parse_args(argv)


def logs_directory():
    """A directory for the logs; another run that goes on at this time has its own."""
    logs = os.path.join(CACHE, "logs", "check")
    os.makedirs(os.path.dirname(logs), exist_ok=True)
    lock = open(f"{logs}.lock", "w", encoding="utf-8")  # held until the end
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        logs = f"{logs}-{os.getpid()}"
    os.makedirs(logs, exist_ok=True)
    for name in os.listdir(logs):
        if name.endswith(".log"):
            os.unlink(os.path.join(logs, name))
    return logs, lock


def main(argv):
    parser, options = arguments(argv)
    if options.long:
        os.environ["CHECK_LONG"] = "1"
    try:
        known = suites.load()
    except suites.SuiteListError as error:
        parser.error(str(error))
    if options.list:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as for any other list, piped into head
        for suite in known.values():
            print(f"{suite.name:<13} {suite.about}{' (long)' if suite.long else ''}")
        return 0
    for name in options.suites:
        if name not in known:
            parser.error(f"no suite '{name}'; scripts/check --list names them")
    if options.junit and not os.path.isdir(os.path.dirname(os.path.abspath(options.junit))):
        parser.error(f"--junit: there is no directory for {options.junit}")
    wanted = [known[name] for name in dict.fromkeys(options.suites or known)]

    logs, _lock = logs_directory()
    report = Report()
    report.say(f"logs: {logs}")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        runner.run(wanted, report, logs, ["-k", options.expression] if options.expression else [])
    except KeyboardInterrupt:
        return 130
    report.show_costs(options.durations)
    passed = report.close()
    if options.junit:
        report.write_junit(options.junit)
    if report.is_empty():
        print(f"scripts/check: no test's name matches -k {options.expression!r}", file=sys.stderr)
        return 2
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
