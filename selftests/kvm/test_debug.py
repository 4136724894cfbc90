# SPDX-License-Identifier: GPL-2.0-or-later
"""KVM's device under stress on a debug kernel.

Environment: STRESS_ROUNDS, how many rounds; DEBUG_TIMEOUT, how long it may take [s].
"""

import os
import re

from harness import TOP
from harness.commands import script

TIMEOUT = int(os.environ.get("DEBUG_TIMEOUT", 10000))
PROGRAMS = ("./pio_regs_test", f"./pio_regs_stress -r {os.environ.get('STRESS_ROUNDS', 30)}",
            "./pio_regs_fail_nth")

# After its first report lockdep switches itself off. What was freed just now may still be seen in
# a register: the second scan counts.
AFTERWARDS = """
grep "debug_locks: *1" /proc/lockdep_stats || { status=1; echo "lockdep is off"; }
rmmod kvm_amd kvm || { status=1; echo "the modules cannot be unloaded"; }
leaks=/sys/kernel/debug/kmemleak
echo scan >$leaks && sleep 6 && echo scan >$leaks && cat $leaks || status=1
! grep -q . $leaks || { status=1; echo "kmemleak has found something"; }
exit $status
"""


def test_stress_on_a_debug_kernel(tap):
    """With --count time is what is executed: on a busy host the ticks of a kernel as slow as this
    come before its guest does anything. A complaint of the kernel is status 124."""
    command = "status=0; " + "".join(f"{program} || status=1; " for program in PROGRAMS) + AFTERWARDS
    said = tap(f"{TOP}/kvm/nested", "--kernel", script("debug-kernel", "kvm-host"), "--count",
               "--timeout", TIMEOUT, "--", command, timeout=TIMEOUT + 600)
    plans = [line for line in said if re.match(r"1\.\.[1-9]", line)]
    assert len(plans) == len(PROGRAMS)
