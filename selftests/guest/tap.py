# SPDX-License-Identifier: GPL-2.0-or-later
"""Results in TAP (Test Anything Protocol 13)."""

import re


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def result(self, passed, name, diagnostics=""):
        self.count += 1
        self.failed += not passed
        print(f"{'ok' if passed else 'not ok'} {self.count} - {name}", flush=True)
        if not passed:
            for line in diagnostics.splitlines():
                print(f"# {line}", flush=True)

    def equal(self, name, got, expected):
        self.result(got == expected, name, f"expected: {expected!r}\ngot:      {got!r}")

    def command(self, name, result, status, *patterns):
        """The result of a command: its exit status, and what its output must have.

        A pattern is a regular expression for standard output and error together.
        """
        output = result.stdout.decode(errors="replace") + result.stderr.decode(errors="replace")
        missed = [p for p in patterns if not re.search(p, output, re.MULTILINE)]
        self.result(
            result.status == status and not missed,
            name,
            f"expected status {status}, got {result.status}\n"
            + "".join(f"nothing matches: {pattern}\n" for pattern in missed)
            + output,
        )

    def done(self):
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0
