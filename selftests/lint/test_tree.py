# SPDX-License-Identifier: GPL-2.0-or-later
"""Warnings of compilers and checkers, over the whole tree."""

import os
import re

import pytest
from harness import CACHE, TOP
from harness.building import autoreconf
from harness.commands import copy_tree, process, run, tree_files


def first_lines(path):
    with open(os.path.join(TOP, path), encoding="utf-8", errors="replace") as file:
        return file.read(4096)


def test_shellcheck():
    """The shell scripts are those whose first lines say so."""
    is_script = re.compile(r"\A#!/bin/(ba)?sh|^# shellcheck shell=", re.MULTILINE)
    run("shellcheck", "-x", *(path for path in tree_files() if is_script.search(first_lines(path))))


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    directory = tmp_path_factory.mktemp("source")
    copy_tree(directory)
    autoreconf(directory)
    return directory


@pytest.mark.parametrize("cc", ["gcc", "clang"])
def test_tools_build_without_a_warning(source, tmp_path, cc):
    run(source / "configure", "--enable-werror", "--with-kdir=no", f"CC={cc}", "CFLAGS=-g -O2",
        cwd=tmp_path)
    run("make", f"-j{os.cpu_count()}", cwd=tmp_path)


def test_cppcheck_of_the_tools():
    """It keeps what it has found in a file, until the file changes."""
    kept = os.path.join(CACHE, "cppcheck")
    os.makedirs(kept, exist_ok=True)
    run("cppcheck", "--quiet", f"--cppcheck-build-dir={kept}", "--error-exitcode=1", "--inline-suppr",
        "--enable=warning,portability,performance", "--std=c11", "-I", "include",
        "-I", "include/uapi", "-I", "tools", "-D__linux__", "-D_GNU_SOURCE",
        "--suppress=missingIncludeSystem", "--suppress=normalCheckLevelMaxBranches", "tools")


def programs():
    """What people run in the tree; kvm/load is for guests."""
    place = re.compile(r"(scripts|kvm|qemu|selftests)/[^/.]+")
    found = [path for path in tree_files() if place.fullmatch(path) and path != "kvm/load"
             and first_lines(path).startswith("#!")]
    return [*found, "scripts/learn device"]


@pytest.mark.parametrize("program", programs())
def test_help_fits_a_terminal_of_80_columns(program):
    shown = run(*program.split(), "--help", timeout=60)
    assert shown.strip()
    assert not [line for line in shown.splitlines() if len(line) > 80]


@pytest.mark.parametrize("program", programs())
def test_help_whose_reader_has_gone_begins_nothing(program, tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        with process([*program.split(), "--help"], cwd=TOP, stdout=writer,
                     env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)}) as child:
            child.wait(60)
    finally:
        os.close(writer)
    assert not [path for path in tmp_path.rglob("*") if not path.is_dir()]


def test_python_has_no_error_that_pylint_sees():
    """A call without an argument that it needs, a name that there is not: also in what runs seldom."""
    is_python = re.compile(r"\A#!.*\bpython3")
    files = [path for path in tree_files("scripts", "selftests")
             if path.endswith(".py") or is_python.match(first_lines(path))]
    places = [os.path.join(TOP, "scripts/lib"), *sorted({os.path.join(TOP, os.path.dirname(path)) for path in files})]
    # Each directory of tests has its own path: what they import is not looked for here.
    run("pylint", "--jobs=0", "--errors-only", "--disable=import-error,no-name-in-module", *files,
        env={"PYTHONPATH": ":".join(places)})


def test_every_source_file_names_its_licence():
    """Every file that can have a comment."""
    source = re.compile(r"\.(c|h|sh|mk|am|ac|py|toml|rules)$|^(scripts|selftests)/")
    other = re.compile(r"\.(list|md|json|yaml|txt|tap|in|lspci|card|iomem|ioports|dmesg|config)$"
                       r"|/(config|settings)$|^selftests/pciaddr/[^/]+/")  # what lspci has said
    missing = [path for path in tree_files() if source.search(path) and not other.search(path)
               and "SPDX-License-Identifier" not in first_lines(path)]
    assert not missing
