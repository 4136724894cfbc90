# SPDX-License-Identifier: GPL-2.0-or-later
"""Warnings of compilers and checkers, over the whole tree."""

import os
import re

import pytest
from harness import CACHE, TOP
from harness.building import autoreconf
from harness.commands import copy_tree, run, tree_files


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


def test_every_source_file_names_its_licence():
    """Every file that can have a comment."""
    source = re.compile(r"\.(c|h|sh|mk|am|ac|py|toml|rules)$|^(scripts|selftests)/")
    other = re.compile(r"\.(list|md|json|yaml|txt|tap|in|lspci|card|iomem|ioports|dmesg|config)$"
                       r"|/(config|settings)$|^selftests/pciaddr/[^/]+/")  # what lspci has said
    missing = [path for path in tree_files() if source.search(path) and not other.search(path)
               and "SPDX-License-Identifier" not in first_lines(path)]
    assert not missing
