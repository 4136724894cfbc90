# SPDX-License-Identifier: GPL-2.0-or-later
"""fio as it comes, on the fpga card: each way to read and write that it has, some megabytes of
blocks at random places, and every block read again and compared."""

import pytest

COMMAND = (
    "cd /tmp && fio --name=job --filename=/dev/fpga0 --size=2m --bs=4k --rw=randwrite "
    "--verify=crc32c --verify_fatal=1 --minimal {options}"
)
RARER = pytest.mark.long("a rarer way to read and write")


@pytest.mark.parametrize("options", [
    pytest.param("--ioengine=psync", id="psync"),
    pytest.param("--ioengine=libaio --iodepth=32", id="libaio, 32 at a time"),
    pytest.param("--ioengine=io_uring --iodepth=32", id="io_uring, 32 at a time"),
    pytest.param("--ioengine=io_uring --iodepth=16 --fixedbufs=1 --registerfiles=1",
                 id="io_uring with registered buffers and file"),
    pytest.param("--ioengine=io_uring --iodepth=8 --direct=1 --thread --numjobs=2"
                 " --offset_increment=4m", id="io_uring, direct, from two threads", marks=RARER),
    pytest.param("--ioengine=io_uring --iodepth=16 --bsrange=1k-70001 --bs_unaligned=1",
                 id="blocks of any size and place", marks=RARER),
    pytest.param("--ioengine=pvsync --rw=write", id="vectors", marks=RARER),
    pytest.param("--ioengine=mmap", id="mmap", marks=RARER),
    pytest.param("--ioengine=splice --rw=write", id="splice", marks=RARER),
])  # fmt: skip
def test_fio(guest, options):
    guest.sh(COMMAND.format(options=options), timeout=250)
