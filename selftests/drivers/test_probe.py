# SPDX-License-Identifier: GPL-2.0-or-later
"""What fpga_pci does with each idea of where the card's ports are: expect=, strict=, a bridge that
has been scanned again, ports that Enhanced Allocation states."""

import re

import pytest
from harness.cards import RANGE


class Driver:
    """The driver fpga_pci, and the card in a slot."""

    def __init__(self, guest, slot):
        self.guest = guest
        self.slot = slot
        self.device = f"/sys/bus/pci/devices/{slot}"
        self.bridge = guest.sh(f"basename $(dirname $(realpath {self.device}))").strip()
        self.log = ""

    def load(self, *parameters):
        """Loads the module anew; log is what the kernel then says of the card. Returns whether
        modprobe has succeeded."""
        said = self.guest.sh(
            "modprobe -r fpga_pci && dmesg --clear; "
            f"if modprobe fpga_pci {' '.join(parameters)}; then echo loaded; fi; udevadm settle; dmesg")
        self.look(said)
        return "loaded" in said.splitlines()

    def look(self, log=None):
        log = self.guest.sh("dmesg") if log is None else log
        self.log = "\n".join(re.findall(rf".*fpga_pci(?: {re.escape(self.slot)})?:.*", log))

    def scan_again(self, slot):
        self.guest.sh("dmesg --clear")
        self.guest.sh(f"echo 1 >/sys/bus/pci/devices/{slot}/remove && echo 1 >/sys/bus/pci/rescan"
                      " && udevadm settle")
        self.look()

    @property
    def bound(self):
        return self.guest.run("test", "-e", f"/sys/bus/pci/drivers/fpga_pci/{self.slot}").status == 0

    def attribute(self, name):
        return self.guest.sh(f"cat {self.device}/emucard/fpga*/{name}").strip()

    def works(self):
        self.guest.sh(f"fpga-ctl --device /dev/$(basename {self.device}/emucard/fpga*) dma --len 4096")


class TestFixedCard:
    @pytest.fixture
    def driver(self, guest):
        return Driver(guest, "0000:01:01.0")

    @pytest.mark.parametrize("value", [
        "0x2000", "0x27ff-0x2000", "0x2000-0x27ffx", "0x2000-0x12000", "here",
    ])  # fmt: skip
    def test_no_range_is_refused(self, driver, value):
        assert not driver.load(f"expect={value}")

    def test_it_is_expected_where_it_says(self, driver):
        driver.load()
        assert (driver.bound, driver.log) == (True, "")
        assert driver.attribute("expected_range") == f"{RANGE} met"

    def test_strict_is_content_where_the_range_is_met(self, driver):
        driver.load("strict=1", f"expect={RANGE}")
        assert (driver.bound, driver.log) == (True, "")

    def test_another_range_is_a_warning_without_strict(self, driver):
        driver.load("expect=0x3000-0x37ff")
        assert driver.bound
        assert (f"ports {RANGE} in window 0x2000-0x2fff of bridge {driver.bridge}, but 0x3000-0x37ff"
                in driver.log)
        assert driver.attribute("expected_range") == f"0x3000-0x37ff missed, at {RANGE}"

    def test_strict_does_not_bind_to_another_range_and_says_why(self, driver):
        driver.load("strict=1", "expect=0x3000-0x37ff")
        assert not driver.bound
        assert "but 0x3000-0x37ff is expected: not bound, because strict is set" in driver.log

    @pytest.mark.parametrize("kind", ["intx", "msi"])
    def test_irq(self, driver, kind):
        driver.load(f"irq={kind}")
        assert driver.attribute("irq_mode") == kind

    def test_conventional_card_has_no_msix_and_is_not_bound(self, driver):
        driver.load("irq=msix")
        assert not driver.bound
        assert "no interrupt vectors (irq=msix)" in driver.log

    def test_kind_of_interrupt_that_there_is_not_is_refused(self, driver):
        driver.load("irq=sometimes")
        assert not driver.bound
        assert "not one of auto, msix, msi, intx" in driver.log

    def test_removing_and_scanning_the_card_again_keeps_its_address(self, driver):
        driver.load()
        driver.scan_again(driver.slot)
        assert driver.bound
        assert driver.attribute("expected_range") == f"{RANGE} met"

    @pytest.mark.spoils_guest
    def test_card_that_has_not_moved_with_the_kernels_address_is_refused(self, driver):
        driver.load()
        driver.scan_again(driver.bridge)
        assert not driver.bound
        assert "BAR 0 holds port 0x2000, but the kernel assigned" in driver.log


# Two cards on one machine: it takes longer to start than to test.
TWO_CARDS = pytest.mark.machine(cards=False, qemu_args=(
    "-device", "dec-21154,id=bridge,addr=4", "-device", "fpga,bus=bridge,addr=1",
    "-device", "dec-21154,id=fixed,addr=6,io-base=0x2000",
    "-device", "fpga,bus=fixed,addr=1,io-base=0x2000,ea=on",
))  # fmt: skip


@TWO_CARDS
class TestRelocatableCard:
    @pytest.fixture
    def driver(self, guest):
        return Driver(guest, "0000:01:01.0")

    def test_nothing_is_expected_of_it(self, driver):
        driver.load()
        assert (driver.bound, driver.log) == (True, "")
        assert driver.attribute("expected_range") == "any"

    def test_strict_does_not_bind_to_it_elsewhere(self, driver):
        driver.load("strict=1", f"expect={RANGE}")
        assert not driver.bound
        assert f"but {RANGE} is expected" in driver.log

    def test_without_strict_it_is_a_warning(self, driver):
        driver.load(f"expect={RANGE}")
        assert driver.bound
        assert f"but {RANGE} is expected" in driver.log


@TWO_CARDS
class TestCardThatStatesItsPorts:
    """By Enhanced Allocation"""

    @pytest.fixture
    def driver(self, guest):
        return Driver(guest, "0000:02:01.0")

    def test_it_has_no_bar_for_them(self, driver):
        assert driver.guest.sh(f"setpci -s {driver.slot} BASE_ADDRESS_0").strip() == "00000000"

    def test_it_is_taken_at_its_word(self, driver):
        driver.load()
        assert (driver.bound, driver.log) == (True, "")
        assert driver.attribute("expected_range") == f"{RANGE} met"
        driver.works()

    def test_strict_does_not_bind_to_it_elsewhere(self, driver):
        driver.load("strict=1", "expect=0x3000-0x37ff")
        assert not driver.bound
        assert "but 0x3000-0x37ff is expected" in driver.log

    def test_removing_and_scanning_it_again_keeps_its_address(self, driver):
        driver.load()
        driver.scan_again(driver.slot)
        assert driver.bound
        assert driver.attribute("expected_range") == f"{RANGE} met"
        driver.works()

    @pytest.mark.spoils_guest
    def test_it_still_works_where_it_was_when_its_bridge_is_scanned_again(self, driver):
        """The kernel then has another window for the bridge, but leaves the card where it is."""
        driver.load()
        driver.scan_again(driver.bridge)
        assert driver.bound
        assert driver.attribute("expected_range") == f"{RANGE} met"
        driver.works()


@pytest.mark.machine(cards=False, qemu_args=(
    "-device", "dec-21154,id=dec,addr=4,io-base=0x2000",
    "-device", "fpga,bus=dec,addr=1.0,multifunction=on,io-base=0x2000",
    "-device", "fpga,bus=dec,addr=1.1,io-base=0x2800",
))  # fmt: skip
def test_card_of_two_functions(guest):
    """Bit 7 of the header type of function 0 says so; each function has its ports and its driver."""
    guest.sh("lspci -x -s 01:01.0", matches=["^00: .* 80 00$"])
    guest.sh("pciaddr-check --expect 0x2000-0x27ff@01:01.0 --expect 0x2800-0x2fff@01:01.1")
    for slot in ("0000:01:01.0", "0000:01:01.1"):
        driver = Driver(guest, slot)
        assert driver.bound
        driver.works()
