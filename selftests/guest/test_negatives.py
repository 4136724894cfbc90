# SPDX-License-Identifier: GPL-2.0-or-later
"""What must fail fails, with the right exit status and a message that helps."""

import pytest
from harness.cards import EDU, FPGA, RANGE
from harness.machines import FREE_CARD

BROKEN_SPEC = b"version: 1\ndevices:\n  - nmae: card\n    select: 1234:f96a\n"

STRICT = (
    "modprobe -r fpga_pci && dmesg --clear && modprobe fpga_pci strict=1 expect=0x3000-0x37ff; "
    f"dmesg; test ! -e /sys/bus/pci/devices/{FPGA}/driver && test ! -e /dev/fpga0"
)
BOUND_AGAIN = (
    "modprobe -r fpga_pci && modprobe fpga_pci && udevadm settle --timeout=60 && "
    "fpga-ctl --device fpga0 dma --len 4096"
)
NODES = (
    "stat -c '%n %G %a' /dev/fpga0 /dev/edu0 && "
    f"readlink -f /dev/fpga/by-path/pci-{FPGA} /dev/edu/by-path/pci-{EDU}"
)

# (name, command, exit status, patterns), on the default machine
DEFAULT_MACHINE = (
    ("a wrong range: the check fails and says where ports are",
     "pciaddr-check --expect 0x3000-0x37ff", 1, ("FAILED", rf"{FPGA}.*0x2000-0x27ff")),
    ("a wrong device: the check fails",
     f"pciaddr-check --expect {RANGE}@{EDU}", 1, ("FAILED", EDU)),
    ("a selector that matches nothing: the check fails",
     f"pciaddr-check --expect {RANGE}@1234:dead", 1, ("1234:dead",)),
    ("no root: the check cannot tell, and says why",
     f"runuser -u user -- pciaddr-check --expect {RANGE}", 3, ("/proc/ioports", "root")),
    ("no root: fpga-ctl names the group",
     "runuser -u user -- fpga-ctl --device fpga0 dma --len 4096", 3, (r"group 'fpga'",)),
    ("a member of the group needs no root",
     "setpriv --reuid=user --regid=user --groups=fpga -- fpga-ctl --device fpga0 dma --len 4096",
     0, ("verified",)),
    ("a broken spec: file, line, column and the nearest key",
     "pciaddr-check --spec /tmp/broken.yaml", 2, (r"/tmp/broken\.yaml:3:5: .*'nmae'.*'name'",)),
    ("no spec at all: status 2",
     "pciaddr-check --spec /tmp/none.yaml", 2, (r"/tmp/none\.yaml",)),
    ("nodes belong to the group fpga, and have names by slot",
     NODES, 0, (r"^/dev/fpga0 fpga 660$", r"^/dev/edu0 fpga 660$", "^/dev/fpga0$", "^/dev/edu0$")),
)

# On a machine with a card that has no fixed base
FREE_MACHINE = (
    ("a card with no fixed base: the check fails and says where its ports are",
     f"pciaddr-check --expect {RANGE}", 1, ("FAILED", rf"{FPGA} \(1234:f96a\) BAR 0 0x[3-9a-f][0-9a-f]{{3}}-0x")),
    ("a card with no fixed base: the machine is in order otherwise",
     "pciaddr-check", 0, (r" 0 failed",)),
    ("a card with no fixed base works",
     "fpga-ctl --device fpga0 dma --len 4096", 0, ("verified",)),
)


def table(rows):
    return pytest.mark.parametrize("command, status, matches",
                                   [pytest.param(*row, id=name) for name, *row in rows])


@table(DEFAULT_MACHINE)
def test_default_machine(guest, command, status, matches):
    guest.run("sh", "-c", "cat >/tmp/broken.yaml", input=BROKEN_SPEC)
    guest.sh(command, status, matches)


def test_strict(guest, subtests):
    with subtests.test("strict=1 and another range: the driver does not bind, and says why"):
        guest.sh(STRICT, matches=[r"fpga_pci.*0x2000-0x27ff.*0x3000-0x37ff.*strict"])
    with subtests.test("without strict it binds again"):
        guest.sh(BOUND_AGAIN, matches=["verified"])


@FREE_CARD
@table(FREE_MACHINE)
def test_card_with_no_fixed_base(guest, command, status, matches):
    guest.sh(command, status, matches)
