# SPDX-License-Identifier: GPL-2.0-or-later
"""The series for QEMU is taken by git am, gives what qemu/apply gives, and is as QEMU wants patches."""

import fnmatch
import os
import re
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


def version():
    with open(f"{CAME}/VERSION", encoding="utf-8") as file:
        return file.read().strip()


def write_series(directory, *options):
    run("qemu/series", *options, directory)
    return directory


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    """For the version that is built here, with what is not for sending."""
    return write_series(tmp_path_factory.mktemp("series"), "--for", version(), "--local")


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """For sending."""
    directory = tmp_path_factory.mktemp("sent")
    run("make", "-C", "qemu", "patches", f"OUT={directory}")
    return directory


def names(directory):
    with open(directory / "series", encoding="utf-8") as file:
        return file.read().split()


def text_of(directory):
    return "".join((directory / name).read_text() for name in names(directory))


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


def test_make_patches_writes_the_series(sent):
    assert [f"{number:04}-" for number, _ in enumerate(names(sent), 1)] == [name[:5] for name in names(sent)]


def test_make_patches_writes_the_same_bytes_again(sent, tmp_path):
    run("make", "-C", "qemu", "patches", f"OUT={tmp_path}")
    same(sent, tmp_path)


def test_what_is_sent_knows_no_interface_of_kvm_that_no_kernel_has(sent, series):
    for word in ("kvm_pio", "kvm-pio", "pio-regs", "linux-headers"):
        assert word in text_of(series)
        assert word not in text_of(sent)


def test_what_is_sent_has_no_shim_for_versions(sent):
    for shim in ("__has_include", "QEMU_VERSION_M", "compat.h"):
        assert shim not in text_of(sent)


def test_each_version_gets_what_it_knows(sent, series):
    assert "hw/core/qdev-properties.h" in text_of(sent) and "const InterfaceInfo" in text_of(sent)
    assert "hw/core/qdev-properties.h" not in text_of(series) and "const InterfaceInfo" not in text_of(series)


# checkpatch asks this of every patch that adds a file; what it asks is tested below.
MAINTAINERS = "WARNING: added, moved or deleted file(s), does MAINTAINERS need updating?"


def test_checkpatch_of_qemu_has_nothing_to_say(sent):
    for name in names(sent):
        said = run("perl", f"{CAME}/scripts/checkpatch.pl", "--no-tree", sent / name, status=range(2))
        found = [line for line in said.splitlines() if re.match("(ERROR|WARNING): ", line)]
        assert not [line for line in found if line != MAINTAINERS], f"{name}: {said}"


def test_each_file_has_a_maintainer_from_its_first_patch_on(sent):
    covered = []
    for name in names(sent):
        diff = (sent / name).read_text()
        covered += re.findall(r"^\+F: (\S+)$", diff, re.MULTILINE)
        added = re.findall(r"^diff --git a/(\S+) .*\nnew file mode", diff, re.MULTILINE)
        alone = [path for path in added if not any(
            fnmatch.fnmatch(path, entry) or path.startswith(entry) and entry.endswith("/") for entry in covered)]
        assert not alone, f"{name}: {alone}"


def test_each_patch_wires_what_it_adds(sent):
    """A file of C that no patch so far builds is not tested by building patch by patch."""
    built = ""
    for name in names(sent):
        diff = (sent / name).read_text()
        built += "".join(re.findall(r"^\+.*", diff, re.MULTILINE))
        for path in re.findall(r"^diff --git a/(\S+\.c) .*\nnew file mode", diff, re.MULTILINE):
            assert os.path.basename(path).removesuffix(".c") in built, f"{name}: {path}"


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


def test_make_names_what_is_missing_and_takes_a_relative_directory(tmp_path):
    for target, variable in (("apply", "TREE"), ("patches", "OUT")):
        run("make", "-C", f"{TOP}/qemu", target, status=2, cwd=tmp_path,
            matches=[f"make {target}: {variable}=DIRECTORY is missing"])
    (tmp_path / "tree").mkdir()
    run("make", "-C", f"{TOP}/qemu", "apply", "TREE=tree", status=2, cwd=tmp_path,
        env={"PWD": str(tmp_path)}, matches=[f"{tmp_path}/tree is not a QEMU source tree"])
