# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of suites, selftests/suites.toml, which says what its words mean."""

import dataclasses
import os
import tomllib

from . import SELFTESTS, is_long

# The tests of this harness have lists of their own.
LIST = os.environ.get("CHECK_SUITES") or os.path.join(SELFTESTS, "suites.toml")
TIMEOUT = 1800
TIMEOUT_LONG = 10800


@dataclasses.dataclass(frozen=True)
class Suite:
    name: str
    about: str
    tests: tuple
    packages: tuple = ()
    packages_long: tuple = ()
    needs: tuple = ()
    computes: bool = False
    long: str = ""
    timeout: int = TIMEOUT
    timeout_long: int = TIMEOUT_LONG

    @property
    def paths(self):
        return [os.path.join(SELFTESTS, test) for test in self.tests]

    @property
    def needed_packages(self):
        return self.packages + (self.packages_long if is_long() else ())

    @property
    def limit(self):
        """How long it may take [s]."""
        return self.timeout_long if is_long() else self.timeout

    def has(self, path):
        """Whether this file's tests belong to it."""
        return any(path == own or path.startswith(own + os.sep) for own in self.paths)


class SuiteListError(Exception):
    """suites.toml is wrong: where, and how."""


def _suite(name, table):
    fields = {field.name: field for field in dataclasses.fields(Suite)}
    for key, value in table.items():
        if key not in fields or key == "name":
            raise SuiteListError(f"{LIST}: [{name}]: unknown key '{key}'")
        if isinstance(value, list):
            table[key] = tuple(value)
        if type(table[key]) is not fields[key].type:
            raise SuiteListError(f"{LIST}: [{name}]: {key}: not a {fields[key].type.__name__}")
    for key in ("about", "tests"):
        if not table.get(key):
            raise SuiteListError(f"{LIST}: [{name}]: no '{key}'")
    suite = Suite(name, **table)
    for path in suite.paths:
        if not os.path.exists(path):
            raise SuiteListError(f"{LIST}: [{name}]: tests: there is no {path}")
    for need in suite.needs:
        if need not in ("guest", "qemu"):
            raise SuiteListError(f"{LIST}: [{name}]: needs: '{need}' is neither guest nor qemu")
    return suite


def load():
    """{name: Suite}, in the order of the file."""
    with open(LIST, "rb") as file:
        try:
            tables = tomllib.load(file)
        except tomllib.TOMLDecodeError as error:
            raise SuiteListError(f"{LIST}: {error}") from error
    return {name: _suite(name, table) for name, table in tables.items()}
