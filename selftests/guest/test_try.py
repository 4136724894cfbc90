# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/try: from an edit in driver/ to seeing it run."""

import re
import shutil
import subprocess

import pytest
from harness import TOP
from harness.pseudo_terminal import PseudoTerminal

PROMPT = r"root@guest:\S*?[#$] "
# A line of the driver's probe, before which an edit puts one more
PLACE = "static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)\n{\n"


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the tree, to edit in."""
    copy = tmp_path_factory.mktemp("tree") / "fpga-pci"
    listed = subprocess.run(["git", "-C", TOP, "ls-files", "-z", "--cached", "--others",
                             "--exclude-standard"], stdout=subprocess.PIPE, check=False).stdout
    if listed:
        copy.mkdir()
        subprocess.run(["xargs", "-0", "cp", "--parents", "-p", "-t", copy], input=listed, cwd=TOP,
                       check=True)
    else:
        shutil.copytree(TOP, copy, symlinks=True)
    return copy


def edit(tree, old, new):
    path = tree / "driver/edu.c"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def attempt(tree, *arguments):
    return subprocess.run([tree / "scripts/try", *arguments], cwd=tree, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False, timeout=900)


@pytest.fixture(scope="module")
def running(tree):
    """A guest that runs, by a scripts/guest in another terminal."""
    with PseudoTerminal(tree / "scripts/guest") as shell:
        shell.expect(PROMPT)
        yield shell


def announce(tree, text):
    edit(tree, PLACE, PLACE.split("{")[0] + "{\n\tpr_info(\"" + text + "\\n\");\n")


@pytest.mark.usefixtures("running")
def test_an_edit_runs_in_the_guest_that_runs_already(tree):
    announce(tree, "first edit")
    done = attempt(tree, "driver/edu.c", "--", "fpga-ctl --device edu0 fact 5")
    assert done.returncode == 0, done.stderr
    assert "120" in done.stdout
    assert "loaded edu (" in done.stderr  # and nothing else
    assert re.search(r"^kernel: .*first edit$", done.stderr, re.MULTILINE), done.stderr


@pytest.mark.usefixtures("running")
def test_what_has_not_changed_is_not_loaded_again(tree):
    done = attempt(tree, "--", "exit 7")
    assert done.returncode == 7, done.stderr
    assert "has these drivers already" in done.stderr


@pytest.mark.usefixtures("running")
def test_errors_and_warnings_name_the_users_file(tree):
    before = (tree / "driver/edu.c").read_text()
    try:
        edit(tree, "\tpr_info(\"first edit", "\tint unused_one;\n\tpr_info(\"first edit")
        done = attempt(tree, "--", "true")
        assert done.returncode == 0, done.stderr
        assert re.search(r"^driver/edu\.c:\d+:\d+: warning: .*unused_one", done.stderr, re.MULTILINE), done.stderr
        edit(tree, "\tint unused_one;\n", "\tint unused_one;\n\n\tunknown_one = 1;\n")
        done = attempt(tree, "--", "echo not run")
        assert done.returncode == 1
        assert re.search(r"^driver/edu\.c:\d+:\d+: error: ", done.stderr, re.MULTILINE), done.stderr
        assert not done.stdout
    finally:
        (tree / "driver/edu.c").write_text(before)


def test_a_driver_whose_card_is_open_is_replaced(tree, running):
    running.type("exec 9</dev/edu0; echo op\"\"en\r")
    running.expect("open")
    try:
        announce(tree, "second edit")
        done = attempt(tree, "--", "true")
        assert done.returncode == 0, done.stderr
        assert "loaded edu (" in done.stderr and "second edit" in done.stderr
    finally:
        running.type("exec 9<&-\r")
        running.expect(PROMPT)


def test_saving_a_file_runs_it_again(tree, running):
    with PseudoTerminal(tree / "scripts/try", "--watch", "--", "echo 'run it'") as watch:
        watch.expect("run it")
        watch.expect("waiting for a source to be saved")
        announce(tree, "third edit")
        watch.expect("loaded edu ")
        watch.expect("run it")
        watch.expect("third edit")
        watch.type("\x03")
        assert watch.wait() == 130
    assert running


def test_an_oops_while_a_driver_is_loaded_is_shown_with_what_to_do(tree, running):
    before = (tree / "driver/edu.c").read_text()
    edit(tree, PLACE, PLACE + "\tBUG_ON(pdev);\n")
    try:
        with PseudoTerminal(tree / "scripts/try", "--watch", "--", "true") as watch:
            watch.expect(r"kernel: .*kernel BUG at driver/edu\.c:\d+!")
            watch.expect("loading or unloading edu has not ended")
            watch.expect("until the guest\\s+is started anew")
            (tree / "driver/edu.c").write_text(before)
            watch.expect("loading or unloading edu has not ended")  # it watches on
    finally:
        (tree / "driver/edu.c").write_text(before)
    running.type("fpga-ctl list\r")
    running.expect(r"edu +-  \(no device node: see dmesg\)")


def test_wrong_files_are_refused(tree):
    for file, said in (("tools/fpga-ctl.c", "not a source file of the drivers"), ("driver/none.c", "not a file")):
        done = attempt(tree, file)
        assert done.returncode == 2 and said in done.stderr, done.stderr


def test_without_a_guest_one_is_booted(tree, running):
    running.type("exit\r")
    running.wait()
    done = attempt(tree, "--", "fpga-ctl --device edu0 fact 5; fpga-ctl list")
    assert done.returncode == 0, done.stderr
    assert "120" in done.stdout and "fpga0" in done.stdout
    assert "third edit" in done.stderr
