# SPDX-License-Identifier: GPL-2.0-or-later
"""The drivers on each kernel: all kselftests on those that are not the guest's own, and on each
of them the drivers come and go again and again, with all that belongs to them."""

import pytest
from harness.cards import FPGA, RANGE
from harness.kselftests import programs

OTHERS = ("6.12", "7.3")
ANOTHER_KERNEL = pytest.mark.long("the same tests pass on the guest's own kernel")
TIMES = 3
DRIVERS = {"fpga_pci": (FPGA, "fpga0"), "edu": ("0000:00:05.0", "edu0")}


def on(kernel):
    """The test on another kernel than the guest's own."""
    return pytest.param(kernel, id=f"Linux {kernel}",
                        marks=[ANOTHER_KERNEL, pytest.mark.machine(kernel=kernel)])


@pytest.mark.parametrize("kernel", [on(kernel) for kernel in OTHERS])
@pytest.mark.parametrize("name", programs())
def test_kselftest(guest, kselftest, kernel, name):
    kselftest(guest, name)


EVERY_KERNEL = pytest.mark.parametrize(
    "kernel", [pytest.param(None, id="the guest's own Linux"), *(on(kernel) for kernel in OTHERS)])


def owned(guest, driver):
    """How many ranges of ports and memory a driver has."""
    count = guest.sh(f"cat /proc/ioports /proc/iomem | grep -cw {driver} || true")
    return int(count)


def works(guest, driver):
    slot, card = DRIVERS[driver]
    guest.sh(f"udevadm settle && test -e /sys/bus/pci/drivers/{driver}/{slot} && "
             f"fpga-ctl --device {card} dma --len 4096", matches=["verified"])


@EVERY_KERNEL
@pytest.mark.parametrize("driver", DRIVERS)
def test_bound_and_unbound(guest, kernel, driver):
    slot, card = DRIVERS[driver]
    works(guest, driver)
    before = owned(guest, driver)
    assert before
    for _ in range(TIMES):
        guest.sh(f"echo {slot} >/sys/bus/pci/drivers/{driver}/unbind && udevadm settle")
        assert not owned(guest, driver)
        assert guest.run("test", "-e", f"/dev/{card}").status
        guest.sh(f"echo {slot} >/sys/bus/pci/drivers/{driver}/bind")
        works(guest, driver)
        assert owned(guest, driver) == before


@EVERY_KERNEL
def test_loaded_and_unloaded(guest, kernel):
    """What reads the names of ranges after their module has gone would find them there."""
    before = guest.sh("cat /proc/ioports /proc/iomem")
    assert f"{RANGE[2:6]}-{RANGE[9:]}" in before
    for _ in range(TIMES):
        guest.sh("rmmod fpga_pci edu emucard && udevadm settle")
        for driver in DRIVERS:
            assert not owned(guest, driver)
        guest.sh("modprobe fpga_pci && modprobe edu")
        for driver in DRIVERS:
            works(guest, driver)
        assert guest.sh("cat /proc/ioports /proc/iomem") == before
