# SPDX-License-Identifier: GPL-2.0-or-later
"""lspci and libpci of other releases: what they write is read, what they offer is used."""

import glob
import os
import re
import shutil
import subprocess

import pytest
from harness import TOP
from harness.commands import copy_tree, run
from releases import apt

pytestmark = pytest.mark.long("fetches packages of Debian 13 and sid")

SUITES = ("trixie", "sid")
GUEST = f"{TOP}/selftests/pciaddr/guest/guest.lspci"
# With the C library that they were built for; nothing of it is installed here.
PACKAGES = ("pciutils libpci3 libpci-dev libc6 libkmod2 libudev1 zlib1g liblzma5 libzstd1 libcap2"
            " libssl3t64 libxxhash0").split()  # fmt: skip
LSPCI_OPTIONS = "-v -vv -vvv -nn -nnvv -nnkD -vvx -vvxxx -vvxxxx -x -n".split()
NEEDS_DEVICES = pytest.mark.skipif(not glob.glob("/sys/bus/pci/devices/*"),
                                   reason="this machine has no PCI device")  # fmt: skip


class Pciutils:
    """Those of one suite, unpacked, and pciaddr-check built with them."""

    def __init__(self, suite, work, source):
        self.root = work / "root"
        self._build = work / "build"
        self._source = source
        debs = apt.download(suite, PACKAGES, work / "deb")
        apt.unpack(debs, self.root)
        self._libraries = self.root / "usr/lib/x86_64-linux-gnu"
        here = work / "here"
        here.mkdir()
        for library in ("libfyaml.so", "libjson-c.so"):
            for path in glob.glob(f"/usr/lib/x86_64-linux-gnu/{library}.*"):
                shutil.copy(path, here)
        self._with = [self._libraries / "ld-linux-x86-64.so.2", "--library-path",
                      f"{self._libraries}:{here}"]  # fmt: skip

    @property
    def lspci(self):
        return [*self._with, self.root / "usr/bin/lspci"]

    @property
    def pciaddr_check(self):
        return [*self._with, self._build / "pciaddr-check"]

    def build(self):
        self._build.mkdir()
        libpci, = glob.glob(f"{self.root}/usr/lib/*/libpci.so.3.*")
        run(self._source / "configure", "--with-kdir=no", "--enable-werror",
            f"LIBPCI_CFLAGS=-I{self.root}/usr/include",
            f"LIBPCI_LIBS={libpci} -Wl,--allow-shlib-undefined", cwd=self._build)
        run("make", f"-j{os.cpu_count()}", "pciaddr-check", cwd=self._build)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    directory = tmp_path_factory.mktemp("source")
    copy_tree(directory)
    run("autoreconf", "-fi", directory)
    return directory


@pytest.fixture(scope="module", params=SUITES)
def pciutils(request, tmp_path_factory, source):
    return Pciutils(request.param, tmp_path_factory.mktemp(request.param), source)


def test_packages(pciutils):
    run(*pciutils.lspci, "--version", matches=["^lspci version"])


def test_pciaddr_check_builds_with_its_libpci(pciutils):
    pciutils.build()


def test_it_checks_the_guest_of_the_demo(pciutils):
    run(*pciutils.pciaddr_check, "--dump", GUEST, status=range(4), matches=[" 0 failed, 0 unknown"])


def test_it_names_devices(pciutils):
    run(*pciutils.pciaddr_check, "--dump", GUEST, "--tree", status=range(4), matches=["440FX"])


@NEEDS_DEVICES
def test_it_reads_this_machine(pciutils):
    run(*pciutils.pciaddr_check, status=range(4), matches=["this machine: [1-9]"])


@NEEDS_DEVICES
@pytest.mark.parametrize("option", LSPCI_OPTIONS)
def test_what_its_lspci_writes_of_this_machine_is_read_whole(pciutils, tmp_path, option):
    """As many functions as there are, without a warning."""
    count = len(run(*pciutils.lspci, "-D").splitlines())
    text = tmp_path / "text"
    with open(text, "wb") as file:
        subprocess.run([*pciutils.lspci, option], stdout=file, stderr=subprocess.DEVNULL, check=False,
                       timeout=60)
    said = run(*pciutils.pciaddr_check, "--dump", text, status=range(4))
    assert not re.search("^warning", said, re.MULTILINE)
    assert re.search(rf": {count} PCI functions?\b", said.splitlines()[0])
