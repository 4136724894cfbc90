# SPDX-License-Identifier: GPL-2.0-or-later
"""Software that knows only the fixed ports: a boot sector of ours, and GRUB."""

import os
import subprocess

import pytest
from harness import SELFTESTS
from harness.cards import REGISTERS
from harness.commands import process, run, script

HERE = f"{SELFTESTS}/legacy"
CARDS = ("-device", "dec-21154,id=bridge,addr=4,io-base=0x2000",
         "-device", "fpga,bus=bridge,addr=1,io-base=0x2000")  # fmt: skip


@pytest.fixture(scope="module")
def qemu():
    return script("qemu")


def port(register):
    return REGISTERS["FPGA_IO_BASE"] + REGISTERS[register]


def boot(qemu, image, *options):
    """What the machine says on its serial port, from a disk."""
    argv = (
        qemu, "-display", "none", "-nodefaults", "-no-reboot", "-serial", "stdio", "-monitor", "none",
        "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
        "-drive", f"file={image},format=raw,if=none,id=disk,snapshot=on",
        "-device", "virtio-blk-pci,drive=disk,bootindex=0", *options,
    )  # fmt: skip
    with process(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        # It ends the machine by isa-debug-exit, or by halting it.
        try:
            said, _ = child.communicate(timeout=60)
        except subprocess.TimeoutExpired as expired:
            said = expired.stdout or b""
    said = said.decode(errors="replace").replace("\r", "")
    print(said)
    return said


@pytest.fixture(scope="module")
def boot_sector(tmp_path_factory):
    image = tmp_path_factory.mktemp("boot") / "boot.img"
    run(f"{HERE}/make-bootsector", image)
    return image


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_boot_sector_finds_the_card_at_its_compiled_in_ports(qemu, boot_sector, machine):
    assert "boot sector: passed" in boot(qemu, boot_sector, "-M", machine, *CARDS)


def test_boot_sector_says_so_when_there_is_no_card(qemu, boot_sector):
    assert "ID ffffffff is wrong" in boot(qemu, boot_sector, "-M", "pc")


@pytest.fixture(scope="module")
def grub_says(qemu, tmp_path_factory):
    """What GRUB prints with grub.cfg."""
    directory = tmp_path_factory.mktemp("grub")
    with open(f"{HERE}/grub.cfg", encoding="utf-8") as file:
        config = "".join(line for line in file if not line.startswith("#"))
    config = config.replace("@ID_PORT@", f"{port('FPGA_ID'):#x}")
    config = config.replace("@SCRATCH_PORT@", f"{port('FPGA_SCRATCH'):#x}")
    (directory / "grub.cfg").write_text(config)
    run("grub-mkimage", "-O", "i386-pc", "-p", "/", "-c", directory / "grub.cfg",
        "-o", directory / "core.img", "biosdisk", "iorw", "serial", "terminal", "echo")
    with open("/usr/lib/grub/i386-pc/boot.img", "rb") as file:
        image = file.read() + (directory / "core.img").read_bytes()
    (directory / "grub.img").write_bytes(image)
    os.truncate(directory / "grub.img", 1 << 20)
    return boot(qemu, directory / "grub.img", "-M", "pc", *CARDS)


def test_inl_of_grub_reads_the_id_of_the_card(grub_says):
    assert f"id={REGISTERS['FPGA_ID_VALUE']:x}" in grub_says


def test_outl_of_grub_reaches_the_scratch_register(grub_says):
    assert "scratch=a55aedcb" in grub_says
