# SPDX-License-Identifier: GPL-2.0-or-later
"""Why a guest did not come up, told soon and once."""

import re
import socket

import pytest
from guest.qmp import Qmp
from test_command_line import call

# The wait for a machine that has not stopped [s]: many times as long as it takes to see that one
# has, so that the two are told apart on a slow host as well.
WAIT = "900"

# Each bridge gets a window of 4 KiB: more than there are I/O ports
CROWD = " ".join(f"-device pci-bridge,id=crowd{number},chassis_nr={number + 1},addr={number + 6:#x}"
                 for number in range(17))


def why(*arguments):
    """What is said of a guest that does not come up."""
    done = call("--timeout", WAIT, *arguments, "--", "true")
    said = done.stderr.decode()
    assert done.returncode == 125, said
    assert not done.stdout
    assert f"waited {WAIT} s" not in said, said
    assert "once more" not in said, said
    assert not re.search(r"[^\n\t -~]", said.replace("’", "")), repr(said)
    return said


def test_firmware_without_io_ports_is_quoted():
    said = why("--no-cards", "--qemu-args", CROWD)
    assert re.search(r"^guest: firmware stopped: 'PCI: out of I/O address space'.*another fixed base",
                     said, re.MULTILINE), said
    assert "console is empty" in said


# Machine code that a kernel consists of
CODE = {
    "halted": (b"\xfa\xf4\xeb\xfd", "its processors are halted"),  # cli; hlt; jmp to hlt
    "in a loop": (b"\xeb\xfe", "its processors stay in one place"),  # jmp to itself
}


def write_kernel(path, code):
    """A kernel as the protocol Multiboot has it, loaded at 1 MiB."""
    base, magic, flags = 0x100000, 0x1BADB002, 0x10000
    head = [magic, flags, -(magic + flags) & 0xFFFFFFFF, base, base, 0, 0, base + 32]
    path.write_bytes(b"".join(word.to_bytes(4, "little") for word in head) + code)


@pytest.mark.parametrize("state", CODE)
def test_a_machine_that_stands_still_is_told_from_a_slow_one(tmp_path, state):
    code, told = CODE[state]
    kernel = tmp_path / "kernel"
    write_kernel(kernel, code)
    said = why("--qemu-args", f"-kernel {kernel}")
    assert "stopped in firmware, or before the kernel's first message" in said
    assert told in said
    assert "console is empty" in said
    assert "what firmware said" in said and "Booting from ROM" in said


def test_a_panic_is_told_with_its_first_line_and_the_console_is_kept():
    said = why("--append", "init=/no/such rdinit=/no/such")
    assert re.search(r"^guest: its kernel says: Kernel panic - not syncing", said, re.MULTILINE), said
    path = re.search(r"whole console is in (\S+)", said)[1]
    with open(path, encoding="utf-8", errors="replace") as file:
        assert "Kernel panic - not syncing" in file.read()


def test_what_qemu_said_before_it_ended_is_quoted():
    said = why("--qemu-args", "-device no-such-device")
    assert "QEMU ended with status 1" in said
    assert "no-such-device" in said


def fixed(*ports, slot=4, more=""):
    """Options for a window at the first of these ports, with a card at each of them."""
    cards = "".join(f" -device fpga,bus=dec,addr={i},io-base={port:#x}" for i, port in enumerate(ports, 1))
    return f"{more} -device dec-21154,id=dec,addr={slot:#x},io-base={ports[0] & 0xf000:#x}{cards}"


FOUR_BEFORE = " ".join(f"-device pci-bridge,id=b{i},chassis_nr={i + 2},addr={i + 5:#x}" for i in range(4))
# What QEMU must refuse: guest's options, QEMU's, and what is said of it
REFUSED = {
    "SeaBIOS gives the window to a bridge before it": (
        (), fixed(0x3000, slot=15, more=FOUR_BEFORE), r"fixed ports 0x3000-0x3fff to pci-bridge 'b\d'.*addr="),
    "OVMF may give the window to a bridge before it": (
        ("--machine", "q35", "--firmware", "ovmf"),
        fixed(0x7000, slot=15, more=FOUR_BEFORE),
        r"fixed ports 0x7000-0x7fff to pci-bridge 'b\d'.*addr="),
    "ports of the machine": ((), fixed(0xA000, 0xA800), r"0xa800-0xafff overlap the machine's 'acpi-"),
    "power management of OVMF": (("--firmware", "ovmf"), fixed(0xB000), "power management and SMBus"),
    "a card outside its window": (
        (), fixed(0x5000) + " -device fpga,bus=dec,addr=9,io-base=0x6800", "0x6800"),
    "two cards at the same ports": (
        (), fixed(0x9000, 0x9800) + " -device fpga,bus=dec,addr=9,io-base=0x9800", "0x9800-0x9fff"),
    "no room for what is to be held": (
        (), "-device dec-21154,id=dec,addr=4,io-base=0x4000,hold=on"
        + "".join(f" -device fpga,bus=dec,addr={i}" for i in (1, 2, 3)),
        "window 0x4000-0x4fff has no room for BAR 0"),
    "a place in no unit of its BAR": (
        (), "-device dec-21154,id=dec,addr=4,io-base=0x4000,hold=on,hold-at=1=0x4100 -device fpga,bus=dec,addr=1",
        "0x4100 is not a multiple of 0x800"),
    "a memory window over the machine's memory": (
        (), "-device dec-21154,addr=4,mem-base=0x10000000", "0x10000000-0x100fffff"),
}  # fmt: skip


def test_qemu_that_ends_before_it_is_asked_is_no_broken_pipe():
    """It would be taken for the end of what reads our output, and nothing be said."""
    ours, its = socket.socketpair()
    its.close()
    monitor = Qmp(ours)
    monitor.send("query-status")
    assert not ours.recv(1)
    ours.close()


@pytest.mark.parametrize("what", REFUSED)
def test_what_qemu_refuses_is_said_at_once(what):
    options, devices, told = REFUSED[what]
    said = why(*options, "--no-cards", "--qemu-args", devices)
    assert "QEMU ended with status 1" in said
    assert re.search(told, said), said
