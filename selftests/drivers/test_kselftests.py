# SPDX-License-Identifier: GPL-2.0-or-later
"""The drivers' kselftests, in the guest."""

import pytest
from harness.kselftests import programs

ANOTHER_WAY = pytest.mark.long("the same tests pass with MSI and without bounce buffers")


@pytest.mark.parametrize("name", programs())
def test_kselftest(guest, kselftest, name):
    kselftest(guest, name)


@pytest.fixture
def intx(guest):
    guest.sh("modprobe -r fpga_pci && modprobe fpga_pci irq=intx")
    yield
    guest.sh("modprobe -r fpga_pci && modprobe fpga_pci")


@ANOTHER_WAY
@pytest.mark.parametrize("name", ["dma_errors", "faults", "irq"])
def test_kselftest_with_intx(guest, kselftest, intx, name):
    kselftest(guest, name)


# As in a guest whose memory devices cannot reach, because it is encrypted
@ANOTHER_WAY
@pytest.mark.machine(append=["swiotlb=force"])
@pytest.mark.parametrize("name", ["buffers", "dma", "dma_errors", "io", "io_uring", "splice"])
def test_kselftest_with_bounce_buffers(guest, kselftest, name):
    kselftest(guest, name)
