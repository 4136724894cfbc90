# SPDX-License-Identifier: GPL-2.0-or-later
"""Port I/O in KVM: the patch, its build, and in a nested guest the selftests, the small VMM, and
QEMU with the card."""

import os
import re

import pytest
from harness import TOP
from harness.commands import run

KVM = f"{TOP}/kvm"
LONG = pytest.mark.long("the same on another kernel")

# All kernels that there are patches for, the first of them in the short run, too
SERIES = sorted(os.listdir(f"{KVM}/patches"), key=lambda name: [int(n) for n in name.split(".")])
KERNELS = pytest.mark.parametrize("kernel", [
    pytest.param(series, marks=[pytest.mark.nested(kernel=series)] + [LONG] * (series != SERIES[0]))
    for series in SERIES])  # fmt: skip


@KERNELS
def test_exports_of_the_modules_are_those_of_the_kernel(kernel):
    run(f"{KVM}/build", "--kernel", kernel, timeout=7200)


@pytest.mark.parametrize("program", ["pio_regs_test", "pio_regs_stress -r 50", "pio-vmm --tap", "compare"])
@KERNELS
def test_in_a_nested_guest(kvm, kernel, program):
    assert kvm.guest.sh("uname -r").startswith(f"{kernel}.")
    kvm.tap(*f"./{program}".split())


@KERNELS
def test_no_warning_with_W1_of_sparse_nor_of_checkpatch(kernel):
    said = run(f"{KVM}/build", "--kernel", kernel, "--lint")
    assert not re.findall(r".*(?:warning|error):.*", said)
    assert re.search(r"CHECK .*pio_regs\.c", said), "sparse did not run"


@pytest.mark.nested(stock=True)
def test_without_the_patch_the_selftest_skips_and_the_card_does_without(kvm):
    """On the kernel's own KVM"""
    said = kvm.tap("./pio_regs_test")
    assert any(re.match(r"1\.\.0 # SKIP .*KVM", line) for line in said)
    kvm.tap("./compare", "--stock")
