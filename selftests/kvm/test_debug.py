# SPDX-License-Identifier: GPL-2.0-or-later
"""KVM's device under stress on a debug kernel.

With count time is what is executed: on a busy host the ticks of a kernel as slow as this come
before its guest does anything.

Environment: STRESS_ROUNDS, how many rounds; DEBUG_TIMEOUT, how long one program may take [s].
"""

import os

import pytest

TIMEOUT = int(os.environ.get("DEBUG_TIMEOUT", 10000))
ROUNDS = os.environ.get("STRESS_ROUNDS", "30")
LEAKS = "/sys/kernel/debug/kmemleak"


@pytest.mark.nested(debug=True, count=True)
@pytest.mark.spoils_guest
def test_stress_on_a_debug_kernel(kvm):
    for program in ("pio_regs_test", f"pio_regs_stress -r {ROUNDS}", "pio_regs_fail_nth"):
        kvm.tap(*f"./{program}".split(), timeout=TIMEOUT)
    # After its first report lockdep switches itself off.
    kvm.guest.sh("grep 'debug_locks: *1' /proc/lockdep_stats")
    kvm.guest.sh("rmmod kvm_amd kvm")
    # What was freed just now may still be seen in a register: the second scan counts.
    kvm.guest.sh(f"echo scan >{LEAKS} && sleep 6 && echo scan >{LEAKS}", timeout=TIMEOUT)
    kvm.guest.sh(f"! grep . {LEAKS}", timeout=TIMEOUT)
