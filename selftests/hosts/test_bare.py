# SPDX-License-Identifier: GPL-2.0-or-later
"""The first command of README, from a bare root of each release, as a newcomer runs it."""

import os

import pytest
from bareroot import BareRoot
from releases.table import RELEASES

HOSTS = [name for name, release in RELEASES.items() if release.version]


@pytest.fixture(scope="module", params=HOSTS)
def bare(request):
    if os.getuid() != 0:
        pytest.skip("needs root, to make a root directory in which packages can be installed")
    with BareRoot(RELEASES[request.param]) as root:
        yield root


@pytest.mark.long("makes a bare root of each release, and builds everything in it")
def test_demo_from_nothing(bare):
    said = bare.run("scripts/demo", matches=["^The demo passed", rf"^Linux {bare.release.kernel}\."])
    assert f"Debian GNU/Linux {bare.release.version}" in said


@pytest.mark.long("needs the bare roots")
def test_mounts_are_possible_as_on_a_machine(bare):
    """What is built for another release is built in mounts of its own."""
    bare.run("unshare", "--mount", "--propagation", "private", "true")


@pytest.mark.long("needs the bare roots")
def test_demo_again_builds_nothing(bare):
    said = bare.run("scripts/demo", matches=["^The demo passed"], timeout=600)
    for word in ("installing", "building", "fetching", "making"):
        assert f"] {word}" not in said


@pytest.mark.long("needs the bare roots")
def test_an_ordinary_user_boots_a_guest_of_their_own(bare):
    """Only packages need root."""
    bare.run("useradd", "--create-home", "somebody")
    bare.run("cp", "-r", "/root/fpga-pci", "/home/somebody/tree")
    bare.run("chown", "-R", "somebody:", "/home/somebody/tree")
    bare.run("su", "-", "somebody", "-c", "tree/scripts/guest -- pciaddr-check --expect 0x2000-0x27ff",
             matches=["6 passed, 0 failed, 0 unknown"])
