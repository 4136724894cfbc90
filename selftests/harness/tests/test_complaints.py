# SPDX-License-Identifier: GPL-2.0-or-later
"""Which lines of the kernel's log are complaints, for Python and for grep."""

import subprocess

import pytest
from guest import complaints

COMPLAINTS = (
    "[   12.3] BUG: KASAN: slab-out-of-bounds in emucard_read+0x1c/0x80 [emucard]",
    "[   12.3] BUG: unable to handle page fault for address: ffffffffc0000000",
    "[   12.3] kernel BUG at mm/slub.c:4023!",
    "[   12.3] Oops: 0002 [#1] PREEMPT SMP NOPTI",
    "[   12.3] WARNING: CPU: 0 PID: 1 at kernel/workqueue.c:5667 __alloc_workqueue+0x5f/0x7c0",
    "[   12.3] WARNING: possible circular locking dependency detected",
    "[   12.3] INFO: task fio:412 blocked for more than 120 seconds.",
    "[   12.3] INFO: trying to register non-static key.",
    "[   12.3] UBSAN: array-index-out-of-bounds in drivers/misc/x.c:3:2",
    "[   12.3] fpga_pci 0000:01:01.0: DMA-API: device driver failed to check map error",
    "[   12.3] refcount_t: underflow; use-after-free.",
    "[   12.3] general protection fault, probably for non-canonical address",
    "[   12.3] Kernel panic - not syncing: Attempted to kill init!",
    "[   12.3] kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
    "[   12.3] ------------[ cut here ]------------",
    "[   12.3] Call Trace:",
)  # fmt: skip
HARMLESS = (
    "[    0.0] Linux version 6.1.0-44-amd64",
    "[    0.2] kasan: KernelAddressSanitizer initialized",
    "[    0.3] DMA-API: preallocated 65536 debug entries",
    "[    0.3] DMA-API: debugging enabled by kernel config",
    "[    9.9] DMA-API: cacheline tracking ENOMEM, dma-debug disabled",
    "[    1.0] pci 0000:01:01.0: [1234:f96a] type 00 class 0xff0000",
    "[    1.0] fpga_pci 0000:01:01.0: DMA of 4096 bytes at 0x0 failed: code 2",
    "[    1.0] DEBUG: nothing",
    # of the processor, whose known weaknesses are no fault of a driver
    "[    0.8] Speculative Return Stack Overflow: WARNING: kernel not compiled with CPU_SRSO.",
    "[    0.8] MDS: WARNING: See https://www.kernel.org/doc/html/latest/admin-guide/hw-vuln/",
)  # fmt: skip


@pytest.mark.parametrize("line", COMPLAINTS)
def test_complaint(line):
    assert complaints.find(f"before\n{line}\n") == line
    assert subprocess.run(["grep", "-qE", "-f", complaints.LIST], input=line.encode(),
                          check=False).returncode == 0


@pytest.mark.parametrize("line", HARMLESS)
def test_harmless_line(line):
    assert not complaints.find(line)


# What a kernel prints before and after: of 6.1, and of 7.3, whose first line stands alone
REPORT = """{cut}[ 1.0] {first}\r
[ 1.1] WARNING: kernel/dma/debug.c:465 at add_dma_entry+0x37f/0x460\r
[ 1.2] Call Trace:\r
[ 1.3]  <TASK>\r
[ 1.4] ---[ end trace 0000000000000000 ]---\r
"""
OVERLAPS = "DMA-API: exceeded 7 overlapping mappings of cacheline 0x00000000003dbc40"


@pytest.mark.parametrize("cut", ["", "[ 0.9] ------------[ cut here ]------------\r\n"])
def test_a_report_of_many_overlapping_mappings_is_no_complaint(cut):
    harmless = REPORT.format(cut=cut, first=OVERLAPS)
    other = REPORT.format(cut=cut, first="DMA-API: fpga_pci 0000:01:01.0: device driver failed to check")
    assert not complaints.find(harmless)
    assert complaints.find(other)
    assert "BUG: x" in complaints.find(f"{harmless}BUG: x\n")
    assert complaints.find(other + harmless) == complaints.find(other)
    # One that has not come to its end may be anything.
    assert complaints.find(harmless.rpartition("[ 1.4]")[0])


def test_lines_after_a_complaint_belong_to_it():
    text = "\n".join(["quiet", "BUG: x", *(f"  line {number}" for number in range(100))])
    found = complaints.find(text).splitlines()
    assert found[:2] == ["BUG: x", "  line 0"]
    assert len(found) == complaints.LINES_AFTER


def test_watch_reads_each_console_once(tmp_path):
    watch = complaints.Watch(tmp_path)
    (tmp_path / "qemu.console").write_text("one\n")
    assert watch.news() == "one\n"
    assert watch.news() == ""
    with open(tmp_path / "qemu.console", "a", encoding="utf-8") as file:
        file.write("two\n")
    (tmp_path / "qemu-1.console").write_text("three\n")
    assert watch.news() == "three\ntwo\n"
