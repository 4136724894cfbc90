# SPDX-License-Identifier: GPL-2.0-or-later
"""The drivers where devices do not reach memory directly: behind an IOMMU, in each of its
modes, and through bounce buffers; and with memory above 4 GiB. What the IOMMU reports as a
fault is a complaint of the kernel, and fails the test."""

import pytest

TESTS = ("dma", "dma_errors", "io", "io_uring", "buffers", "splice")

CARDS = (
    "-device", "dec-21154,id=dec,addr=4,io-base=0x2000",
    "-device", "fpga,bus=dec,addr=1,io-base=0x2000",
    "-device", "edu,addr=5",
)  # fmt: skip
INTEL = ("-device", "intel-iommu,caching-mode=off", *CARDS)
# As much as the guest has reaches beyond 4 GiB: the kernel hands that out first.
LARGE = ("-m", "4608")

# What QEMU gets, what the kernel gets, and the type of IOMMU group that comes of it
MODES = {
    "intel-iommu, translated, strict": (INTEL, ("intel_iommu=on", "iommu.strict=1"), "DMA"),
    "intel-iommu, translated, lazy": (INTEL, ("intel_iommu=on", "iommu.strict=0"), "DMA-FQ"),
    "intel-iommu, passed through": (INTEL, ("intel_iommu=on", "iommu=pt"), "identity"),
    "intel-iommu, above 4 GiB": ((*INTEL, *LARGE), ("intel_iommu=on", "iommu.strict=1"), "DMA"),
    "bounce buffers, above 4 GiB": ((*CARDS, *LARGE), ("swiotlb=force",), None),
}
MACHINES = [
    pytest.param(group, id=name, marks=pytest.mark.machine(
        machine="q35", cards=False, qemu_args=qemu_args, append=append))
    for name, (qemu_args, append, group) in MODES.items()
]  # fmt: skip


@pytest.mark.parametrize("group", MACHINES)
def test_drivers(guest, kselftest, group):
    if group:
        guest.sh("cat /sys/bus/pci/devices/*/iommu_group/type | sort -u", matches=[f"^{group}$"])
    else:
        guest.sh("dmesg", matches=["software IO TLB"])
    for name in TESTS:
        kselftest(guest, name)
