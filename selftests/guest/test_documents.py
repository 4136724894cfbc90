# SPDX-License-Identifier: GPL-2.0-or-later
"""What README.md shows of a guest is printed there, and scripts/guest takes what documents show."""

import glob
import os
import re
import shlex
import textwrap

import pytest
from guest.__main__ import parse_arguments
from harness import TOP
from harness.commands import run
from harness.machines import FREE_CARD

DEMO = "/usr/libexec/fpga-pci/demo"
# Times and rates are another in each run.
MEASURED = re.compile(r"[\d.]+ [num]?s, [\d.]+ [KMG]iB/s")


def steps(text):
    """{command: output} of what follows each "# COMMAND", up to an empty line."""
    found = {}
    for step in re.split(r"^# ", text, flags=re.MULTILINE)[1:]:
        command, _, output = step.partition("\n")
        found[command] = MEASURED.sub("MEASURED", output.split("\n\n")[0].rstrip("\n"))
    return found


def shown():
    """The steps of each example in README.md: of each block that has some."""
    with open(os.path.join(TOP, "README.md"), encoding="utf-8") as file:
        text = file.read()
    blocks = re.findall(r"(?:^(?: {4}.*)?\n)+", text, re.MULTILINE)
    return [found for found in map(steps, map(textwrap.dedent, blocks)) if found]


def matches(expected, got):
    """[...] in what the document shows stands for anything."""
    pattern = re.escape(expected).replace(re.escape("[...]"), ".*")
    return re.fullmatch(pattern, got, re.DOTALL)


def test_demo(guest, subtests):
    printed = steps(guest.run(DEMO).stdout.decode())
    for command, expected in shown()[0].items():
        with subtests.test(f"as README.md shows it: {command}"):
            got = printed.get(command, "not a step of the demo")
            assert matches(expected, got), f"shown:\n{expected}\nprinted:\n{got}"


@FREE_CARD
@pytest.mark.parametrize("command", shown()[1])
def test_free_card_as_README_shows_it(guest, command):
    expected = shown()[1][command]
    got = guest.run("sh", "-c", command).stdout.decode().rstrip("\n")
    assert matches(expected, got), f"shown:\n{expected}\nprinted:\n{got}"


def blocks_of(page):
    """The commands of a page, each with its output: ("#" in the guest or "$" here, command, output)."""
    with open(os.path.join(TOP, page), encoding="utf-8") as file:
        text = file.read()
    return re.findall(r"^ {4}([#$]) (.+)\n((?: {4}.*\n)*)", text, re.MULTILINE)


@pytest.mark.parametrize("where, command, expected", blocks_of("docs/seeds.md"),
                         ids=lambda value: value.split("\n")[0][:60])
def test_seeds_as_the_page_shows_them(request, where, command, expected):
    if where == "#":
        got = request.getfixturevalue("guest").run("sh", "-c", command).stdout.decode()
    else:
        got = run("bash", "-c", command)
    assert matches(textwrap.dedent(expected).rstrip("\n"), got.rstrip("\n")), f"printed:\n{got}"


def command_lines():
    """The arguments of each scripts/guest that a document shows on a line of its own."""
    for path in sorted(glob.glob(f"{TOP}/*.md") + glob.glob(f"{TOP}/*/*.md")):
        with open(path, encoding="utf-8") as file:
            text = file.read().replace("\\\n", "")
        for line in re.findall(r"^ {4}scripts/guest( \S.*)?$", text, re.MULTILINE):
            yield shlex.split(line, comments=True)


@pytest.mark.parametrize("arguments", command_lines(), ids=lambda words: shlex.join(words) or "none")
def test_scripts_guest_takes_what_a_document_shows(arguments):
    parse_arguments(arguments)
