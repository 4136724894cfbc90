# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine's PCI devices in a guest: what comes out is what went in.

Each dump is made a machine (pciaddr-check --emulate), booted, and compared in the guest with the
specification that was written beside it. Dumps of real machines are not part of this project;
those in CORPUS are taken where they are.
"""

import os
import pathlib
import re
import tomllib

import pytest
from guest import Guest, Machine, replay

from harness import SELFTESTS, TOP

FIXTURES = sorted([
    pathlib.Path(SELFTESTS, "pciaddr/guest/guest.lspci"),
    pathlib.Path(SELFTESTS, "pciaddr/lspci-3.13/vvxxxx"),
])  # fmt: skip
CORPUS = pathlib.Path(os.environ.get("CORPUS", f"{TOP}/../shared/corpus"))
REPORTS = pathlib.Path(SELFTESTS, "emulate/reports")
KERNELS = (None, "6.12")


def corpus():
    """The dumps beside the tree, which may have none."""
    found = [path for path in sorted(CORPUS.rglob("*")) if path.is_file()
             and path.suffix not in (".md", ".ioports", ".iomem", ".gz")
             and not re.search(r"\.lspci\.dmesg$", path.name)]  # fmt: skip
    return found or [pytest.param(None, marks=pytest.mark.skip(reason=f"no dumps in {CORPUS}"))]


def check(dump, kernel=None):
    """Boots the machine of a dump; its specification must hold there."""
    with replay.machine_of(str(dump)) as directory:
        readme = pathlib.Path(directory, "README").read_text(encoding="utf-8")
        with Guest(Machine(replay=directory, kernel=kernel)) as guest:
            guest.boot()
            done = guest.run("pciaddr-check", "--quiet", "--spec", "/run/fpga-pci/machine.yaml")
    said = (done.stdout + done.stderr).decode(errors="replace")
    assert done.status == 0, f"{dump}:\n{said}\n{readme}"


@pytest.mark.parametrize("dump", FIXTURES, ids=lambda path: path.name)
def test_fixture_passes_its_own_specification(dump):
    check(dump)


@pytest.mark.long("boots some seventy machines on two kernels")
@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel or "default")
@pytest.mark.parametrize("dump", corpus(), ids=lambda path: path.name if path else "none")
def test_dump_passes_its_own_specification(dump, kernel):
    try:
        check(dump, kernel)
    except replay.GuestError as error:
        # the one kind of dump of which there is nothing to be shown
        assert "there is no function in it that QEMU could show" in str(error)


def reports():
    return tomllib.loads((REPORTS / "reports.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", reports())
def test_report_is_reproduced(name):
    report = reports()[name]
    with replay.machine_of(str(REPORTS / report["file"])) as directory:
        with Guest(Machine(replay=directory)) as guest:
            guest.boot()
            log = guest.run("dmesg").stdout.decode(errors="replace")
    for line in report["come"]:
        assert re.search(line, log), f"no line has {line}:\n{log}"
    for line in report["stay_away"]:
        assert not re.search(line, log), f"a line has {line}:\n{log}"
