# SPDX-License-Identifier: GPL-2.0-or-later
"""Port I/O in KVM: the patch, its build, and in a nested guest the selftests, the small VMM, and
QEMU with the card."""

import os
import re

import pytest
from harness import TOP
from harness.commands import run

KVM = f"{TOP}/kvm"
TESTS = ("./pio_regs_test", "./pio_regs_stress -r 50", "./pio-vmm --tap", "./compare")
LONG = pytest.mark.long("the same on another kernel")

# All kernels that there are patches for, the first of them in the short run, too
SERIES = sorted(os.listdir(f"{KVM}/patches"), key=lambda name: [int(n) for n in name.split(".")])
KERNELS = pytest.mark.parametrize(
    "kernel", [SERIES[0], *(pytest.param(series, marks=LONG) for series in SERIES[1:])])


def in_turn(tests):
    """A shell command that runs them all; it fails if one fails. 4 is a kselftest's skip."""
    return ("status=0; " + "".join(f"{test} || [ $? = 4 ] || status=1; " for test in tests)
            + "exit $status")


def nested(tap, *options, tests, timeout):
    """Runs programs that print TAP where /dev/kvm is; returns the lines of their output. Fails
    when one of them has not ended, or the kernel complains (status 124)."""
    said = tap(f"{KVM}/nested", *options, "--", in_turn(tests), timeout=timeout)
    plans = [line for line in said if re.match(r"1\.\.\d", line)]
    assert len(plans) == len(tests), f"{len(plans)} plans of {len(tests)} programs"
    return said


@KERNELS
def test_in_a_nested_guest(tap, kernel):
    # What takes long where nothing is in the cache yet is not part of the time of the tests.
    run(f"{KVM}/build", "--kernel", kernel, timeout=7200)
    run(f"{KVM}/build-tests", "--kernel", kernel, timeout=7200)
    nested(tap, "--kernel", kernel, "--with-qemu", tests=TESTS, timeout=1200)


@KERNELS
def test_exports_of_the_modules_are_those_of_the_kernel(kernel):
    run(f"{KVM}/build", "--kernel", kernel)


@KERNELS
def test_no_warning_with_W1_of_sparse_nor_of_checkpatch(kernel):
    said = run(f"{KVM}/build", "--kernel", kernel, "--lint")
    assert not re.findall(r".*(?:warning|error):.*", said)
    assert re.search(r"CHECK .*pio_regs\.c", said), "sparse did not run"


def test_without_the_patch_the_selftest_skips_and_the_card_does_without(tap):
    """On the kernel's own KVM"""
    said = nested(tap, "--stock", "--with-qemu", tests=("./pio_regs_test", "./compare --stock"),
                  timeout=600)
    assert any(re.match(r"1\.\.0 # SKIP .*KVM", line) for line in said)
