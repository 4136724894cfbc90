# SPDX-License-Identifier: GPL-2.0-or-later
"""What README.md shows of a guest is printed there, and scripts/guest takes what documents show."""

import glob
import os
import re
import shlex
import textwrap

from where import TOP

from guest.__main__ import parse_arguments

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


def compare(tap, command, expected, got):
    """[...] in what the document shows stands for anything."""
    pattern = re.escape(expected).replace(re.escape("[...]"), ".*")
    tap.result(re.fullmatch(pattern, got, re.DOTALL) is not None, f"as README.md shows it: {command}",
               f"shown:\n{expected}\nprinted:\n{got}")


def test_demo(tap, guest):
    printed = steps(guest.run(DEMO).stdout.decode())
    for command, expected in shown()[0].items():
        compare(tap, command, expected, printed.get(command, "not a step of the demo"))


def test_free_card(tap, guest):
    for command, expected in shown()[1].items():
        printed = guest.run("sh", "-c", command).stdout.decode()
        compare(tap, command, expected, printed.rstrip("\n"))


def command_lines():
    """The arguments of each scripts/guest that a document shows on a line of its own."""
    for path in sorted(glob.glob(f"{TOP}/*.md") + glob.glob(f"{TOP}/*/*.md")):
        with open(path, encoding="utf-8") as file:
            text = file.read().replace("\\\n", "")
        for line in re.findall(r"^ {4}scripts/guest( \S.*)?$", text, re.MULTILINE):
            yield shlex.split(line, comments=True)


def test_command_lines(tap):
    for arguments in command_lines():
        try:
            parse_arguments(arguments)
            taken = True
        except SystemExit:
            taken = False
        tap.result(taken, f"scripts/guest takes what a document shows: {shlex.join(arguments)}")
