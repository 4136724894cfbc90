# SPDX-License-Identifier: GPL-2.0-or-later
"""The course of docs/learn/qemu-device.md: each step builds without a warning and passes its qtest,
which the card of the step before fails; QEMU's own checker has nothing to say of the patches."""

import glob
import os
import re

import pytest
from harness import CACHE, TOP
from harness.commands import run

# QEMU's source, as scripts/qemu has unpacked it
TREE = f"{CACHE}/qemu/tree-debian"
PATCHES = sorted(glob.glob(f"{TOP}/examples/qemu-device/[0-9]-*.patch"))
STEPS = [os.path.basename(path).split("-")[0] for path in PATCHES]
LAST = STEPS[-1]
LONG = pytest.mark.long("builds and links QEMU twice for each step")
EVERY_STEP = pytest.mark.parametrize(
    "step", [pytest.param(step, marks=() if step == LAST else LONG) for step in STEPS])


@EVERY_STEP
def test_solution_passes(step):
    said = run("scripts/learn", "device", step)
    tests = re.findall(r"^(not ok|ok) \d+ /x86_64/crc-card/", said, re.MULTILINE)
    assert tests and set(tests) == {"ok"}, said


@EVERY_STEP
def test_card_without_the_step_compiles_and_fails(step, tmp_path):
    card = tmp_path / "card.c"
    run("scripts/learn", "device", step, "--start", card)
    run("scripts/learn", "device", step, card, status=1, matches=[f"the test of step {step} failed"])


def test_there_are_seven_steps_without_a_gap():
    assert STEPS == [str(number) for number in range(1, 8)]
    run("scripts/learn", "device", matches=[rf"^{step}  hw/misc.*: \S" for step in STEPS])


@pytest.mark.parametrize("patch", PATCHES, ids=os.path.basename)
def test_checkpatch_of_qemu_has_nothing_to_say(patch):
    said = run("perl", f"{TREE}/scripts/checkpatch.pl", "--no-tree", patch, status=range(2))
    found = re.findall("^(?:ERROR|WARNING): .*", said, re.MULTILINE)
    # It asks that of every patch that adds a file, also of one that adds the entry.
    assert not [line for line in found if "does MAINTAINERS need updating" not in line], said


def before(directory):
    """The files of QEMU's that the course changes. Other builds take the course out of the tree."""
    if not os.path.isdir(TREE):
        run("scripts/learn", "device", LAST, "--program")
    os.makedirs(directory, exist_ok=True)
    run("bash", "-c", '. scripts/lib/common.sh; . scripts/lib/qemu/course.sh; with_lock qemu course_before "$@"',
        "before", TREE, directory)


def applied(directory, version, patches):
    """The same with these patches, as QEMU of a version gets them."""
    before(directory)
    run("bash", "-c", '. scripts/lib/common.sh; . scripts/lib/qemu/course.sh; . qemu/overlay.sh;'
                      ' course_apply "$@"', "apply", version, directory, len(patches))
    return directory


@pytest.mark.parametrize("version, header, const", [
    ("10.0.13", "hw/qdev-properties.h", ""), ("10.2.2", "hw/qdev-properties.h", "const "),
    ("11.0.0", "hw/core/qdev-properties.h", "const "),
])
def test_each_version_gets_what_it_knows(tmp_path, version, header, const):
    card = (applied(tmp_path, version, PATCHES) / "hw/misc/crc_card.c").read_text()
    assert f'#include "{header}"\n' in card
    assert f"ObjectClass *klass, {const}void *data" in card
    assert f"({const}InterfaceInfo[])" in card


def test_git_am_takes_the_patches(tmp_path):
    """As they are, onto QEMU's files; and the result is that of scripts/learn."""
    mailed = tmp_path / "mailed"
    git = ("git", "-C", mailed, "-c", "user.name=test", "-c", "user.email=test@example.org")
    expected = applied(tmp_path / "applied", "99.0", PATCHES)
    before(mailed)
    run(*git, "init", "-q")
    run(*git, "add", "-A")
    run(*git, "commit", "-qm", "QEMU")
    run(*git, "am", "-q", *PATCHES)
    run("diff", "-r", "-x", ".git", expected, mailed)


def test_kconfig_knows_the_switch(tmp_path):
    """The build here goes without it: a new switch has all of QEMU compiled again."""
    applied(tmp_path, "99.0", PATCHES)
    (tmp_path / "devices.mak").write_text("CONFIG_PCI=y\nCONFIG_MSI_NONBROKEN=y\nCONFIG_TEST_DEVICES=y\n")
    (tmp_path / "Kconfig").write_text(
        "config PCI\n    bool\nconfig MSI_NONBROKEN\n    bool\nconfig TEST_DEVICES\n    bool\n" +
        re.search(r"^config CRC_CARD\n(?: .*\n)+", (tmp_path / "hw/misc/Kconfig").read_text(),
                  re.MULTILINE)[0])
    arguments = (tmp_path / "out.mak", tmp_path / "out.d", tmp_path / "devices.mak", tmp_path / "Kconfig")
    assert "CONFIG_CRC_CARD=y" in run("python3", f"{TREE}/scripts/minikconf.py", "--defconfig", *arguments)
    assert "CRC_CARD" not in run("python3", f"{TREE}/scripts/minikconf.py", "--allnoconfig", *arguments)


def test_a_card_that_does_not_compile_is_named(tmp_path):
    card = tmp_path / "mine.c"
    card.write_text('#include "qemu/osdep.h"\nint realize(void) { return undeclared; }\n')
    run("scripts/learn", "device", LAST, card, status=1, matches=[rf"^{card}:2:\d+: error:", "did not build"])


@pytest.mark.parametrize("arguments, said", [
    (["99"], "no step '99'; there are 1 to 7"), (["x"], "no step 'x'"), (["1", "/nonexistent.c"], "is not a file"),
    (["--start", "x.c"], "needs a STEP"), (["1", "--start", "/nonexistent/x.c"], "cannot be written"),
    (["1", "--start"], "needs an argument"), (["--no-such"], "unknown option"), (["1", "a", "b"], "too many"),
])
def test_wrong_options_are_refused(arguments, said):
    run("scripts/learn", "device", *arguments, status=2, matches=[said])


def test_an_exercise_is_not_written_over_a_file(tmp_path):
    mine = tmp_path / "mine.c"
    mine.write_text("my work")
    run("scripts/learn", "device", "2", "--start", mine, status=2, matches=["File exists"])
    assert mine.read_text() == "my work"
