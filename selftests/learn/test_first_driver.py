# SPDX-License-Identifier: GPL-2.0-or-later
"""The course of docs/learn/first-driver.md: of each step the solution passes the step's test, the
exercise compiles and fails it, and neither gives a warning."""

import pytest
from guest import lesson
from harness import commands
from releases import kernels

STEPS = lesson.steps()
EVERY_STEP = pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.name)


@pytest.fixture
def tested(guest, tmp_path, capfd):
    """Compiles a source and runs a step's test with it; its exit status, and what was said."""
    def run(step, source):
        module = lesson.compile_module(source, kernels.directory(guest.machine.kernel,
                                                                 guest.machine.release), tmp_path, "-Werror")
        status = lesson.test(guest, step, module)
        return status, capfd.readouterr().out

    return run


@EVERY_STEP
def test_solution_passes(tested, step):
    status, said = tested(step, step / "lesson.c")
    assert status == 0, said
    assert "FAILED" not in said and said.count("ok ") >= 3


@EVERY_STEP
def test_exercise_compiles_and_fails(tested, step, tmp_path):
    source = tmp_path / "exercise.c"
    commands.run("scripts/learn", step.name.split("-")[0], "--start", source)
    assert "TODO" in source.read_text() and "EXERCISE" not in source.read_text()
    status, said = tested(step, source)
    assert status == 1, said
    assert "FAILED" in said


@EVERY_STEP
def test_checkpatch_is_content(step):
    commands.checkpatch("--file", step / "lesson.c")


def test_a_file_that_does_not_compile_is_named(tmp_path):
    source = tmp_path / "mine.c"
    source.write_text("int probe(void) { return undeclared; }\n")
    # In this directory for temporary files there is no running guest.
    commands.run("scripts/learn", "1", source, status=1, env={"TMPDIR": str(tmp_path)},
                 matches=[rf"^{source}:1:\d+: error:", "does not compile"])


@pytest.mark.parametrize("arguments, said", [
    (["99"], "no step '99'; there are 1 to 7"), (["1", "/nonexistent.c"], "is not a file"),
    (["--start", "x.c"], "needs a STEP"), (["1", "--start", "/nonexistent/x.c"], "No such file"),
])
def test_wrong_options_are_refused(arguments, said):
    commands.run("scripts/learn", *arguments, status=2, matches=[said])


def test_an_exercise_is_not_written_over_a_file(tmp_path):
    mine = tmp_path / "mine.c"
    mine.write_text("my work")
    commands.run("scripts/learn", "1", "--start", mine, status=2, matches=["File exists"])
    assert mine.read_text() == "my work"


def test_the_steps_are_listed():
    commands.run("scripts/learn", matches=[rf"^{number}  \S" for number in STEPS])
