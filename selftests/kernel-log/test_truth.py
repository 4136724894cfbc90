# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine that is made of a guest's kernel log is the one that its sysfs shows, field by field.

What a log does not say is listed below; everything else is compared, and what differs is printed.
"""

import pytest

from shortage import bridges, devices, machine, nested_bridges, report, root_ports

# revision and subsystem ids, drivers that say nothing, registers
NOT_IN_A_LOG = {"diff-identity", "diff-driver", "diff-command", "diff-link", "diff-noise"}

# No address is among them, so that all of these were compared.
COMPARED = ("diff-gone", "diff-new", "diff-relocated", "diff-renumbered", "diff-moved", "diff-resized",
            "diff-shrunk", "diff-grown")  # fmt: skip

CARDS_BELOW = devices("e1000,bus=bridge2,addr=1,romfile=", "edu,bus=bridge1,addr=2")
MANY_BARS = devices("pci-testdev,membar=1G,addr=0x10", "e1000,addr=0x11,romfile=", "pci-serial-4x,addr=0x12",
                    "piix4-usb-uhci,addr=0x13", "virtio-net-pci,addr=0x14,romfile=")  # fmt: skip
BELOW_PORTS = devices("nvme,serial=one,bus=port1", "pcie-pci-bridge,id=pci,bus=port2",
                      "rtl8139,bus=pci,addr=3,romfile=", "x3130-upstream,id=up,bus=port3",
                      "xio3130-downstream,id=down,bus=up,chassis=50",
                      "virtio-net-pci,bus=down,romfile=")  # fmt: skip

MACHINES = [
    machine(qemu_args=nested_bridges(3) + CARDS_BELOW + MANY_BARS),
    machine(machine="q35", qemu_args=root_ports(17) + BELOW_PORTS),
]

# The same on other kernels and firmware
MORE = [
    machine(qemu_args=bridges(3), kernel="6.12"),
    machine(machine="q35", qemu_args=root_ports(17) + BELOW_PORTS, kernel="6.12"),
    machine(machine="q35", qemu_args=root_ports(17) + BELOW_PORTS, kernel="7.3", release="trixie"),
    machine(machine="q35", qemu_args=root_ports(5) + BELOW_PORTS, firmware="ovmf"),
    machine(qemu_args=devices("pxb,id=pxb,bus_nr=128,addr=8", "e1000,bus=pxb,addr=1,romfile=")),
]


def wait_for_nvme(count):
    return (f"for n in $(seq 300); do [ $(lspci -n -d ::0108 | wc -l) = {count} ] && exit; sleep .2; "
            "done; exit 1")  # fmt: skip


def compare(guest, unplugged=None):
    """unplugged: a device of which the kernel has not said that it is gone"""
    difference = report(guest, "--severity low --diff - live")
    listed = [f"{finding['status']} {finding['check']} {finding.get('device')} {finding['message']}"
              for finding in difference["findings"]]  # fmt: skip
    print("\n".join(listed))
    changed = [line for line in listed if line.startswith("fail")]
    if unplugged:
        assert changed == [f"fail diff-gone {unplugged} the device is gone"]
        return
    assert not changed, f"the log's machine is another than that of sysfs: {changed}"
    # IDE in compatibility mode has fixed ports, and none in its registers.
    ide = guest.run("sh", "-c", "lspci -D -n -d ::0101 | cut -d ' ' -f 1").stdout.decode().split()
    unknown = {(finding["check"], finding.get("device")) for finding in difference["findings"]
               if finding["status"] == "unknown" and finding["check"] not in NOT_IN_A_LOG}  # fmt: skip
    assert unknown <= {("diff-unassigned", device) for device in ide}
    functions = len(guest.run("ls", "/sys/bus/pci/devices").stdout.split())
    assert difference["functions"] == difference["old"]["functions"] == functions
    passes = {check["check"]: check["pass"] for check in difference["checks"]}
    assert all(passes.get(check) for check in COMPARED), passes


@pytest.mark.parametrize("boot", [
    pytest.param(index, marks=mark) for index, mark in enumerate(MACHINES)
])  # fmt: skip
def test_log_is_sysfs(guest, boot):
    compare(guest)


@pytest.mark.long("boots five machines more")
@pytest.mark.parametrize("boot", [
    pytest.param(index, marks=mark) for index, mark in enumerate(MORE)
])  # fmt: skip
def test_log_is_sysfs_elsewhere(guest, boot):
    compare(guest)


def plug_and_unplug(guest, silent=False):
    """silent: the kernel says nothing of a device that goes"""
    guest.plug("nvme,serial=two,id=late,bus=port5")
    guest.sh(wait_for_nvme(2))
    compare(guest)
    slot = guest.sh("lspci -D -n -d ::0108 | tail -n 1").split()[0]
    guest.unplug("late")
    guest.sh(wait_for_nvme(1))
    compare(guest, slot if silent else None)


@machine(machine="q35", qemu_args=root_ports(17) + BELOW_PORTS + [
    "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"])  # fmt: skip
@pytest.mark.spoils_guest
def test_log_is_sysfs_after_hot_plug(guest):
    plug_and_unplug(guest)


# Without an IOMMU, whose group it would be removed from, no line tells that ACPI has unplugged it.
@MACHINES[1]
@pytest.mark.spoils_guest
def test_log_is_sysfs_after_hot_plug_by_acpi_but_for_what_has_gone(guest):
    plug_and_unplug(guest, silent=True)
