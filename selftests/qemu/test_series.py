# SPDX-License-Identifier: GPL-2.0-or-later
"""The series for QEMU is taken by git am, and gives what qemu/apply gives."""

import shutil

import pytest
from harness import CACHE, TOP
from harness.commands import run

GIT = ("git", "-c", "user.name=test", "-c", "user.email=test@example.org")
# What the patches change, as Debian's source has it: kept by qemu/apply
CAME = f"{CACHE}/qemu/tree-debian"


def tree(directory):
    """As much of a clean QEMU tree as the series can see."""
    shutil.copytree(f"{CAME}/.fpga-pci", directory, symlinks=True)
    (directory / "added").unlink(missing_ok=True)
    shutil.copy(f"{CAME}/VERSION", directory)
    return directory


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    directory = tmp_path_factory.mktemp("series")
    run("make", "-C", "qemu", "patches", f"OUT={directory}")
    return directory


@pytest.fixture(scope="module")
def applied(tmp_path_factory):
    directory = tree(tmp_path_factory.mktemp("applied") / "qemu")
    run("make", "-C", "qemu", "apply", f"TREE={directory}")
    return directory


@pytest.fixture(scope="module")
def mailed(series, tmp_path_factory):
    """The tree after git am."""
    directory = tree(tmp_path_factory.mktemp("mailed") / "qemu")
    run("git", "init", "-q", cwd=directory)
    run("git", "add", "-A", cwd=directory)
    run(*GIT, "commit", "-qm", "QEMU", cwd=directory)
    run(*GIT, "am", *sorted(series.glob("*.patch")), cwd=directory)
    return directory


def same(first, second):
    """Fails, and shows them, when two trees differ."""
    run("diff", "-r", "-x", ".git", "-x", ".fpga-pci", first, second)


def test_make_patches_writes_the_series(series):
    assert list(series.glob("*.patch"))


def test_make_patches_writes_the_same_bytes_again(series, tmp_path):
    run("make", "-C", "qemu", "patches", f"OUT={tmp_path}")
    same(series, tmp_path)


def test_git_am_takes_the_series(mailed):
    pass


def test_make_apply_takes_an_unpacked_source(applied):
    pass


def test_both_give_the_same_tree(mailed, applied):
    same(mailed, applied)


def refused(directory):
    run("qemu/apply", directory, status=2)


def test_tree_that_has_the_card_already_is_refused(applied):
    refused(applied)


def test_directory_that_is_not_the_source_of_qemu_is_refused():
    refused(f"{TOP}/docs")


def test_qemu_that_is_too_old_is_refused(tmp_path):
    directory = tree(tmp_path / "qemu")
    (directory / "VERSION").write_text("9.2.4\n")
    refused(directory)
