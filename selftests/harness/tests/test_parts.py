# SPDX-License-Identifier: GPL-2.0-or-later
"""What is left of a build that has not come to its end."""

import pytest
from cache import Failed
from guest import project
from guest.building import Killed


@pytest.fixture
def attempt(tmp_path, monkeypatch):
    """Builds a part that leaves a file, and then does as it is told; was an older file there?"""
    monkeypatch.setattr(project, "CACHE", tmp_path)
    monkeypatch.setattr(project, "_compiler", lambda part: None)

    def attempt(end):
        seen = []

        def build(part):
            left = part.directory / "build/half.o"
            seen.append(left.exists())
            left.parent.mkdir(exist_ok=True)
            left.touch()
            if end:
                raise end

        part = project.Part("part", "part-here", None, ("VERSION",), build)
        if end:
            with pytest.raises(type(end)):
                project._build(part)
        else:
            project._build(part)
        return seen == [True]

    return attempt


@pytest.mark.parametrize("end", [KeyboardInterrupt(), SystemExit(1), Killed("signal 9")], ids=repr)
def test_what_was_killed_is_built_anew(attempt, end):
    attempt(end)
    assert not attempt(end)
    assert not attempt(None)


def test_a_compiler_that_fails_costs_no_other_file(attempt):
    attempt(Failed("an error in C"))
    assert attempt(Failed("another one"))
    assert attempt(None)
