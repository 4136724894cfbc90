# SPDX-License-Identifier: GPL-2.0-or-later
"""make check, install, uninstall and distcheck, as a packager would run them; in this order, in
one copy of the tree."""

import glob
import os
import tarfile

import installed
import pytest
from harness import TOP, is_long
from harness.commands import copy_tree, run
from releases import kernels

with open(f"{TOP}/VERSION", encoding="utf-8") as file:
    VERSION = file.read().strip()


def files(directory):
    for where, _, names in os.walk(directory):
        for name in names:
            yield os.path.relpath(os.path.join(where, name), directory)


class Tree:
    """A copy of the tree, the files that were in it at first, and where it is installed."""

    def __init__(self, directory):
        self.src = directory / "src"
        self.dest = directory / "dest"
        copy_tree(self.src)
        self.files = set(files(self.src))

    def run(self, *argv):
        run(*argv, cwd=self.src)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return Tree(tmp_path_factory.mktemp("distcheck"))


def test_autoreconf(tree):
    tree.run("autoreconf", "-fi")


def test_configure(tree):
    kernel = kernels.directory(None)  # the guest's
    tree.run("./configure", f"--with-kdir={os.path.realpath(kernel / 'build')}")


def test_make_with_the_modules(tree):
    tree.run("make", f"-j{os.cpu_count()}")


@pytest.mark.long("distcheck runs the same tests, in a directory of its own")
def test_make_check(tree):
    tree.run("make", f"-j{os.cpu_count()}", "check")


def tests_of_distcheck(tree):
    """In the short run those that the tarball's arrangement may break: the suite tools has all."""
    if is_long():
        return []
    listed = run("make", "-s", "print-tests", cwd=tree.src).split()
    about_files = ("documents.bats", "links.bats", "manuals.bats")
    tests = [name for name in listed if not name.endswith(".bats") or name.endswith(about_files)]
    assert len(tests) > len(about_files)
    return [f"TESTS={' '.join(tests)}"]


def test_make_distcheck(tree):
    tree.run("make", f"-j{os.cpu_count()}", "distcheck", "DISTCHECK_CONFIGURE_FLAGS=--with-kdir=no",
             *tests_of_distcheck(tree))


def test_make_install_elsewhere(tree):
    tree.run("make", "install", f"DESTDIR={tree.dest}")


def test_all_files_are_installed(tree):
    wanted = installed.of_the_tools("share/doc/fpga-pci")
    wanted += [f"src/fpga-pci-{VERSION}/{name}" for name in installed.of_the_drivers()]
    # Where udev and systemd look, their own packages say: below /usr, or not.
    there = [name.removeprefix("usr/").removeprefix("local/") for name in files(tree.dest)]
    assert not installed.missing(wanted, there)


def test_make_uninstall_leaves_nothing(tree):
    tree.run("make", "uninstall", f"DESTDIR={tree.dest}")
    assert not list(files(tree.dest))
    assert not glob.glob(f"{tree.dest}/**/*fpga-pci*", recursive=True)


def test_the_tarball_holds_the_whole_tree(tree):
    """All but what is about the tree itself."""
    tarball, = glob.glob(f"{tree.src}/fpga-pci-*.tar.xz")
    with tarfile.open(tarball) as archive:
        shipped = {name.partition("/")[2] for name in archive.getnames()}
    missing = [name for name in tree.files - shipped
               if not name.startswith(".ci/") and name != ".gitignore"]
    assert not missing
