# SPDX-License-Identifier: GPL-2.0-or-later
"""The three views of a machine, and the way round: a specification becomes a machine (--emit), in
whose guest it passes; and what was asked for, what QEMU made of it and what the guest sees agree,
until one of them is of another machine."""

import json
import pathlib
import re

import pytest
from guest import Machine
from guest.replay import pciaddr_check
from harness import TOP
from harness.commands import verdict
from harness.guests import APPEND

# Any card, held where firmware would not have put it; a device behind an expander, and one that
# is moved in the test of differences
HELD = """version: 1
devices:
  - name: network card
    select: "10ec:8139"
    bars:
      0: {type: io, range: 0x3f00-0x3fff}
      1: {type: memory32, range: 0xe0100000-0xe01000ff}
  - {name: expander, select: "00:15.0", id: "1b36:0009"}
  - {name: behind it, select: "80:00.0/01.0", id: "1234:11e8", bars: {0: {type: memory32, size: 1M}}}
  - {name: moves, select: "00:08.0", id: "1234:11e8"}
"""
# PCI Express, with a bridge to PCI behind a port, beside a fixed window
EXPRESS = """version: 1
bridges:
  - {select: "00:04.0", id: "1011:0026", windows: {io: 0x2000-0x2fff}}
  - {select: "00:05.0", id: "1b36:000c"}
  - {select: "00:05.0/00.0", id: "1b36:000e"}
  - {select: "00:06.0", id: "1b36:000c"}
devices:
  - {name: card, select: "00:04.0/01.0", id: "1234:f96a", bars: {0: {type: io, range: 0x2000-0x27ff}}}
  - {name: behind two, select: "00:05.0/00.0/02.0", id: "8086:100e"}
  - {name: random numbers, select: "00:06.0/00.0", id: "1af4:1044"}
  - {name: moves, select: "00:08.0", id: "1234:11e8"}
  - {select: "0000:00:1f.0", id: "8086:2918"}
"""
# The example, in whose specification nothing is placed but the ports
FIXED = pathlib.Path(TOP, "examples/fixed-card.yaml").read_text(encoding="utf-8").replace(
    "select: 1234:11e8", "select: {path: 0000:00:08.0}\n    id: 1234:11e8")
MOVES, MOVED_TO = "08.0", "09.0"

MACHINES = {"fixed": ("pc", FIXED), "held": ("pc", HELD), "express": ("q35", EXPRESS)}
PARAMETERS = pytest.mark.parametrize("view", MACHINES, indirect=True)

# QEMU's network cards come with ROMs for booting, in a package that the tests do without.
NO_ROMS = [word for model in ("rtl8139", "e1000") for word in ("-global", f"{model}.romfile=")]

UNKNOWN = 3  # what one view cannot know is neither the same nor a difference


def host(*arguments, status=0, matches=()):
    """Runs pciaddr-check on this machine; returns what it has said on standard output."""
    __tracebackhide__ = True
    done = pciaddr_check(*map(str, arguments))
    print(f"$ pciaddr-check {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    verdict(["pciaddr-check", *arguments], done.returncode, done.stdout + done.stderr, status, matches)
    return done.stdout


class View:
    """A specification and what --emit makes of it."""

    def __init__(self, directory, machine, specification):
        self.directory, self.machine = directory, machine
        self.spec = self.write("spec.yaml", specification)
        # The same, but for one device
        elsewhere = self.write("elsewhere.yaml", specification.replace(f"00:{MOVES}", f"00:{MOVED_TO}"))
        said = host("--emit", "qemu", "--spec", self.spec)
        self.arguments = tuple(word for line in said.splitlines() for word in line.split())
        self.domain = self.write("domain.xml", host("--emit", "libvirt", "--spec", self.spec))
        self.other_domain = self.write("other.xml", host("--emit", "libvirt", "--spec", elsewhere))

    def write(self, name, text):
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        return path

    def look(self, guest):
        """Saves what QEMU says, and what the guest sees."""
        listed = guest.qmp("query-pci")
        tree = guest.hmp("info mtree -f -o")

        def saved(name, devices):
            return self.write(name, "".join(json.dumps({"return": said}) for said in (devices, tree)))

        self.qmp = saved("vm.qmp", listed)
        for bus in listed:
            for device in bus["devices"]:
                if (bus["bus"], device["slot"]) == (0, int(MOVES[:2], 16)):
                    device["slot"] = int(MOVED_TO[:2], 16)
        self.other_qmp = saved("other.qmp", listed)
        self.lspci = self.write("guest.lspci", guest.sh("lspci -vvxxxx 2>/dev/null"))
        for claims in ("ioports", "iomem"):
            self.write(f"guest.lspci.{claims}", guest.sh(f"cat /proc/{claims}"))


@pytest.fixture
def view(request, tmp_path):
    return View(tmp_path, *MACHINES[request.param])


@pytest.fixture
def machine(view):
    return Machine(machine=view.machine, cards=False, small=True, append=APPEND,
                   qemu_args=(*NO_ROMS, *view.arguments))


def agree(old, new):
    """Nothing differs but devices of which the older side was not told: the guest has a console."""
    said = host("--diff", old, new, "--ignore", "new", status=range(0, UNKNOWN + 1, UNKNOWN))
    assert not re.search("^changed", said, re.MULTILINE)
    assert re.search(r"[1-9]\d* same, 0 changed", said)


def differ(old, new, *names):
    """One device is elsewhere, and these are its names on both sides."""
    said = host("--diff", old, new, "--ignore", "new", status=1)
    changed = [line for line in said.splitlines() if line.startswith("changed")]
    assert len(changed) == 1 and "diff-relocated" in changed[0]
    for name in names:
        assert name in changed[0]


@PARAMETERS
def test_from_a_specification_to_a_guest_and_back(view, guest, subtests):
    guest.sh("cat >/tmp/spec.yaml", input=view.spec.read_bytes())
    with subtests.test("the guest is as the specification says"):
        guest.sh("pciaddr-check --spec /tmp/spec.yaml", matches=[" 0 failed, 0 unknown"])
    with subtests.test("what holds on any machine holds"):
        guest.sh("pciaddr-check --quiet")
    view.look(guest)
    with subtests.test("the guest's text from outside is as the specification says"):
        host("--dump", view.lspci, "--spec", view.spec, matches=[" 0 failed, 0 unknown"])
    with subtests.test("QEMU and the domain do not contradict the specification"):
        for source in (("--qmp", view.qmp), ("--domain", view.domain)):
            host(*source, "--spec", view.spec, status=range(0, UNKNOWN + 1, UNKNOWN), matches=[" 0 failed"])
    with subtests.test("each BAR that is enabled answers in QEMU"):
        host("--qmp", view.qmp, matches=["bar-answers"], status=range(0, UNKNOWN + 1, UNKNOWN))
    for name, old, new in (("domain and QEMU", view.domain, view.qmp),
                           ("QEMU and guest", view.qmp, view.lspci),
                           ("domain and guest", view.domain, view.lspci)):
        with subtests.test(f"{name} agree"):
            agree(old, new)
    # The id is the same in the domain and in QEMU; the guest has none.
    here, there = f"0000:00:{MOVES}", f"0000:00:{MOVED_TO}"
    named = r"\(device\d+\)"
    with subtests.test("a device that QEMU has elsewhere than the domain: both names"):
        differ(view.other_domain, view.qmp, here, there)
        host("--diff", view.other_domain, view.qmp, status=1,
             matches=[rf"^changed +diff-relocated +{here} {named} \(was {there} {named}\)"])
    with subtests.test("a device that the guest has elsewhere than QEMU: both names"):
        differ(view.other_qmp, view.lspci, here, there)
        host("--diff", view.other_qmp, view.lspci, status=1,
             matches=[rf"^changed +diff-relocated +{here} \(was {there} {named}\)"])
    with subtests.test("a device that the guest has elsewhere than the domain: both names"):
        differ(view.other_domain, view.lspci, here, there)
