# SPDX-License-Identifier: GPL-2.0-or-later
"""The driver edu and how many bits of address the device's DMA reaches: QEMU's property dma_mask
says it to the device, the parameter dma_bits to the driver, which cannot ask."""

import pytest

# The bits of each card, in the order of their slots
BITS = (24, 28, 32, 40, 64)
CARDS = [word for slot, bits in enumerate(BITS, 8)
         for word in ("-device", f"edu,addr={slot:#x},dma_mask={(1 << bits) - 1}")]
pytestmark = pytest.mark.machine(cards=False, qemu_args=tuple(CARDS))


def load(guest, bits):
    guest.sh(f"rmmod edu; modprobe edu dma_bits={bits} && udevadm settle --timeout=60")


@pytest.mark.parametrize("number, bits", enumerate(BITS), ids=map(str, BITS))
def test_dma_works_where_driver_and_device_agree(guest, number, bits):
    load(guest, bits)
    guest.sh(f"fpga-ctl --device edu{number} dma --len 4096", matches=["bytes to the card and back: verified"])


def test_a_driver_told_of_fewer_bits_works_with_every_device(guest, subtests):
    load(guest, min(BITS))
    for number, bits in enumerate(BITS):
        with subtests.test(f"a device with {bits} bits"):
            guest.sh(f"fpga-ctl --device edu{number} dma --len 4096", matches=["verified"])


@pytest.mark.parametrize("bits", [0, 19, 65, 1000])
def test_bits_that_cannot_be_are_refused(guest, bits):
    guest.sh("rmmod edu 2>/dev/null; dmesg -C")
    guest.sh(f"modprobe edu dma_bits={bits} 2>&1; [ ! -e /dev/edu0 ] && dmesg", matches=["dma_bits"])
    load(guest, min(BITS))
