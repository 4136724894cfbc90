# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine's PCI devices in a guest: what comes out is what went in.

Each dump is made a machine (pciaddr-check --emulate), booted, and compared in the guest with the
specification that was written beside it; then the guest's lspci with the dump. Dumps of real
machines are not part of this project; those in CORPUS are taken where they are. Of kinds that are
not there, kinds.py makes some.
"""

import contextlib
import os
import pathlib
import re
import subprocess
import time
import tomllib

import kinds
import outcomes
import pytest
from guest import Guest, Machine, replay

from harness import SELFTESTS, TOP

FIXTURES = sorted([
    pathlib.Path(SELFTESTS, "pciaddr/guest/guest.lspci"),
    pathlib.Path(SELFTESTS, "pciaddr/lspci-3.13/vvxxxx"),
])  # fmt: skip
MORE_FIXTURES = sorted(path for name in ("arch", "guest", "lspci-3.13", "lspci-3.15")
                       for path in pathlib.Path(SELFTESTS, "pciaddr", name).rglob("*")
                       if path.is_file() and path.suffix in ("", ".lspci", ".dmesg")
                       and path not in FIXTURES and not path.name.endswith(".lspci.dmesg"))  # fmt: skip
CORPUS = pathlib.Path(os.environ.get("CORPUS", f"{TOP}/../shared/corpus"))
REPORTS = pathlib.Path(SELFTESTS, "emulate/reports")
# Of Debian's: the releases', and the newest
KERNELS = (None, "6.12")
NEWEST = "7.3"
REPORT_KERNELS = ("6.12", NEWEST)
# The reports on a kernel of the user's own: a directory or series, as scripts/guest --kernel has it
REPORTS_KERNEL = os.environ.get("REPORTS_KERNEL")


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
    if not shown.stat().st_size:
        assert "function 0 of this device is not there" in readme, f"{dump}: lspci shows nothing"
        return
    classes = re.search(r"--diff SOURCE GUEST --ignore (\S+)", readme)[1]
    done = replay.pciaddr_check("--diff", dump, str(shown), "--ignore", classes)
    assert done.returncode == 0, f"{dump} and the guest:\n{done.stdout}{done.stderr}\n{readme}"


def check(dump, kernel=None):
    """Boots the machine of a dump; its specification must hold there."""
    with replay.machine_of(str(dump)) as directory:
        readme = pathlib.Path(directory, "README").read_text(encoding="utf-8")
        name = f"{dump.parent.name}/{dump.name}"
        with outcomes.kept("machine", name, kernel=outcomes.release_of(kernel),
                           **outcomes.limits(readme)) as outcome:
            with Guest(Machine(replay=directory, kernel=kernel)) as guest:
                guest.boot()
                outcome["why"] = "its specification does not hold"
                done = guest.run("pciaddr-check", "--quiet", "--spec", "/run/fpga-pci/machine.yaml")
                said = (done.stdout + done.stderr).decode(errors="replace")
                assert done.status == 0, f"{dump}:\n{said}\n{readme}"
                outcome["why"] = "lspci shows more differences than README names"
                check_diff(str(dump), guest, readme, directory)


@pytest.mark.parametrize("dump", FIXTURES, ids=lambda path: path.name)
@pytest.mark.parametrize("kernel", [
    pytest.param(None, id="default"),
    *(pytest.param(kernel, marks=pytest.mark.long("the same on another kernel"))
      for kernel in (*KERNELS, NEWEST) if kernel),
])  # fmt: skip
def test_fixture_passes_its_own_specification(dump, kernel):
    check(dump, kernel)


EACH = pytest.mark.long("a machine of each kind")


@pytest.mark.parametrize("kind, kernel", [
    ("dock", None),
    *(pytest.param(kind, kernel, marks=EACH) for kind in kinds.KINDS
      for kernel in (*KERNELS, NEWEST) if (kind, kernel) != ("dock", None)),
])  # fmt: skip
def test_machine_of_a_kind_passes_its_own_specification(kind, kernel, tmp_path):
    dump = tmp_path / "made up" / kind
    dump.parent.mkdir()
    dump.write_text(kinds.KINDS[kind]().text(), encoding="utf-8")
    check(dump, kernel)


def with_kernels(dumps):
    """Each dump on each kernel; on the newest not the single functions of pciutils' tests."""
    for dump in dumps:
        if not isinstance(dump, pathlib.Path):
            yield pytest.param(None, None, marks=dump.marks)
            continue
        for kernel in (*KERNELS, NEWEST):
            if kernel != NEWEST or not dump.name.startswith("cap-"):
                yield pytest.param(dump, kernel, id=f"{dump.parent.name}/{dump.name}-{kernel or 'default'}")


@pytest.mark.long("boots some eighty machines on two kernels, and half of them on a third")
@pytest.mark.parametrize("dump, kernel", with_kernels([*MORE_FIXTURES, *corpus()]))
def test_dump_passes_its_own_specification(dump, kernel):
    try:
        check(dump, kernel)
    except replay.GuestError as error:
        # the one kind of dump of which there is nothing to be shown
        assert "there is no function in it that QEMU could show" in str(error)
        with outcomes.kept("nothing", f"{dump.parent.name}/{dump.name}",
                           kernel=outcomes.release_of(kernel)):  # fmt: skip
            pass


@pytest.mark.long("one more machine")
def test_amd_machine_without_acpis_windows(tmp_path):
    """Linux then takes them from the processor's own functions, as on a processor of AMD's."""
    dump = tmp_path / "amd"
    dump.write_text(kinds.amd().text(), encoding="utf-8")
    with replay.machine_of(str(dump)) as directory:
        with Guest(Machine(replay=directory, append=("pci=nocrs",))) as guest:
            guest.boot()
            log = guest.run("dmesg").stdout.decode(errors="replace")
            done = guest.run("pciaddr-check", "--quiet", "--spec", "/run/fpga-pci/machine.yaml")
    assert "root bus 00: hardware-probed resources" in log, log
    assert "node 0 link 0: mmio [c0000000, febfffff]" in log, log
    assert done.status == 0, (done.stdout + done.stderr).decode(errors="replace")


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


def kept(name, kernel):
    """Where what comes of it is kept: not of a kernel of the user's own, which no table is about."""
    if kernel and "/" in kernel:
        return contextlib.nullcontext({})
    return outcomes.kept("report", name, kernel=outcomes.release_of(kernel))


def reproduce(name, kernel=None):
    report = reports()[name]
    with (kept(name, kernel) as outcome,
          replay.machine_of(str(REPORTS / report["file"])) as directory):  # fmt: skip
        with Guest(Machine(replay=directory, kernel=kernel)) as guest:
            guest.boot()
            if "hot_add" in report:
                slot, _, file = report["hot_add"].partition("=")
                replay.hot_add(guest, f"{slot}={REPORTS / file}")
            if "run" in report:
                guest.run("sh", "-c", report["run"])
            log = log_with(guest, report["come"])
        outcome["missing"] = [line for line in report["come"] if not re.search(line, log)]
        outcome["came"] = [line for line in report["stay_away"] if re.search(line, log)]
        assert not outcome["missing"], f"no line has these:\n{log}"
        assert not outcome["came"], f"lines have these:\n{log}"


@pytest.mark.parametrize("name", reports())
def test_report_is_reproduced(name):
    reproduce(name, REPORTS_KERNEL)


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
