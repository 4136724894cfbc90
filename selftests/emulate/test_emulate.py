# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine's PCI devices in a guest: what comes out is what went in.

Each dump is made a machine (pciaddr-check --emulate), booted, and compared in the guest with the
specification that was written beside it; then the guest's lspci with the dump. Dumps of real
machines are not part of this project; those in CORPUS are taken where they are. Of kinds that are
not there, kinds.py makes some.
"""

import os
import pathlib
import re
import subprocess
import time
import tomllib

import kinds
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
# Of Debian's: the releases', and the newest
REPORT_KERNELS = ("6.12", "7.3")


def corpus():
    """The dumps beside the tree, which may have none."""
    found = [path for path in sorted(CORPUS.rglob("*")) if path.is_file()
             and path.suffix not in (".md", ".ioports", ".iomem", ".gz")
             and not re.search(r"\.lspci\.dmesg$", path.name)]  # fmt: skip
    return found or [pytest.param(None, marks=pytest.mark.skip(reason=f"no dumps in {CORPUS}"))]


def check_diff(dump, guest, readme, directory):
    """The guest's lspci differs from the dump by what README says, and by nothing else."""
    shown = pathlib.Path(directory, "guest.lspci")
    shown.write_bytes(guest.run("lspci", "-vvnnxxxx").stdout)
    classes = re.search(r"--diff SOURCE GUEST --ignore (\S+)", readme)[1]
    done = replay.pciaddr_check("--diff", dump, str(shown), "--ignore", classes)
    assert done.returncode == 0, f"{dump} and the guest:\n{done.stdout}{done.stderr}\n{readme}"


def check(dump, kernel=None):
    """Boots the machine of a dump; its specification must hold there."""
    with replay.machine_of(str(dump)) as directory:
        readme = pathlib.Path(directory, "README").read_text(encoding="utf-8")
        with Guest(Machine(replay=directory, kernel=kernel)) as guest:
            guest.boot()
            done = guest.run("pciaddr-check", "--quiet", "--spec", "/run/fpga-pci/machine.yaml")
            said = (done.stdout + done.stderr).decode(errors="replace")
            assert done.status == 0, f"{dump}:\n{said}\n{readme}"
            check_diff(str(dump), guest, readme, directory)


@pytest.mark.parametrize("dump", FIXTURES, ids=lambda path: path.name)
def test_fixture_passes_its_own_specification(dump):
    check(dump)


@pytest.mark.parametrize("kind", [
    "dock",
    pytest.param("cardbus", marks=pytest.mark.long("a machine of each kind")),
    pytest.param("vmd", marks=pytest.mark.long("a machine of each kind")),
    pytest.param("server", marks=pytest.mark.long("a machine of each kind")),
])  # fmt: skip
def test_machine_of_a_kind_passes_its_own_specification(kind, tmp_path):
    dump = tmp_path / kind
    dump.write_text(kinds.KINDS[kind]().text(), encoding="utf-8")
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


# docs/reproduce.md

PAGE = pathlib.Path(TOP, "docs/reproduce.md")


def blocks(text):
    """The indented blocks of a page."""
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE).strip()
            for block in re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)]


def test_page_runs(tmp_path):
    """The commands of the page's first block, of which the last prints the second block."""
    commands, printed = blocks(PAGE.read_text(encoding="utf-8"))[:2]
    for name in ("scripts", "selftests"):
        (tmp_path / name).symlink_to(pathlib.Path(TOP, name))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/pciaddr-check").symlink_to(replay.built_tool())
    done = subprocess.run(["bash", "-ec", commands], text=True, capture_output=True, check=False,
                          cwd=tmp_path, timeout=900, stdin=subprocess.DEVNULL,
                          env={**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"})
    assert done.returncode == 0, done.stdout + done.stderr
    said = re.sub(r"^\[ *[0-9.]+\] ", "", done.stdout, flags=re.MULTILINE)
    assert printed in said, f"not printed:\n{printed}\n\n{said}"


# Reports


def reports():
    return tomllib.loads((REPORTS / "reports.toml").read_text(encoding="utf-8"))


def log_with(guest, lines, timeout=30):
    """The kernel's log, when it has all of these; or what there is after so many seconds."""
    end = time.monotonic() + timeout
    while True:
        log = guest.run("dmesg").stdout.decode(errors="replace")
        if all(re.search(line, log) for line in lines) or time.monotonic() > end:
            return log
        time.sleep(0.5)


def reproduce(name, kernel=None):
    report = reports()[name]
    with replay.machine_of(str(REPORTS / report["file"])) as directory:
        with Guest(Machine(replay=directory, kernel=kernel)) as guest:
            guest.boot()
            if "hot_add" in report:
                slot, _, file = report["hot_add"].partition("=")
                replay.hot_add(guest, f"{slot}={REPORTS / file}")
            if "run" in report:
                guest.run("sh", "-c", report["run"])
            log = log_with(guest, report["come"])
    for line in report["come"]:
        assert re.search(line, log), f"no line has {line}:\n{log}"
    for line in report["stay_away"]:
        assert not re.search(line, log), f"a line has {line}:\n{log}"


@pytest.mark.parametrize("name", reports())
def test_report_is_reproduced(name):
    reproduce(name)


@pytest.mark.long("seven reports on two more kernels")
@pytest.mark.parametrize("kernel", REPORT_KERNELS)
@pytest.mark.parametrize("name", reports())
def test_report_is_reproduced_on_another_kernel(name, kernel):
    reproduce(name, kernel)


# Faults


def test_fault_shows_in_the_kernels_log(tmp_path):
    """The windows of the dock's root port are half as large: what is in the other half moves."""
    dump = tmp_path / "dock"
    dump.write_text(kinds.dock().text(), encoding="utf-8")
    with replay.machine_of(str(dump), faults=["small-window@00:1d.0"]) as directory:
        with Guest(Machine(replay=directory)) as guest:
            guest.boot()
            log = guest.run("dmesg").stdout.decode(errors="replace")
            done = guest.run("pciaddr-check", "--quiet", "--spec", "/run/fpga-pci/machine.yaml")
    assert re.search(r"05:00\.0: .*can.t claim", log), log
    assert done.status == 0, (done.stdout + done.stderr).decode(errors="replace")
