# SPDX-License-Identifier: GPL-2.0-or-later
"""selftests/new: what it writes builds and passes at once, and what fails leaves nothing."""

import os
import subprocess

import pytest
from harness import SELFTESTS
from harness.building import autoreconf
from harness.commands import copy_tree, run, tree_files


@pytest.fixture
def tree(tmp_path):
    """A copy of the tree to write in."""
    copy_tree(tmp_path / "tree")
    return tmp_path / "tree"


def new(tree, *arguments, **options):
    return run("selftests/new", *arguments, cwd=tree, **options)


def configure(tree):
    build = tree.parent / "build"
    build.mkdir()
    autoreconf(tree)
    run("../tree/configure", "--with-kdir=no", "--enable-werror", cwd=build)
    return build


def test_unit_and_cli(tree, tap):
    for name in ("pciaddr-hello", "fpgactl-hello", "common-hello"):
        assert f"-k {name}" in new(tree, "unit", name)
    new(tree, "cli", "hello-world")
    build = configure(tree)
    run("make", f"-j{os.cpu_count()}", "all", cwd=build)
    for name in ("pciaddr-hello", "fpgactl-hello", "common-hello"):
        run("make", f"selftests/unit/{name}", cwd=build)
        tap(build / f"selftests/unit/{name}", name=name)
    assert "selftests/cli/hello-world.bats" in run("make", "-s", "print-tests", cwd=build)
    tap("bats", "--tap", tree / "selftests/cli/hello-world.bats", name="cli",
        env={"PATH": f"{build}:{os.environ['PATH']}"})


def test_kselftest(tree, tmp_path, guest, tap):
    assert "-k hello_world" in new(tree, "kselftest", "hello-world")
    run(tree / "selftests/drivers/build", tmp_path / "built")
    program = (tmp_path / "built/hello_world").read_bytes()
    guest.sh("cat >/tmp/hello_world && chmod +x /tmp/hello_world", input=program)
    tap("/tmp/hello_world", guest=guest)


def test_guest(tree):
    assert "-k hello_world" in new(tree, "guest", "hello-world")
    said = run("scripts/check", "guest", "-k", "hello_world", cwd=tree)
    assert said.splitlines()[-1] == "5 passed, 0 failed, 0 skipped"


@pytest.mark.long("builds QEMU again")
def test_qtest(tree):
    new(tree, "qtest", "hello-world")
    run("selftests/qtest/run", "-p", "/x86_64/fpga/hello-world", cwd=tree,
        matches=["^ok 1 /x86_64/fpga/hello-world"])


@pytest.mark.parametrize("arguments, said", [
    ([], "usage"),
    (["guest"], "usage"),
    (["poem", "hello"], "'poem' is not one of guest, kselftest"),
    (["guest", "../hello"], "lower-case letters"),
    (["guest", "Hello"], "lower-case letters"),
    (["guest", "session"], "there is selftests/guest/test_session.py already"),
    (["unit", "hello"], "begins with pciaddr-, fpgactl-, common-"),
    (["unit", "common-nearest"], "already"),
    (["kselftest", "dma-errors"], "already"),
    (["cli", "fpga-ctl"], "already"),
    (["qtest", "identity"], "there is test_identity"),
])  # fmt: skip
def test_wrong_use_has_status_2_and_writes_nothing(arguments, said):
    def state():
        return [(path, os.stat(f"{SELFTESTS}/../{path}").st_mtime_ns)
                for path in tree_files("selftests", "qemu")]

    before = state()
    done = subprocess.run([f"{SELFTESTS}/new", *arguments], capture_output=True, check=False,
                          encoding="utf-8")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert state() == before
