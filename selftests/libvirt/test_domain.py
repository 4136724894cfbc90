# SPDX-License-Identifier: GPL-2.0-or-later
"""The example of a libvirt domain: valid, and started by Debian's libvirt."""

import re

import pytest
from harness import SELFTESTS, TOP
from harness.commands import run, script
from libvirt_daemon import wait_until

EXAMPLE = f"{TOP}/examples/libvirt-domain.xml"
DOMAIN = "fpga-card"


def test_example_is_valid():
    run("virt-xml-validate", EXAMPLE)


@pytest.fixture(scope="module")
def domain(libvirt):
    """The example as a user would edit it: the paths, no KVM, the serial port into a file"""
    run(f"{SELFTESTS}/legacy/make-bootsector", "bootsector.S", libvirt.directory / "disk.img")
    with open(EXAMPLE, encoding="utf-8") as file:
        text = file.read()
    for pattern, new in (
        ("/usr/local/bin/qemu-system-x86_64", script("qemu")),
        ("/var/lib/libvirt/images/fpga-card.img", str(libvirt.directory / "disk.img")),
        ('type="kvm"', 'type="qemu"'),
        (r".*<console.*\n", ""),
        (r'<serial type="pty"/>',
         f'<serial type="file"><source path="{_serial(libvirt)}"/></serial>'),
    ):  # fmt: skip
        text, count = re.subn(pattern, new, text)
        assert count, f"{EXAMPLE} has no {pattern}"
    (libvirt.directory / "domain.xml").write_text(text)
    libvirt.virsh("create", libvirt.directory / "domain.xml")
    yield libvirt
    if DOMAIN in libvirt.virsh("list", "--name"):
        libvirt.virsh("destroy", DOMAIN)


def _serial(libvirt):
    return libvirt.directory / "serial"


def test_libvirtd_of_debian_starts(libvirt):
    pass


def test_virsh_create(domain):
    assert DOMAIN in domain.virsh("list", "--name")


def test_software_with_compiled_in_ports_finds_the_card(domain):
    def said():
        return _serial(domain).read_text(errors="replace") if _serial(domain).exists() else ""

    wait_until(lambda: "boot sector: passed" in said(), 60, lambda: said() + domain.log())


@pytest.mark.parametrize("line", [
    "IO range [0x2000, 0x2fff]", "BAR0: I/O at 0x2000 [0x27ff]", "PCI device 1234:11e8",
])  # fmt: skip
def test_bridge_and_cards_are_where_they_should_be(domain, line):
    """Behind each other, at their addresses"""
    pci = domain.virsh("qemu-monitor-command", DOMAIN, "--hmp", "info pci")
    assert line in pci


def test_virsh_destroy(domain):
    domain.virsh("destroy", DOMAIN)
    assert DOMAIN not in domain.virsh("list", "--name")
