# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of bases.py: each machine boots and holds, or QEMU refuses it and says what to change.

MATRIX_RESULTS names a file that is to keep what came of each, for "page".
"""

import os
import subprocess

import bases
import firmwares
import pytest
import results
from guest import GuestError, Machine
from guest.images import prepare
from harness import is_long
from harness.guests import APPEND

# What a refusal must name: what is to be changed, or what is in the way
ADVICE = ("give it a slot below", "shpc=off", "use others", "overlap the machine's")


def refusal(cell):
    """What QEMU says when it does not start this machine; or nothing."""
    images = prepare(bases.KERNEL, firmware=cell.firmware)
    firmware = images["firmware"]
    command = [images["qemu"], "-nodefaults", "-no-user-config", "-display", "none", "-S",
               "-machine", cell.machine, "-monitor", "stdio", "-L", firmware.directory,
               "-L", "/usr/share/seabios", "-L", "/usr/share/qemu", *cell.qemu_args()]  # fmt: skip
    if firmware.bios:
        command += ["-bios", firmware.bios]
    run = subprocess.run(command, input=b"quit\n", capture_output=True, timeout=60, check=False)
    said = run.stderr.decode(errors="replace").strip()
    assert (run.returncode == 0) == (not said), f"status {run.returncode}: {said}"
    return said


LONG = pytest.mark.long("the same bases on other machines")


def cells():
    return bases.cells(firmwares.chosen())


def keep(cell, outcome):
    path = os.environ.get("MATRIX_RESULTS")
    if path:
        found = results.load(path)
        found.setdefault("bases", {})[cell.name, "boot"] = outcome
        results.save(path, found)


def started():
    """All cells; in the short run each base and layout on two of the machines."""
    for cell in cells():
        marks = () if (cell.machine, cell.firmware) in bases.SHORT_MACHINES else LONG
        yield pytest.param(cell, id=cell.name, marks=marks)


@pytest.mark.parametrize("cell", started())
def test_qemu_starts_or_says_what_to_change(cell):
    said = refusal(cell)
    if said:
        assert any(advice in said for advice in ADVICE), said
        keep(cell, said)


def booted():
    keys = None if is_long() else bases.SHORT
    return [cell for cell in cells() if keys is None or cell.key in keys]


@pytest.mark.parametrize("cell", [pytest.param(cell, id=cell.name) for cell in booted()])
def test_base_holds(cell, guests):
    if refusal(cell):
        return
    try:
        guest = guests.get(Machine(machine=cell.machine, firmware=cell.firmware, kernel=bases.KERNEL,
                                   cards=False, append=APPEND, qemu_args=tuple(cell.qemu_args())))  # fmt: skip
        check(guest, cell)
    except GuestError:
        keep(cell, bases.DOWN)
        raise
    except (Exception, pytest.fail.Exception):
        keep(cell, bases.LOST)
        raise
    else:
        keep(cell, bases.HOLDS)
    finally:
        guests.drop()


def check(guest, cell):
    expected = [f"--expect {base:#x}-{base + bases.PORTS - 1:#x}@1234:f96a" for base in cell.cards()]
    with_resets = (cell.machine, cell.firmware, cell.layout) in bases.RESETS
    resets = (guest.reset, guest.reboot) if with_resets else ()
    for reset in (None, *resets):
        if reset:
            reset()
        guest.sh("udevadm settle; pciaddr-check --quiet " + " ".join(expected))
        guest.sh("pciaddr-check --quiet")
        for card in range(len(expected)):
            guest.sh(f"fpga-ctl --device fpga{card} dma --len 4096", matches=["verified"])
