# SPDX-License-Identifier: GPL-2.0-or-later
"""Suites that are a program of selftests/suites/, which prints TAP."""

import os

import pytest

from . import SELFTESTS, suites
from .subtests import Subtests
from .tap_programs import Tap

DIRECTORY = os.path.join(SELFTESTS, "suites")


class Program(pytest.Item):
    def runtest(self):
        self.subtests = Subtests(self)
        suite = next(suite for suite in suites.load().values() if suite.has(str(self.path)))
        Tap(self.subtests)(str(self.path), timeout=suite.limit)

    def reportinfo(self):
        return self.path, 0, self.name


class Programs(pytest.File):
    def collect(self):
        yield Program.from_parent(self, name=self.path.name)


def pytest_collect_file(file_path, parent):
    if str(file_path.parent) == DIRECTORY and os.access(file_path, os.X_OK):
        return Programs.from_parent(parent, path=file_path)
    return None
