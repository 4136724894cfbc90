# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast this machine's time stamp counter runs, to tell a guest under TCG.

There the guest's counter is the host's, and the guest's kernel measures it against timers that are
emulated. On a busy host it measures nonsense (101 MHz for 2,100 were seen), and the guest's time
then runs so many times too fast: it calls tasks hung, and waits end before their time.
"""

import ctypes
import functools
import mmap
import platform
import time

# rdtsc; shl $32,%rdx; or %rdx,%rax; ret
RDTSC = bytes.fromhex("0f31 48c1e220 4809d0 c3")
INTERVAL = 0.02  # [s]
# Between two readings of the clock, without an interruption by another process [ns]
CLOSE = 20_000
ATTEMPTS = 50


@functools.lru_cache(maxsize=None)
def kilohertz():
    """The counter's frequency [kHz], to some 0.1 %; None where it is unknown."""
    if platform.machine() != "x86_64":
        return None
    try:
        memory = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    except OSError:  # forbidden by a security module
        return None
    memory.write(RDTSC)
    counter = ctypes.CFUNCTYPE(ctypes.c_uint64)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))
    first = _reading(counter)
    time.sleep(INTERVAL)
    last = _reading(counter)
    if not first or not last or last[1] <= first[1]:
        return None
    return round((last[1] - first[1]) * 1_000_000 / (last[0] - first[0]))


def _reading(counter):
    """(time [ns], counter), of the same moment; None if the process is interrupted all the time."""
    for _ in range(ATTEMPTS):
        before = time.monotonic_ns()
        count = counter()
        after = time.monotonic_ns()
        if after - before < CLOSE:
            return (before + after) // 2, count
    return None
