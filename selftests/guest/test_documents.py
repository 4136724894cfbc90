# SPDX-License-Identifier: GPL-2.0-or-later
"""What documents show of a guest is printed there, and scripts/guest takes what documents show."""

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


def shown(page):
    """The steps of the first example on a page: of the first block that has some."""
    with open(os.path.join(TOP, page), encoding="utf-8") as file:
        text = file.read()
    blocks = re.findall(r"(?:^(?: {4}.*)?\n)+", text, re.MULTILINE)
    return next(found for found in map(steps, map(textwrap.dedent, blocks)) if found)


def matches(expected, got):
    """[...] in what the document shows stands for anything."""
    pattern = re.escape(expected).replace(re.escape("[...]"), ".*")
    return re.fullmatch(pattern, got, re.DOTALL)


def test_demo(guest, subtests):
    printed = steps(guest.run(DEMO).stdout.decode())
    for command, expected in shown("README.md").items():
        with subtests.test(f"as README.md shows it: {command}"):
            got = printed.get(command, "not a step of the demo")
            assert matches(expected, got), f"shown:\n{expected}\nprinted:\n{got}"


FREE = shown("docs/own-machine.md")


@FREE_CARD
@pytest.mark.parametrize("command", FREE)
def test_free_card_as_the_page_shows_it(guest, command):
    expected = FREE[command]
    got = guest.run("sh", "-c", command).stdout.decode().rstrip("\n")
    assert matches(expected, got), f"shown:\n{expected}\nprinted:\n{got}"


def blocks_of(page):
    """The commands of a page, each with its output: ("#" in the guest or "$" here, command, output)."""
    with open(os.path.join(TOP, page), encoding="utf-8") as file:
        text = file.read()
    return re.findall(r"^ {4}([#$]) (.+)\n((?: {4}.*\n)*)", text, re.MULTILINE)


def as_seeds_show_it(got, expected):
    assert matches(textwrap.dedent(expected).rstrip("\n"), got.rstrip("\n")), f"printed:\n{got}"


def seeds(where):
    """The commands in the guest ("#") or on this machine ("$")."""
    return pytest.mark.parametrize("command, expected", [
        pytest.param(command, expected, id=command[:60])
        for prompt, command, expected in blocks_of("docs/seeds.md") if prompt == where])  # fmt: skip


@seeds("#")
def test_seeds_in_the_guest_as_the_page_shows_them(guest, command, expected):
    as_seeds_show_it(guest.run("sh", "-c", command).stdout.decode(), expected)


@seeds("$")
def test_seeds_on_this_machine_as_the_page_shows_them(command, expected):
    as_seeds_show_it(run("bash", "-c", command), expected)


def traced(page):
    """The commands in the guest of a page, each with its output and what QEMU's trace then has: a
    block of trace events that follows it."""
    with open(os.path.join(TOP, page), encoding="utf-8") as file:
        blocks = [textwrap.dedent(block).strip("\n")
                  for block in re.findall(r"(?:^ {4}.*\n)+", file.read(), re.MULTILINE)]
    for block, after in zip(blocks, [*blocks[1:], ""]):
        if block.startswith("# "):
            command, _, expected = block[2:].partition("\n")
            trace = after.splitlines() if re.match(r"[a-z]+(_[a-z]+)+ ", after) else []
            yield pytest.param(command, expected, trace, id=command[:60])


@pytest.mark.machine(machine="q35", cards=False, append=("intel_iommu=on", "iommu.strict=1"), qemu_args=(
    "-device", "intel-iommu,intremap=on",
    "-device", "pcie-root-port,id=port1,bus=pcie.0,addr=4,chassis=1,slot=1,x-speed=2_5",
    "-device", "fpga,bus=port1",
))  # fmt: skip
@pytest.mark.parametrize("command, expected, trace", traced("docs/how-pci-express-travels.md"))
def test_pci_express_as_the_page_shows_it(guest, tmp_path, command, expected, trace):
    events = {line.split()[0] for line in trace if line != "[...]"}
    guest.hmp(f"logfile {tmp_path}/trace.log")
    for event in events:
        guest.hmp(f"trace-event {event} on")
    try:
        got = guest.run("sh", "-c", command).stdout.decode()
    finally:
        for event in events:
            guest.hmp(f"trace-event {event} off")
        guest.hmp("logfile /dev/null")
    assert matches(expected, got.rstrip("\n")), f"printed:\n{got}"
    # In this order, with others between them: the machine does other things, too.
    lines = iter((tmp_path / "trace.log").read_text().splitlines() if trace else [])
    for line in trace:
        assert line == "[...]" or any(matches(line, printed) for printed in lines), f"not in the trace: {line}"


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
