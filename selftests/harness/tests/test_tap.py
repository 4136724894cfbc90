# SPDX-License-Identifier: GPL-2.0-or-later
"""How TAP is read: nothing that went wrong is overlooked."""

import pytest
from harness.tap import Parser


def read(*lines):
    """(passed, failed, skipped), faults, results"""
    results = []
    parser = Parser(results.append)
    for line in lines:
        parser.line(line)
    parser.end()
    counts = tuple(sum(result.outcome == outcome for result in results)
                   for outcome in ("passed", "failed", "skipped"))
    return counts, parser.faults, results


def names(*lines):
    return [result.name for result in read(*lines)[2]]


@pytest.mark.parametrize("lines", [
    ["TAP version 13", "1..2", "ok 1 - one", "ok 2 - two"],
    ["ok 1", "ok 2", "1..2"],
    ["1..1", "ok", "1..1", "ok 1"],
    ["TAP version 13", "ok 1", "1..1", "TAP version 13", "ok 1", "1..1"],
    ["1..2\r", "ok 1\r", "ok 2\r"],
])  # fmt: skip
def test_kept_plan_passes(lines):
    assert read(*lines)[:2] == ((2, 0, 0), [])


@pytest.mark.parametrize("lines, fault", [
    (["ok 1", "ok 2", "1..3"], "planned 3 tests, saw 2"),
    (["1..3", "ok 1", "ok 2"], "planned 3 tests, saw 2"),
    (["ok 1", "ok 2"], "2 tests and no plan"),
    (["TAP version 13", "1..4"], "planned 4 tests, saw 0"),
    (["1..1", "ok 1", "ok 2"], "planned 1 tests, saw 2"),
    (["ok 1", "1..1", "ok 2"], "1 tests and no plan"),
    (["1..0", "ok 1"], "planned 0 tests, saw 1"),
    ([], "no test at all"),
    (["1..0"], "no test at all"),
    (["make: *** [all] Error 2", "okay", "not okay"], "no test at all"),
    (["1..x", "ok 1"], "no plan"),
    (["2..3", "ok 1"], "no plan"),
    (["1..1x", "ok 1"], "no plan"),
    ([" 1..1", "ok 1"], "no plan"),
    # the first stream dies, and the second does not make up for it
    (["1..2", "ok 1", "TAP version 13", "1..1", "ok 1"], "planned 2 tests, saw 1"),
    (["1..2", "ok 1", "1..1", "ok 1"], "planned 2 tests, saw 1"),
    (["ok 1", "TAP version 13", "1..1", "ok 1"], "1 tests and no plan"),
    (["1..1", "ok 1", "Bail out! no memory"], "Bail out! no memory"),
    (["Bail out!"], "Bail out!"),
])  # fmt: skip
def test_fault_of_the_stream(lines, fault):
    counts, faults, _ = read(*lines)
    assert counts[1:] == (0, 0)
    assert any(fault in said for said in faults), faults


def test_failure_has_its_diagnostics_and_no_others():
    counts, faults, results = read("1..3", "ok 1", "# of the first", "not ok 2 - two", "# why",
                                   "  # more", "noise", "ok 3", "# of the third")
    assert (counts, faults) == ((2, 1, 0), [])
    assert results[1].name == "two"
    assert results[1].detail == "# of the first\n# why\n  # more\n"


@pytest.mark.parametrize("lines, counts", [
    (["1..3", "ok 1 - a # SKIP no disk", "ok 2 # skip", "ok 3"], (1, 0, 2)),
    (["1..0 # SKIP needs a card"], (0, 0, 1)),
    (["1..1", "not ok 1 # SKIP"], (0, 1, 0)),
    (["1..1", "not ok 1 - later # TODO"], (0, 1, 0)),
])  # fmt: skip
def test_skipped(lines, counts):
    assert read(*lines)[:2] == (counts, [])


def test_reason_of_a_skip():
    assert read("ok 1 - a # SKIP no disk", "1..1")[2][0].detail == "no disk"
    assert read("1..0 # Skipped: needs a card")[2][0].detail == "needs a card"


def test_inner_results_belong_to_their_test():
    lines = ["1..2", "# Subtest: a", "    ok 1 - inner", "    not ok 2 - inner", "    1..2",
             "not ok 1 - a", "    1..1", "    ok 1 - inner", "ok 2 - b"]  # fmt: skip
    assert read(*lines)[:2] == ((1, 1, 0), [])
    assert read("1..1", "# ok 1 inner", "# 1..7", "ok 1")[:2] == ((1, 0, 0), [])


def test_names():
    assert names("1..4", "ok 1 - a - b", "ok 2 c", "ok - d", "ok 4") == ["a - b", "c", "d", "test 4"]
    assert names("1..1", "ok 1 /x86_64/fpga/dma # SKIP no") == ["/x86_64/fpga/dma"]


def test_kselftest_harness():
    """The kernel's harness says what failed before the result, and no name when it skips."""
    counts, faults, results = read(
        "TAP version 13", "1..3",
        "#  RUN           card.fpga.one ...", "#            OK  card.fpga.one", "ok 1 card.fpga.one",
        "#  RUN           card.fpga.two ...", "# dma.c:12:two:Expected 0 (0) == ret (-1)",
        "# two: Test failed at step #3", "#          FAIL  card.fpga.two", "not ok 2 card.fpga.two",
        "#  RUN           card.edu.two ...", "#      SKIP      no edu card", "ok 3 # SKIP no edu card",
        "# FAILED: 2 / 3 tests passed.",
    )  # fmt: skip
    assert (counts, faults) == ((1, 1, 1), [])
    assert [result.name for result in results] == ["card.fpga.one", "card.fpga.two", "card.edu.two"]
    assert "Expected 0 (0) == ret (-1)" in results[1].detail
    assert "card.edu" not in results[1].detail
