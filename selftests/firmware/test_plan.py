# SPDX-License-Identifier: GPL-2.0-or-later
"""What QEMU expects SeaBIOS to do with I/O ports is what SeaBIOS does.

QEMU refuses machines by what it expects (hw/pci/fixed_firmware.c), so on each of these machines
SeaBIOS runs, and its places are compared with QEMU's trace.
"""

import os
import random
import re
import subprocess
import time

import pytest
from harness import is_long
from harness.commands import process, script

TIMEOUT = 120  # for SeaBIOS on a busy machine [s]
# How many random machines of each type
RANDOM = 90 if is_long() else 2
SEED = os.environ.get("FIRMWARE_SEED", "20261127")
ROOT = {"pc": "pci.0", "q35": "pcie.0"}
PLACE = re.compile(r"pci_fixed_firmware_place (.+) devfn (0x[0-9a-f]+) BAR (-?\d+)"
                   r" will be at (0x[0-9a-f]+)\+(0x[0-9a-f]+)")  # fmt: skip
# Fixed windows, and the SMBus controller, which SeaBIOS moves to 0x700 afterwards
UNLIKE = ("dec-21154", "ICH9-SMB")
DONE = re.compile(rb"No bootable device|out of I/O")


def bridges(count, options=""):
    return [f"pci-bridge,id=b{i},chassis_nr={i + 1}{options}" for i in range(count)]


DEC = "dec-21154,id=dec,io-base=0x2000,firmware-check=off"
# Machines whose order and sums are at a limit
MACHINES = [
    [DEC],
    [DEC, "fpga,bus=dec,addr=1,io-base=0x2000"],
    [DEC, *bridges(3)],
    [DEC, *bridges(4)],
    [*bridges(4), DEC, "fpga,bus=dec,addr=1"],
    [DEC, *bridges(8)],
    [DEC, *bridges(2, ",shpc=off")],
    [DEC, "pci-bridge,id=r,chassis_nr=20,io-reserve=0x2800", *bridges(2)],
    ["dec-21154,id=dec,io-base=0xd000,firmware-check=off", "fpga,id=a", "fpga,id=b"],
    [DEC, "pci-bridge,id=p,chassis_nr=20,shpc=off", "pci-bridge,id=q,bus=p,addr=1,chassis_nr=21",
     "fpga,bus=p,addr=2", "fpga,bus=p,addr=3", "fpga,bus=p,addr=4"],
]  # fmt: skip


def random_machine(rng, machine):
    """Bridges and cards in any order, some of them in each other."""
    devices, buses = [DEC], [ROOT[machine]]
    for i in range(rng.randint(2, 9)):
        bus = rng.choice(buses)
        kind = rng.choice(("pci-bridge", "pci-bridge", "fpga", "pci-testdev", "dec-21154", "port"))
        if kind == "port" and machine == "q35":
            devices += [f"pcie-root-port,id=d{i},bus={ROOT[machine]},chassis={i + 30}"]
            devices += [f"fpga,id=e{i},bus=d{i}"] * rng.randint(0, 1)
        elif kind in ("pci-bridge", "dec-21154"):
            options = f",chassis_nr={i + 1}"
            if kind == "pci-bridge":
                options += rng.choice(("", "", ",shpc=off", ",io-reserve=0x1800"))
            # On a bridge, slot 0 is not every bridge's
            slot = "" if bus in ROOT.values() else f",addr={i + 1:x}"
            devices.append(f"{kind},id=d{i},bus={bus}{slot}{options}")
            buses.append(f"d{i}")
        else:
            kind = "fpga" if kind == "port" else kind
            slot = "" if bus in ROOT.values() else f",addr={i + 1:x}"
            devices.append(f"{kind},id=d{i},bus={bus}{slot}")
    return devices


class Run:
    """QEMU with these devices, stopped when SeaBIOS has done its part."""

    def __init__(self, qemu, machine, devices, log):
        command = [
            qemu, "-nodefaults", "-no-user-config", "-display", "none", "-machine", machine,
            "-accel", "tcg", "-m", "64", "-monitor", "stdio", "-trace",
            "pci_fixed_firmware_place", "-device", "isa-debugcon,iobase=0x402,chardev=log",
            "-chardev", f"file,id=log,path={log}",
        ]  # fmt: skip
        for device in devices:
            command += ["-device", device]
        with process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                     stderr=subprocess.PIPE) as child:
            self.firmware = self._wait(child, log)
            out, err = child.communicate(b"info pci\nquit\n", timeout=TIMEOUT)
        self.pci = out.decode(errors="replace")
        self.messages = err.decode(errors="replace")

    @staticmethod
    def _wait(child, log):
        deadline = time.monotonic() + TIMEOUT
        text = b""
        while child.poll() is None and time.monotonic() < deadline:
            if log.exists():
                text = log.read_bytes()
                if DONE.search(text):
                    break
            time.sleep(0.1)
        return text.decode(errors="replace")

    def expected(self):
        """(slot and function, BAR or -1) -> (base, size); what has no size is not placed."""
        places = {}
        for match in PLACE.finditer(self.messages):
            base, size = int(match[4], 16), int(match[5], 16)
            if size and match[1] not in UNLIKE:
                places[int(match[2], 16), int(match[3])] = (base, size)
        return places

    def placed(self):
        """The same of what is on the root bus, as QEMU's registers have it now."""
        places, where = {}, None
        for line in self.pci.splitlines():
            if match := re.match(r"\s+Bus +(\d+), device +(\d+), function (\d+):", line):
                where = int(match[2]) * 8 + int(match[3]) if match[1] == "0" else None
            elif where is not None:
                if match := re.search(r"IO range \[(0x[0-9a-f]+), (0x[0-9a-f]+)\]", line):
                    base, limit = int(match[1], 16), int(match[2], 16)
                    if base <= limit:
                        places[where, -1] = (base, limit + 1 - base)
                elif match := re.search(r"BAR(\d): I/O at (0x[0-9a-f]+) \[(0x[0-9a-f]+)\]", line):
                    base, limit = int(match[2], 16), int(match[3], 16)
                    places[where, int(match[1])] = (base, limit + 1 - base)
        return places


def differences(run):
    """What is not as expected, in lines; windows are as large as their unit at least."""
    placed, lines = run.placed(), []
    for (devfn, bar), (base, size) in run.expected().items():
        unit = 0x1000 if bar < 0 else 1
        end = -(-(base + size) // unit) * unit
        base = base // unit * unit
        found = placed.get((devfn, bar))
        if found != (base, end - base):
            lines.append(f"{devfn >> 3:02x}.{devfn & 7} BAR {bar}: expected {base:#x}-{end - 1:#x},"
                         f" found {found and [hex(number) for number in found]}")
    return lines


def machines():
    """Of each type, those at a limit and random ones, by their names."""
    for machine in ROOT:
        rng = random.Random(f"{SEED} {machine}")
        for devices in MACHINES + [random_machine(rng, machine) for _ in range(RANDOM)]:
            yield pytest.param(machine, devices, id=f"{machine}: {' '.join(devices)}")


@pytest.fixture(scope="module")
def qemu():
    return script("qemu")


@pytest.mark.parametrize("machine, devices", machines())
def test_seabios_places_what_qemu_expects(qemu, tmp_path, machine, devices):
    run = Run(qemu, machine, devices, tmp_path / "log")
    assert "No bootable device" in run.firmware, "SeaBIOS did not come to its end"
    assert run.expected(), f"QEMU expected nothing: {run.messages}"
    assert not differences(run)
