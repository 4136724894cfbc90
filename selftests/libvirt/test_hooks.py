# SPDX-License-Identifier: GPL-2.0-or-later
"""The examples of hooks, under a libvirtd: a domain whose device has moved is caught."""

import re

import pytest
from harness import TOP
from harness.commands import run, script

NAME = "shop_web"  # as KubeVirt names a domain: namespace and machine
MOVED = "0x0b"
XML = """\
<domain type="qemu">
  <name>{name}</name>
  <uuid>6c1f1d0e-5d0a-4e3b-9a53-0c6d7f8e2b41</uuid>
  <memory unit="MiB">64</memory>
  <os><type arch="x86_64" machine="pc">hvm</type></os>
  <features><acpi/></features>
  <devices>
    <emulator>{qemu}</emulator>
    <controller type="usb" model="none"/>
    <rng model="virtio">
      <backend model="random">/dev/urandom</backend>
      <address type="pci" domain="0" bus="0" slot="{slot}" function="0"/>
    </rng>
    <controller type="virtio-serial"/>
    <memballoon model="none"/>
  </devices>
</domain>
"""


@pytest.fixture
def domain(libvirt):
    """define(slot="0x07"): the domain, with a device in this slot; nothing remains of it."""

    def define(slot="0x07"):
        file = libvirt.directory / "hooked.xml"
        file.write_text(XML.format(name=NAME, qemu=script("qemu"), slot=slot))
        libvirt.virsh("define", file)

    yield define
    for file in libvirt.domains.iterdir():
        file.unlink()
    if libvirt.is_running(NAME):
        libvirt.virsh("destroy", NAME)
    libvirt.virsh("undefine", NAME)


def recorded(libvirt, to):
    to.write_text(libvirt.virsh("dumpxml", NAME))


def refused(libvirt, *matches):
    """The start fails, libvirt passes on what the hook has said, and nothing runs."""
    said = libvirt.virsh("start", "--paused", NAME, status=1, matches=[r"[Hh]ook script execution failed"])
    for match in matches:
        assert re.search(match, said), f"{match} is not in:\n{said}"
    assert not libvirt.is_running(NAME)


def test_domain_as_recorded_starts_and_is_as_asked_for(libvirt, domain):
    domain()
    recorded(libvirt, libvirt.domains / f"{NAME}.xml")
    libvirt.virsh("start", "--paused", NAME)
    qmp = libvirt.directory / "hooked.qmp"
    qmp.write_text(libvirt.virsh("qemu-monitor-command", NAME, "--pretty", '{"execute": "query-pci"}'))
    run(libvirt.tools / "pciaddr-check", "--diff", libvirt.domains / f"{NAME}.xml", qmp,
        "--ignore", "new", status=range(0, 4, 3))
    run(libvirt.tools / "pciaddr-check", "-n", "--tree", "--qmp", qmp, matches=["07.0  1af4:1005.*rng0"])


def test_domain_whose_device_has_moved_does_not_start(libvirt, domain):
    domain()
    recorded(libvirt, libvirt.domains / f"{NAME}.xml")
    domain(MOVED)
    refused(libvirt, f"{NAME}: devices have moved since .*{NAME}.xml was written", "diff-relocated",
            r"0b\.0")
    domain()
    libvirt.virsh("start", "--paused", NAME)


SPEC = """\
version: 1
devices:
  - {{name: rng, select: "1af4:1005"}}
  - {{name: rng, select: "0000:00:{slot}.0", id: "1af4:1005"}}
"""


def test_specification_is_met_or_the_domain_does_not_start(libvirt, domain):
    spec = libvirt.domains / f"{NAME}.yaml"
    domain()
    spec.write_text(SPEC.format(slot="0b"))
    refused(libvirt, f"{NAME}: the domain is not as .*{NAME}.yaml says", "no device is rng")
    domain(MOVED)
    libvirt.virsh("start", "--paused", NAME)


def test_specification_that_is_none_is_told_with_its_line(libvirt, domain):
    domain()
    (libvirt.domains / f"{NAME}.yaml").write_text("version: 1\ndevices:\n  - {selcet: x}\n")
    refused(libvirt, rf"{NAME}\.yaml:3:\d+: .*'selcet'.*'select'")


def test_domain_without_a_record_starts(libvirt, domain):
    domain(MOVED)
    libvirt.virsh("start", "--paused", NAME)


# Of kubectl, what the check asks for: the pod of the machine, and virsh in it
KUBECTL = """\
#!/bin/sh
set -eu
[ "$1 $2" = "--namespace shop" ]
shift 2
case "$1" in
get)
	case "$*" in
	*vm.kubevirt.io/name=web*) echo virt-launcher-web-x7k2p ;;
	esac ;;
exec)
	[ "$2 $3 $4 $5 $6" = "virt-launcher-web-x7k2p --container compute -- virsh" ]
	shift 6
	exec virsh -c '{uri}' "$@" ;;
esac
"""


def test_kubevirt_machine_that_was_made_anew(libvirt, domain, tmp_path):
    (tmp_path / "kubectl").write_text(KUBECTL.format(uri=libvirt.uri))
    (tmp_path / "kubectl").chmod(0o755)
    record = tmp_path / "web.xml"

    def check(status, *matches, machine="web"):
        run(f"{TOP}/examples/hooks/kubevirt-addresses", "shop", machine, record, status=status,
            matches=matches, env={"PATH": f"{tmp_path}:{libvirt.path()}"})

    check(3, "no virt-launcher pod of shop/other runs", machine="other")
    domain()
    libvirt.virsh("start", "--paused", NAME)
    check(0, "^recorded: ")
    check(0)
    libvirt.virsh("destroy", NAME)
    domain(MOVED)
    libvirt.virsh("start", "--paused", NAME)
    check(1, r"diff-relocated.*0b\.0")
