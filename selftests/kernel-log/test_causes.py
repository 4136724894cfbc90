# SPDX-License-Identifier: GPL-2.0-or-later
"""Each cause that pciaddr-check tells of a kernel's log, with each remedy that it advises.

The machines are shown by QEMU's pci-shape (scripts/guest --pci-from), so that firmware has done
what it did on machines of that kind. Each is booted as it is, in which the finding must come, with
the remedy in its advice; then with the remedy, with which it must not.
"""

import contextlib
import dataclasses
import json
import pathlib

import pytest
from emulate import kinds
from guest import Guest, Machine, replay
from shortage import failures, found

KIB, MIB = 1 << 10, kinds.MIB
PORTS = ("io  0x0000-0x0cf7", "io  0x0d00-0xffff")
MEMORY = "mem 0xc0000000-0xdfffffff"
# Debian's, besides that of the release
KERNELS = ("6.12", "7.3")


@dataclasses.dataclass
class Cause:
    """A machine in which the kernel finds no place for something."""

    text: str
    # of pciaddr-check: the check, and words of its finding and advice
    check: str
    words: tuple
    # name: the kernel's options, and what is done when the guest is up
    remedies: dict
    windows: tuple = (*PORTS, MEMORY)
    # more of the log beside the dump
    log: str = ""
    # the kernel's options without the remedy
    append: tuple = ()
    # of machine.cfg and qemu.args
    replaced: tuple = ()
    # where something is plugged in, and what
    late: tuple = ()

    def source(self, directory):
        dump = pathlib.Path(directory, "machine")
        dump.write_text(self.text, encoding="utf-8")
        lines = ["PCI host bridge to bus 0000:00",
                 *(f"pci_bus 0000:00: root bus resource [{window} window]" for window in self.windows),
                 "pci_bus 0000:00: root bus resource [bus 00-ff]"]
        pathlib.Path(directory, "machine.dmesg").write_text(
            "".join(f"[    0.100000] {line}\n" for line in lines) + self.log, encoding="utf-8")
        return str(dump)


def machine():
    made = kinds.Machine()
    made.add("00:00.0", (0x8086, 0x29C0), 0x060000)
    return made


def root_port(made, slot="00:1c.0", buses=(0, 1, 1), slot_in="full", **windows):
    return made.port(slot, (0x8086, 0x9D10), kinds.ROOT_PORT, buses, slot_in, **windows)


def card(made, slot="01:00.0", **options):
    return made.add(slot, (0x1234, 2), 0x020000, **options).express(kinds.ENDPOINT)


def small_window():
    made = machine()
    root_port(made, memory=(0xC0000000, MIB))
    card(made).bar(0, 0xC0000000, 4 * KIB).bar(1, 0, 4 * MIB)
    return made.text()


def small_ports():
    made = machine()
    root_port(made, io=(0x1000, 4 * KIB))
    card(made).bar(0, 0, 8 * KIB, "io")
    return made.text()


def outside_small_window():
    made = machine()
    root_port(made, memory=(0xC0000000, MIB))
    card(made).bar(0, 0xD0000000, 4 * MIB)
    return made.text()


def virtual_functions():
    """Of 4 MiB together, in a window of 1 MiB"""
    made = machine()
    root_port(made, memory=(0xC0000000, MIB))
    found = card(made, size=4096).bar(0, 0xC0000000, 4 * KIB)
    found.put(0x100, 4, 0x00010010)
    for at, value in ((0x0C, 4), (0x0E, 4), (0x14, 1), (0x16, 1), (0x1A, 3), (0x1C, 0x553), (0x20, 1)):
        found.put(0x100 + at, 2, value)
    return made.text()


VIRTUAL_LOG = """\
[    0.200000] pci 0000:01:00.0: [1234:0002] type 00 class 0x020000
[    0.200000] pci 0000:01:00.0: VF BAR 0 [mem 0x00000000-0x000fffff]
[    0.200000] pci 0000:01:00.0: VF BAR 0 [mem 0x00000000-0x003fffff]: contains BAR 0 for 4 VFs
"""


def on_the_root_bus():
    made = machine()
    made.add("00:02.0", (0x1234, 2), 0x020000).bar(0, 0, 4 * KIB)
    return made.text()


def no_buses():
    """A switch below a port to which firmware has given one bus"""
    made = machine()
    root_port(made, memory=(0xC0000000, MIB))
    made.port("01:00.0", (0x10B5, 0x8747), kinds.UPSTREAM, (0, 0, 0))
    return made.text()


def half_full_switch():
    """Firmware has opened nothing: Linux makes the windows, and a card is in one of two slots."""
    made = machine()
    root_port(made, buses=(0, 1, 8), slot_in=None)
    switch = (0x10B5, 0x8747)
    made.port("01:00.0", switch, kinds.UPSTREAM, (1, 2, 8))
    made.port("02:00.0", switch, kinds.DOWNSTREAM, (2, 3, 3), "full")
    made.port("02:01.0", switch, kinds.DOWNSTREAM, (2, 4, 8), "empty")
    card(made, "03:00.0").bar(0, 0, MIB).bar(1, 0, 256, "io")
    return made.text()


def late_card(memory=0, ports=0, kind="mem"):
    made = kinds.Machine()
    late = card(made, "04:00.0")
    if memory:
        late.bar(0, 0, memory, kind)
    if ports:
        late.bar(1, 0, ports, "io")
    return made.text()


def empty_ports(count):
    """Firmware has given 4 KiB of I/O to each port whose slot is empty, and none to a card's."""
    made = machine()
    for number in range(count):
        root_port(made, f"00:{number + 1:02x}.0", (0, number + 1, number + 1), "empty",
                  io=(0x8000 + number * 4 * KIB, 4 * KIB))
    root_port(made, "00:0a.0", (0, 10, 10))
    card(made, "0a:00.0").bar(1, 0, 256, "io")
    return made.text()


FEW_PORTS = ("io  0x8000-0xbfff", MEMORY)
REMOVE_AND_RESCAN = ("echo 1 >/sys/bus/pci/devices/0000:00:1c.0/remove; sleep 1; "
                     "echo 1 >/sys/bus/pci/rescan")  # fmt: skip
# Firmware's date: Linux takes what e820 reserves out of the windows of machines before 2023.
OLD_FIRMWARE = (("date=01/01/2024", "date=01/01/2018"),)
REALLOC = {"realloc": ("pci=realloc",)}

CAUSES = {
    "window too small": Cause(
        small_window(), "log-no-space", ("BAR 1", "3 MiB are missing", "pci=realloc"), REALLOC),
    "I/O window too small": Cause(
        small_ports(), "log-no-space", ("BAR 0", "4 KiB are missing", "pci=realloc"), REALLOC),
    "BAR outside, window too small": Cause(
        outside_small_window(), "log-no-space", ("BAR 0", "3 MiB are missing", "pci=realloc"), REALLOC),
    # Debian's kernels would turn this on by themselves.
    "virtual functions": Cause(
        virtual_functions(), "log-no-space", ("VF BAR 0", "its virtual functions do not", "pci=realloc"),
        REALLOC, log=VIRTUAL_LOG, append=("pci=realloc=off",)),
    "reserved by e820": Cause(
        on_the_root_bus(), "log-no-space", ("BAR 0", "pci=no_e820", "pci=nocrs"),
        {"no_e820": ("pci=no_e820",), "nocrs": ("pci=nocrs",)},
        windows=(*PORTS, "mem 0xb8000000-0xbbffffff"), replaced=OLD_FIRMWARE),
    "no bus numbers": Cause(
        no_buses(), "log-bus-numbers", ("pci=assign-busses",), {"assign-busses": ("pci=assign-busses",)}),
    "late card": Cause(
        half_full_switch(), "log-no-space", ("0000:04:00.0", "BAR 0", "64 MiB", "hpmmiosize=", "rescan"),
        {"hpmmiosize": ("pci=hpmmiosize=128M",), "rescan": REMOVE_AND_RESCAN},
        late=("0000:04:00", late_card(memory=64 * MIB))),
    "late prefetchable card": Cause(
        half_full_switch(), "log-no-space", ("0000:04:00.0", "BAR 0", "64 MiB", "hpmmioprefsize=", "rescan"),
        {"hpmmioprefsize": ("pci=hpmmioprefsize=128M",), "rescan": REMOVE_AND_RESCAN},
        late=("0000:04:00", late_card(memory=64 * MIB, kind="mem 64 pref"))),
    "late card with ports": Cause(
        half_full_switch(), "log-no-space", ("0000:04:00.0", "BAR 1", "8 KiB", "hpiosize=", "rescan"),
        {"hpiosize": ("pci=hpiosize=16K",), "rescan": REMOVE_AND_RESCAN},
        late=("0000:04:00", late_card(ports=8 * KIB))),
    "ports of empty slots": Cause(
        empty_ports(4), "log-no-space", ("0000:0a:00.0 BAR 1", "fewer ports"),
        {}, windows=FEW_PORTS),
    "fewer ports": Cause(empty_ports(3), "", (), {"none": ()}, windows=FEW_PORTS),
}  # fmt: skip


def replace(directory, replaced):
    for old, new in replaced:
        for name in (replay.DEVICES, replay.ARGUMENTS):
            path = pathlib.Path(directory, name)
            text = path.read_text(encoding="utf-8")
            if old in text:
                path.write_text(text.replace(old, new), encoding="utf-8")
                break
        else:
            raise AssertionError(f"neither {replay.DEVICES} nor {replay.ARGUMENTS} has {old}")


@contextlib.contextmanager
def booted(cause, append, kernel, tmp_path):
    with replay.machine_of(cause.source(tmp_path)) as directory:
        replace(directory, cause.replaced)
        with Guest(Machine(replay=directory, append=append, kernel=kernel)) as guest:
            guest.boot()
            if cause.late:
                plug(guest, *cause.late, tmp_path)
            yield guest


def plug(guest, slot, text, tmp_path):
    path = pathlib.Path(tmp_path, "card")
    path.write_text(text, encoding="utf-8")
    replay.hot_add(guest, f"{slot}={path}")
    shown = guest.run("sh", "-c", "for n in $(seq 300); do dmesg | grep -qE "
                      f"'pci {slot}.0: BAR . .*(assigned|failed to assign)' && exit; sleep .2; done; "
                      "exit 1")  # fmt: skip
    assert shown.status == 0, f"no BAR was tried of the card in {slot}"
    guest.run("sleep", "1")


def report(guest):
    said = guest.run("sh", "-c", "dmesg >/tmp/log; pciaddr-check --dmesg /tmp/log --format json").stdout
    print(guest.run("sh", "-c", "pciaddr-check --quiet --dmesg /tmp/log; grep -E 'root bus resource|"
                    "(BAR|window|resource).*(assign|space|claim|released)' /tmp/log")
          .stdout.decode(errors="replace"))  # fmt: skip
    return json.loads(said)["machines"][0]


def shows(name, kernel, tmp_path):
    cause = CAUSES[name]
    with booted(cause, cause.append, kernel, tmp_path) as guest:
        said = report(guest)
    assert found(said, cause.check, "fail", *cause.words), failures(said)


def helps(name, remedy, kernel, tmp_path):
    cause = CAUSES[name]
    done = cause.remedies[remedy]
    append, command = (cause.append, done) if isinstance(done, str) else (done, None)
    with booted(cause, append, kernel, tmp_path) as guest:
        if command:
            guest.run("sh", "-c", command)
            guest.run("sleep", "2")
        said = report(guest)
    # Virtual functions without an address are what realloc=off costs.
    left = [finding for finding in failures(said)
            if finding["check"] == cause.check or finding["severity"] != "low"]  # fmt: skip
    assert not left, left


FINDINGS = [name for name, cause in CAUSES.items() if cause.check]
REMEDIES = [(name, remedy) for name, cause in CAUSES.items() for remedy in cause.remedies]


@pytest.mark.parametrize("name", FINDINGS)
def test_cause_is_found(name, tmp_path):
    shows(name, None, tmp_path)


@pytest.mark.parametrize("name, remedy", REMEDIES)
def test_remedy_helps(name, remedy, tmp_path):
    helps(name, remedy, None, tmp_path)


@pytest.mark.long("the same on two more kernels")
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("name", FINDINGS)
def test_cause_is_found_on_another_kernel(name, kernel, tmp_path):
    shows(name, kernel, tmp_path)


@pytest.mark.long("the same on two more kernels")
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("name, remedy", REMEDIES)
def test_remedy_helps_on_another_kernel(name, remedy, kernel, tmp_path):
    helps(name, remedy, kernel, tmp_path)
