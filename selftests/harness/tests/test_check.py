# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/check: what it prints, counts and ends with, whatever becomes of the tests."""

import os
import re
import signal
import subprocess
import tempfile
import textwrap
import time
from xml.etree import ElementTree

import pytest
from harness import SELFTESTS
from harness.guests import RACES_OF_TCG

PASSES = """
    def test_one():
        pass
"""


class Check:
    """A list of suites of its own, and what scripts/check makes of it."""

    def __init__(self, directory):
        self.directory = directory
        self._list = []

    def suite(self, name, code, *lines):
        file = self.directory / f"test_{name}.py"
        file.write_text(textwrap.dedent(code))
        self._list += [f"[{name}]", 'about = "a suite of a test"', f'tests = ["{file}"]', *lines]

    def start(self, *arguments):
        (self.directory / "suites.toml").write_text("\n".join(self._list) + "\n")
        environment = {
            **os.environ, "CHECK_SUITES": str(self.directory / "suites.toml"), "CHECK_LONG": "0",
            "XDG_CACHE_HOME": str(self.directory / "cache"),
            # These tests do not lie below selftests/, whose conftest.py names the plugin.
            "PYTEST_ADDOPTS": "--noconftest -p harness.plugin",
            "PYTHONPATH": f"{SELFTESTS}:{SELFTESTS}/../scripts/lib",
        }  # fmt: skip
        return subprocess.Popen(["/usr/bin/python3", "-B", "-m", "harness", *arguments],
                                env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, encoding="utf-8")

    def run(self, *arguments):
        """(exit status, lines of standard output, standard error)"""
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=120)
        print(output, errors)
        return process.returncode, output.splitlines(), errors

    def log(self, name):
        return (self.directory / f"cache/fpga-pci/logs/check/{name}.log").read_text()


@pytest.fixture
def check(tmp_path):
    return Check(tmp_path)


def test_all_pass(check):
    check.suite("some", """
        import pytest

        def test_one():
            print("said by one")

        @pytest.mark.skip("no disk")
        def test_two():
            pass
    """)
    status, lines, _ = check.run()
    assert status == 0
    assert lines[0].startswith("ok   some: ") and lines[0].endswith("::test_one")
    assert lines[1].startswith("skip some: ") and lines[1].endswith("::test_two # no disk")
    assert lines[-1] == "1 passed, 0 failed, 1 skipped"
    assert "said by one" in check.log("some")


def test_failure_is_shown_with_its_reason_and_named_again_at_the_end(check):
    check.suite("some", """
        def test_one():
            assert 6 * 9 == 42, "the answer"
    """)
    check.suite("other", PASSES)
    status, lines, _ = check.run()
    assert status == 1
    assert any("the answer" in line for line in lines)
    assert lines[-2].startswith("failed: some: ") and lines[-2].endswith("::test_one")
    assert lines[-1] == "1 passed, 1 failed, 0 skipped"


def test_failure_is_shown_with_what_the_test_has_said(check):
    check.suite("some", """
        def test_one():
            print("the last words")
            assert False
    """)
    assert any("the last words" in line for line in check.run()[1])


def test_what_all_tests_lack_is_shown_once(check):
    check.suite("some", """
        import pytest

        @pytest.fixture(scope="module")
        def build():
            pytest.fail("no compiler")

        @pytest.mark.parametrize("number", range(3))
        def test_one(build, number):
            pass
    """)
    _, lines, _ = check.run()
    assert sum("no compiler" in line for line in lines) == 1 + 1  # its line, and what it says
    assert sum("as ::test_one[0] (setup), above" in line for line in lines) == 2
    assert lines[-1] == "0 passed, 3 failed, 0 skipped"


def test_results_of_steps_are_counted_instead_of_their_test(check):
    check.suite("some", """
        def test_steps(subtests):
            with subtests.test("first"):
                pass
            with subtests.test("second"):
                assert False, "no good"
            with subtests.test("third"):
                pass

        def test_all_well(subtests):
            with subtests.test("fourth"):
                pass
    """)
    status, lines, _ = check.run()
    assert status == 1
    assert [line.split("::")[1] for line in lines if line[:2] == "ok"] == [
        "test_steps: first", "test_steps: third", "test_all_well: fourth"]
    assert lines[-1] == "3 passed, 1 failed, 0 skipped"


def test_tap_of_a_program_is_counted_test_by_test(check):
    check.suite("some", """
        def test_good(tap):
            tap("printf", "1..2\\nok 1 - a\\nok 2 - b # SKIP no\\n")

        def test_bad(tap):
            tap("printf", "1..2\\nok 1 - a\\nnot ok 2 - b\\n# why\\n", name="bad")

        def test_dies(tap):
            tap("printf", "1..3\\nok 1 - a\\n")

        def test_fails(tap):
            tap("sh", "-c", "echo 1..1; echo ok 1; exit 3")

        def test_skips(tap):
            tap("sh", "-c", "echo '1..0 # SKIP no card'; exit 4")

        def test_hangs(tap):
            tap("sh", "-c", "echo 1..1; echo ok 1; sleep 100", timeout=0.5)
    """)
    status, lines, _ = check.run()
    assert status == 1
    text = "\n".join(lines)
    assert "test_bad: bad: b" in text and "# why" in text
    assert "planned 3 tests, saw 1" in text
    assert "ended with status 3" in text
    assert "has not ended in 0.5 s" in text
    assert lines[-1] == "5 passed, 4 failed, 2 skipped"


@pytest.mark.parametrize("code, said", [
    pytest.param("import os\ndef test_one(): os._exit(0)", "no test was run", id="ends itself"),
    pytest.param("import os\ndef test_one(): os.kill(os.getpid(), 9)", "status -9", id="is killed"),
    pytest.param("import no_such_module", "no_such_module", id="cannot be imported"),
    pytest.param("", "status 5", id="has no test"),
    pytest.param("import pytest\n@pytest.fixture\ndef x(): yield 1 / 0\ndef test_one(x): pass",
                 "division by zero", id="cannot be set up"),
])  # fmt: skip
def test_suite_that(check, code, said):
    check.suite("broken", code)
    check.suite("other", PASSES)
    status, lines, _ = check.run()
    assert status == 1
    assert any(said in line for line in lines)
    assert lines[-1] == "1 passed, 1 failed, 0 skipped"


def test_suite_that_hangs_is_stopped(check):
    check.suite("some", "import time\ndef test_one(): time.sleep(1000)", "timeout = 5")
    status, lines, _ = check.run()
    assert status == 1
    assert any("has not ended in 5 s" in line for line in lines)


def test_test_that_ends_the_whole_suite_is_named(check):
    check.suite("some", "import os\ndef test_one(): os._exit(7)")
    _, lines, _ = check.run()
    assert lines[-2].endswith("::test_one")


def test_long_suite_and_long_test_are_skipped_with_their_reasons(check):
    check.suite("some", PASSES, 'long = "takes an hour"')
    check.suite("other", """
        import pytest

        @pytest.mark.long("takes two")
        def test_one():
            pass
    """)
    status, lines, _ = check.run()
    assert status == 0
    assert any("# takes an hour; scripts/check --long runs it" in line for line in lines)
    assert any("# takes two; scripts/check --long runs it" in line for line in lines)
    assert lines[-1] == "0 passed, 0 failed, 2 skipped"
    assert check.run("--long")[1][-1] == "2 passed, 0 failed, 0 skipped"


@pytest.mark.parametrize("kinds", ["false true", "false false", "true true"])
def test_two_suites_run_at_a_time(check, kinds):
    """Each waits for the other."""
    code = """
        import os, time

        def test_one():
            open(os.path.join({here!r}, "{mine}"), "w").close()
            while not os.path.exists(os.path.join({here!r}, "{other}")):
                time.sleep(0.05)
    """
    here = str(check.directory)
    for name, other, kind in zip("ab", "ba", kinds.split()):
        check.suite(name, code.format(here=here, mine=name, other=other), f"computes = {kind}",
                    "timeout = 60")
    status, lines, _ = check.run()
    assert (status, lines[-1]) == (0, "2 passed, 0 failed, 0 skipped")


def test_a_suite_sees_no_guest_of_others(check):
    """They are found by their files; nothing is left of a suite's own."""
    check.suite("some", """
        import os, tempfile

        def test_one():
            os.mkdir(os.path.join(tempfile.gettempdir(), "fpga-pci-guest-of-a-test"))
            print("it was " + tempfile.gettempdir())
    """)
    assert check.run()[1][-1] == "1 passed, 0 failed, 0 skipped"
    found, = re.findall(r"it was (/\S+)", check.log("some"))
    assert found != tempfile.gettempdir() and not os.path.exists(found)


@pytest.mark.parametrize("race", range(len(RACES_OF_TCG)))
def test_race_of_qemu_is_tried_once_more(check, race):
    check.suite("some", f"""
        from guest import GuestError
        from harness.guests import RACES_OF_TCG

        tries = []

        def test_once(subtests):
            with subtests.test("step"):
                pass
            tries.append(1)
            if len(tries) == 1:
                raise GuestError("QEMU said: " + RACES_OF_TCG[{race}])

        def test_always():
            raise GuestError("QEMU said: " + RACES_OF_TCG[{race}])

        others = []

        def test_other():
            others.append(1)
            assert len(others) > 1, "another fault is no reason for another try"
    """)
    status, lines, errors = check.run()
    assert status == 1
    assert errors.count("once more") == 2
    assert lines[-1] == "1 passed, 2 failed, 0 skipped"


def test_junit(check, tmp_path):
    check.suite("some", r"""
        import pytest

        def test_one():
            pass

        def test_two():
            pytest.fail("an escape: \x1b[31m, and <tags> & more", pytrace=False)

        @pytest.mark.skip("no disk")
        def test_three():
            pass
    """)
    assert check.run("--junit", str(tmp_path / "out.xml"))[0] == 1
    suite, = ElementTree.parse(tmp_path / "out.xml").getroot()
    assert {key: suite.get(key) for key in ("name", "tests", "failures", "skipped")} == {
        "name": "some", "tests": "3", "failures": "1", "skipped": "1"}
    assert [case.get("name") for case in suite] == ["test_one", "test_two", "test_three"]
    assert suite[1][0].text == "an escape: ?[31m, and <tags> & more"


def test_durations_name_what_used_the_processors_most(check):
    check.suite("some", """
        import subprocess
        import time

        def test_little():
            time.sleep(0.2)

        def test_much():
            end = time.process_time() + 0.3
            while time.process_time() < end:
                pass

        def test_a_program_that_still_runs():
            loop = subprocess.Popen(["sh", "-c", "while :; do :; done"])
            with open(f"/proc/{loop.pid}/stat") as file:
                while int(file.read().split()[13]) < 60:
                    file.seek(0)
            test_a_program_that_still_runs.loop = loop

        def test_its_end():
            test_a_program_that_still_runs.loop.kill()
            test_a_program_that_still_runs.loop.wait()
    """)
    _, lines, _ = check.run("--durations", "2")
    shown = [re.fullmatch(r" *([\d.]+) s of processors  some: .*::(\w+)", line) for line in lines[-3:-1]]
    assert [line[2] for line in shown] == ["test_a_program_that_still_runs", "test_much"]
    assert 0.5 < float(shown[0][1]) and 0.3 <= float(shown[1][1])


@pytest.mark.parametrize("arguments, said", [
    (["nosuch"], "no suite 'nosuch'"),
    (["--nonsense"], "--nonsense"),
    (["--junit", "/no/such/file"], "/no/such"),
])  # fmt: skip
def test_wrong_use_gives_status_2(check, arguments, said):
    check.suite("some", PASSES)
    status, lines, errors = check.run(*arguments)
    assert (status, lines) == (2, [])
    assert said in errors


@pytest.mark.parametrize("line, said", [
    ("compute = true", "unknown key 'compute'"),
    ('computes = "yes"', "not a bool"),
    ('needs = ["tea"]', "neither guest nor qemu"),
    ("timeout =", "suites.toml"),
])  # fmt: skip
def test_fault_in_the_list_gives_status_2(check, line, said):
    check.suite("some", PASSES, line)
    status, _, errors = check.run()
    assert status == 2
    assert said in errors


def test_list_names_each_suite(check):
    check.suite("some", PASSES)
    check.suite("other", PASSES, 'long = "takes an hour"')
    assert check.run("--list")[1] == [
        "some          a suite of a test", "other         a suite of a test (long)"]


def test_part_of_a_suite(check):
    check.suite("some", PASSES + "    def test_two():\n        assert False\n")
    assert check.run("-k", "one", "some")[1][-1] == "1 passed, 0 failed, 0 skipped"
    status, lines, errors = check.run("-k", "three", "some")
    assert (status, lines[-1]) == (2, "0 passed, 0 failed, 0 skipped")
    assert "no test's name matches -k 'three'" in errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_check_leaves_nothing_running(check, number):
    check.suite("some", f"""
        import os, subprocess

        def test_one():
            child = subprocess.Popen(["sleep", "300"])
            with open({str(check.directory / 'pid')!r}, "w") as file:
                file.write(str(child.pid))
            child.wait()
    """)
    process = check.start()
    file = check.directory / "pid"
    deadline = time.monotonic() + 60
    while not file.exists() or not file.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 128 + number
    while os.path.exists(f"/proc/{file.read_text()}/exe"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
