# SPDX-License-Identifier: GPL-2.0-or-later
"""Software that knows only fixed ports: boot sectors of ours, and GRUB."""

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
    run(f"{HERE}/make-bootsector", "bootsector.S", image)
    return image


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_boot_sector_finds_the_card_at_its_compiled_in_ports(qemu, boot_sector, machine):
    assert "boot sector: passed" in boot(qemu, boot_sector, "-M", machine, *CARDS)


def test_boot_sector_says_so_when_there_is_no_card(qemu, boot_sector):
    assert "ID ffffffff is wrong" in boot(qemu, boot_sector, "-M", "pc")


def test_code_that_dma_has_written_over_other_code_is_what_is_run(qemu, tmp_path):
    run(f"{HERE}/make-bootsector", "dma-code.S", tmp_path / "boot.img")
    said = boot(qemu, tmp_path / "boot.img", "-M", "pc", "-accel", "tcg", *CARDS)
    assert "code in card RAM: passed" in said


# QEMU's own cards, which a bridge with hold=on keeps at their ports: what they read as there
# tells them from nothing. (The port of rtl8139's MAC, pcnet's MAC, the interrupt status of
# ne2k_pci and the line status of a UART after reset, virtio's MAC.)
NIC = ",mac=52:54:00:12:34:56,romfile="
STOCK = {
    "rtl8139": (0x2000, 4, 0x12005452, (f"rtl8139,bus=bridge,addr=1{NIC}",)),
    "pcnet": (0x2000, 4, 0x12005452, (f"pcnet,bus=bridge,addr=1{NIC}",)),
    "ne2k_pci": (0x2007, 1, 0x80, (f"ne2k_pci,bus=bridge,addr=1{NIC}",)),
    "pci-serial": (0x2005, 1, 0x60, ("pci-serial,bus=bridge,addr=1",)),
    "transitional virtio-net": (0x2014, 4, 0x12005452, (f"virtio-net-pci,bus=bridge,addr=1{NIC}",)),
    "second of three by slot": (0x2100, 4, 0x12005452, (
        "ES1370,bus=bridge,addr=1,audiodev=quiet", "pci-serial,bus=bridge,addr=3",
        f"rtl8139,bus=bridge,addr=2{NIC}")),
}  # fmt: skip


def boot_stock(qemu, directory, stock, machine, places=""):
    port, count, value, devices = stock
    run(f"{HERE}/make-bootsector", "stock-card.S", directory / "boot.img",
        f"-DPORT={port:#x}", f"-DCOUNT={count}", f"-DVALUE={value:#x}")  # fmt: skip
    options = ["-audiodev", "none,id=quiet",
               "-device", f"dec-21154,id=bridge,addr=4,io-base=0x2000,hold=on{places}"]  # fmt: skip
    for device in devices:
        options += ["-device", device]
    return boot(qemu, directory / "boot.img", "-M", machine, *options)


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("name", STOCK)
def test_boot_sector_finds_a_held_card(qemu, tmp_path, name, machine):
    assert "stock card: found" in boot_stock(qemu, tmp_path, STOCK[name], machine)


def test_boot_sector_finds_a_held_card_at_a_named_port(qemu, tmp_path):
    _, count, value, devices = STOCK["rtl8139"]
    stock = (0x2400, count, value, devices)
    assert "stock card: found" in boot_stock(qemu, tmp_path, stock, "pc", ",hold-at=1=0x2400")


def test_boot_sector_says_so_when_nothing_is_there(qemu, tmp_path):
    assert "stock card: not found" in boot_stock(qemu, tmp_path, (0x2000, 1, 0x52, ()), "pc")


def grub(qemu, directory, config_file, names, options):
    """What GRUB prints with this configuration, in which @NAME@ is replaced."""
    with open(f"{HERE}/{config_file}", encoding="utf-8") as file:
        config = "".join(line for line in file if not line.startswith("#"))
    for name, value in names.items():
        config = config.replace(f"@{name}@", f"{value:#x}")
    (directory / "grub.cfg").write_text(config)
    run("grub-mkimage", "-O", "i386-pc", "-p", "/", "-c", directory / "grub.cfg",
        "-o", directory / "core.img", "biosdisk", "iorw", "serial", "terminal", "echo")
    with open("/usr/lib/grub/i386-pc/boot.img", "rb") as file:
        image = file.read() + (directory / "core.img").read_bytes()
    (directory / "grub.img").write_bytes(image)
    os.truncate(directory / "grub.img", 1 << 20)
    return boot(qemu, directory / "grub.img", "-M", "pc", *options)


@pytest.fixture(scope="module")
def grub_says(qemu, tmp_path_factory):
    names = {"ID_PORT": port("FPGA_ID"), "SCRATCH_PORT": port("FPGA_SCRATCH")}
    return grub(qemu, tmp_path_factory.mktemp("grub"), "grub.cfg", names, CARDS)


def test_inb_of_grub_reads_a_held_card(qemu, tmp_path):
    options = ("-device", "dec-21154,id=bridge,addr=4,io-base=0x2000,hold=on",
               "-device", STOCK["rtl8139"][3][0])  # fmt: skip
    said = grub(qemu, tmp_path, "grub-stock.cfg", {"PORT": 0x2000, "NEXT": 0x2001}, options)
    assert "mac=52 54" in said


def test_inl_of_grub_reads_the_id_of_the_card(grub_says):
    assert f"id={REGISTERS['FPGA_ID_VALUE']:x}" in grub_says


def test_outl_of_grub_reaches_the_scratch_register(grub_says):
    assert "scratch=a55aedcb" in grub_says
