# SPDX-License-Identifier: GPL-2.0-or-later
"""The tools' unit tests (cmocka) and command lines (bats) on this machine, with sanitizers: what
"make check" runs, each program as it is."""

import os
import re

import pytest
from harness import SELFTESTS, TOP
from harness.building import autoreconf
from harness.commands import copy_tree, run

SANITIZERS = "-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all"


def programs(directory, variable):
    """The names in a local.mk."""
    with open(os.path.join(SELFTESTS, directory, "local.mk"), encoding="utf-8") as file:
        text = file.read().replace("\\\n", " ")
    return re.search(rf"^{variable}\s*=(.*)$", text, re.MULTILINE)[1].split()


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """A directory with the tools and their unit tests; the source is beside it, in src."""
    top = tmp_path_factory.mktemp("tools")
    copy_tree(top / "src")
    autoreconf(top / "src")
    (top / "build").mkdir()
    # gcc's warnings with sanitizers are more than those without.
    options = ["--with-kdir=no", "--enable-werror", f"CFLAGS={SANITIZERS}"]
    run("../src/configure", *options, cwd=top / "build")
    # It builds all of it, and runs none.
    run("make", f"-j{os.cpu_count()}", "check", "TESTS=", cwd=top / "build")
    return top / "build"


@pytest.fixture
def environment(build):
    return {
        "PATH": f"{build}:{os.environ['PATH']}",
        "srcdir": "../src",
        # The tests run in a copy of the tree; the corpus lies beside the tree itself.
        "CORPUS": f"{TOP}/../shared/corpus/pciutils",
        # Debian's Python has Debian's modules, whatever else is first in PATH.
        "PYTHON": "/usr/bin/python3",
        # What a short-lived tool has not given back when it ends is no fault.
        "ASAN_OPTIONS": "detect_leaks=0",
    }


def test_the_tools_build_with_sanitizers(build):
    pass


@pytest.mark.parametrize("program", programs("unit", "unit_tests"))
def test_unit(build, environment, tap, program):
    tap(build / program, cwd=build, env=environment, timeout=300)


@pytest.mark.parametrize("program", programs("cli", "cli_tests"))
def test_command_line(build, environment, tap, program):
    tap("bats", "--tap", f"../src/{program}", cwd=build, env=environment)
