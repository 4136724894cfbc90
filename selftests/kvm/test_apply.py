# SPDX-License-Identifier: GPL-2.0-or-later
"""kvm/apply: what it adds to a kernel's source, and what it does not add."""

import os
import pathlib
import re
import shutil
import tarfile

import pytest
from harness import TOP
from harness.commands import run

KVM = f"{TOP}/kvm"
LONG = pytest.mark.long("the same on another kernel")
SERIES = sorted(os.listdir(f"{KVM}/patches"), key=lambda name: [int(n) for n in name.split(".")])


@pytest.fixture(scope="module", params=[
    SERIES[0], *(pytest.param(series, marks=LONG) for series in SERIES[1:])])  # fmt: skip
def linux(request, tmp_path_factory):
    """The files of Debian's kernel that the patches for it change, as a kernel's tree."""
    series = request.param
    tree = tmp_path_factory.mktemp("linux") / series
    archive = run("bash", "-c", '. "$0/scripts/lib/common.sh" && releases source "$1" 2>/dev/null',
                  TOP, series).strip()  # fmt: skip
    wanted = {f"linux-source-{series}/{name}"
              for name in ["Makefile", *run(f"{KVM}/apply", "--needs", series).split()]}  # fmt: skip
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name in wanted:
                path = tree / member.name.split("/", 1)[1]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(tar.extractfile(member).read())
                wanted.remove(member.name)
                if not wanted:
                    break
    assert not wanted
    return tree


@pytest.fixture
def tree(linux, tmp_path):
    return shutil.copytree(linux, tmp_path / "linux")


def content(tree):
    return {path.relative_to(tree): path.read_bytes() for path in tree.rglob("*")
            if path.is_file()}  # fmt: skip


def refuses(tree, message):
    """A status that is not 0, this message, and a tree that is as it was."""
    before = content(tree)
    run(f"{KVM}/apply", tree, status=range(1, 3), matches=[message])
    assert content(tree) == before


def contexts(series):
    """Of each hunk: the file, and the line of its context that is nearest to the change."""
    for patch in sorted(pathlib.Path(f"{KVM}/patches/{series}").glob("*.patch")):
        name = before = None
        added = False
        for line in patch.read_text().split("\n---\n", 1)[1].splitlines():
            if line.startswith("--- a/"):
                name, before = line[6:], None
            elif line.startswith("@@"):
                before, added = None, False
            elif line.startswith(" ") and not added and line.strip():
                before = line[1:]
            elif line.startswith("+") and not line.startswith("+++") and not added and before:
                added = True
                yield name, before


def test_adds_the_device_and_its_selftests(tree):
    run(f"{KVM}/apply", tree)
    there = {str(path) for path in content(tree)}
    assert {"virt/kvm/pio_regs.c", "include/kvm/pio_regs.h",
            "include/uapi/linux/kvm_pio_regs.h"} <= there  # fmt: skip
    # The selftests are where their Makefile looks for them.
    makefile = next(tree.glob("tools/testing/selftests/kvm/Makefile*")).read_text()
    built = re.findall(r"\S+/pio_regs_\w+$", makefile, re.MULTILINE)
    assert len(built) == 3
    for name in built:
        assert f"tools/testing/selftests/kvm/{name}.c" in there
    refuses(tree, "has the pio-regs device already")


def test_context_that_differs_is_refused(linux, tree):
    """patch would place the change elsewhere, or guess: each hunk in turn."""
    hunks = [(name, line) for name, line in contexts(linux.name) if (linux / name).exists()]
    assert len(hunks) > 10
    for name, line in hunks:
        text = (linux / name).read_text()
        assert f"\n{line}\n" in text, f"{name}: {line}"
        (tree / name).write_text(text.replace(f"\n{line}\n", f"\n{line} changed\n"))
        refuses(tree, "does not fit")
        (tree / name).write_text(text)


def test_a_version_without_patches_gets_those_that_fit_or_none(linux, tree):
    makefile = tree / "Makefile"
    makefile.write_text(re.sub(r"^VERSION = .*", "VERSION = 5", makefile.read_text(), count=1,
                               flags=re.MULTILINE))  # fmt: skip
    kvm = tree / "virt/kvm/Makefile.kvm"
    whole = kvm.read_text()
    kvm.write_text("")
    refuses(tree, "do not fit it")
    kvm.write_text(whole)
    run(f"{KVM}/apply", tree, matches=[f"those for {linux.name} fit it exactly"])
