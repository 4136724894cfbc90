# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of bases.py: each machine boots and holds, or QEMU refuses it and says what to change.

MATRIX_RESULTS names a file that is to keep what came of each, for "page".
"""

import subprocess

import bases
import firmwares
import pytest
import results
from column import TIMEOUT
from guest import Machine
from guest.images import prepare
from harness import is_long
from harness.guests import APPEND

# What a refusal must name: what is to be changed, or what is in the way
ADVICE = ("give it a slot below", "shpc=off", "use others", "overlap the machine's")


def refusal(shared):
    """What QEMU says when it does not start a machine with these cells; or nothing."""
    images = prepare(bases.KERNEL, firmware=shared[0].firmware, is_small=True)
    firmware = images["firmware"]
    command = [images["qemu"], "-nodefaults", "-no-user-config", "-display", "none", "-S",
               "-machine", shared[0].machine, "-monitor", "stdio", "-L", firmware.directory,
               "-L", "/usr/share/seabios", "-L", "/usr/share/qemu", *bases.qemu_args(shared)]  # fmt: skip
    if firmware.bios:
        command += ["-bios", firmware.bios]
    run = subprocess.run(command, input=b"quit\n", capture_output=True, timeout=60, check=False)
    said = run.stderr.decode(errors="replace").strip()
    assert (run.returncode == 0) == (not said), f"status {run.returncode}: {said}"
    return said


LONG = pytest.mark.long("the same bases on other machines")


def keep(cell, outcome):
    results.add("bases", {(cell.name, "boot"): outcome})


def started():
    """All cells; in the short run each base and layout on two of the machines."""
    for cell in bases.cells(firmwares.chosen()):
        marks = () if (cell.machine, cell.firmware) in bases.SHORT_MACHINES else LONG
        yield pytest.param(cell, id=cell.name, marks=marks)


@pytest.mark.parametrize("cell", started())
def test_qemu_starts_or_says_what_to_change(cell):
    said = refusal([cell])
    if said:
        assert any(advice in said for advice in ADVICE), said
        keep(cell, said)


def booted():
    for shared in bases.machines(firmwares.chosen()):
        chosen = [cell for cell in shared if is_long() or cell.key in bases.SHORT]
        if chosen:
            yield pytest.param(chosen, id="; ".join(cell.name for cell in chosen))


@pytest.mark.parametrize("shared", booted())
def test_base_holds(shared, guests, subtests):
    known = results.known("bases")
    shared = [cell for cell in shared if known.get((cell.name, "boot")) != bases.HOLDS]
    if not shared:
        pytest.skip("MATRIX_RESULTS has it")
    shared = [cell for cell in shared if not refusal([cell])]
    if not shared:
        return
    assert not refusal(shared), refusal(shared)
    first = shared[0]
    outcomes = dict.fromkeys(shared, bases.DOWN)
    try:
        guest = guests.get(Machine(machine=first.machine, firmware=first.firmware, kernel=bases.KERNEL, small=True,
                                   cards=False, append=APPEND, qemu_args=tuple(bases.qemu_args(shared))),
                           timeout=TIMEOUT)  # fmt: skip
        outcomes = dict.fromkeys(shared, bases.HOLDS)
        for reset in resets(guest, first):
            if reset:
                reset()
            for number, cell in enumerate(shared):
                if outcomes[cell] == bases.HOLDS:
                    outcomes[cell] = bases.LOST
                    with subtests.test(f"{cell.name}{', ' + reset.__name__ if reset else ''}"):
                        check(guest, number, cell)
                        outcomes[cell] = bases.HOLDS
    finally:
        for cell, outcome in outcomes.items():
            keep(cell, outcome)
        guests.drop()


def resets(guest, cell):
    """What happens to the machine: None is its boot."""
    with_resets = (cell.machine, cell.firmware, cell.layout) in bases.RESETS
    return (None, guest.reset, guest.reboot) if with_resets else (None,)


def check(guest, number, cell):
    """number: which of the machine's windows it is"""
    cards = cell.cards()
    expected = [f"--expect {base:#x}-{base + bases.PORTS - 1:#x}@1234:f96a" for base in cards]
    guest.sh(f"pciaddr-check --quiet {' '.join(expected)} && pciaddr-check --quiet")
    for card in range(len(cards)):
        guest.sh(f"fpga-ctl --device fpga{number * len(cards) + card} dma --len 4096", matches=["verified"])
