# SPDX-License-Identifier: GPL-2.0-or-later
"""The drivers' kselftests and many fuzzed calls on debug kernels (scripts/debug-kernel): of the
guest's series, and of the newest.

Environment: FUZZ_CALLS, how many calls; DEBUG_TIMEOUT, how long one program may take [s].
"""

import os

import pytest
from guest import Machine
from harness.commands import script
from harness.guests import APPEND
from harness.kselftests import programs

CALLS = int(os.environ.get("FUZZ_CALLS", 1000000))
TIMEOUT = int(os.environ.get("DEBUG_TIMEOUT", 10000))


SERIES = {"the guest's own Linux": (), "Linux 7.3": ("guest", "7.3")}


@pytest.fixture(scope="module", params=SERIES.values(), ids=SERIES)
def kernel(request):
    return script("debug-kernel", *request.param)


@pytest.fixture
def machine(kernel):
    """This kernel has no zone for DMA, so that all memory must be within what edu's DMA reaches."""
    return Machine(kernel=kernel, append=(*APPEND, "edu.dma_bits=32"),
                   qemu_args=["-m", "512", "-global", "edu.dma_mask=0xffffffff"])


@pytest.mark.parametrize("name", [name for name in programs() if name != "fuzz"])
def test_kselftest(guest, kselftest, name):
    kselftest(guest, name, timeout=TIMEOUT)


def test_fuzzed_calls(guest, kselftest):
    kselftest(guest, "fuzz", env={"FUZZ_CALLS": CALLS}, timeout=TIMEOUT)


def test_checks_of_dma_are_on(guest):
    """Without memory they switch themselves off: before memory fails."""
    assert guest.sh("cat /sys/kernel/debug/dma-api/disabled") == "N\n"


def test_fuzzed_calls_while_memory_fails(guest, kselftest):
    kselftest(guest, "fuzz", timeout=TIMEOUT,
              env={"FUZZ_FAULTS": 1, "FUZZ_CALLS": CALLS // 10, "FUZZ_SEED": 2})


def test_checks_of_locks_are_still_on(guest):
    """After its first report lockdep switches itself off."""
    guest.sh("cat /proc/lockdep_stats", matches=["debug_locks: *1"])


def test_modules_can_be_unloaded_and_nothing_leaks(guest):
    guest.sh("modprobe -r edu fpga_pci emucard")
    # What was freed just now may still be seen in a register: the second scan counts.
    assert guest.sh("cd /sys/kernel/debug && echo scan >kmemleak && sleep 6 && echo scan >kmemleak"
                    " && cat kmemleak", timeout=TIMEOUT) == ""
