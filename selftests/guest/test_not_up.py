# SPDX-License-Identifier: GPL-2.0-or-later
"""Why a guest did not come up, told soon and once."""

import re

import pytest
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
