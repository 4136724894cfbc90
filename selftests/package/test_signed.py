# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel that wants signed modules does with the drivers, as docs/secure-boot.md says:
unsigned, and signed with a key that is not enrolled."""

import glob
import io
import tarfile

import pytest
from guest import images
from guest.drivers import stripped
from harness.commands import run
from harness.guests import machine_of

pytestmark = [pytest.mark.long("boots three guests"), pytest.mark.spoils_guest]

SIGNER = "DKMS module signing key"
PLACE = "/tmp/try"

ENFORCE = pytest.mark.machine(append=("module.sig_enforce=1",))
LOCKDOWN = pytest.mark.machine(append=("lockdown=integrity",))
PLAIN = pytest.mark.machine()


class Modules:
    """The drivers for the guest's kernel, unsigned and signed, in the directories of these names."""

    def __init__(self, work):
        self.work = work
        self.unsigned, self.signed = work / "unsigned", work / "signed"
        self.unsigned.mkdir()
        self.signed.mkdir()
        self._key, self._public = work / "mok.key", work / "mok.pub"

    def make_key(self):
        """As dkms makes its own."""
        run("openssl", "req", "-new", "-x509", "-nodes", "-days", "36500", "-subj", f"/CN={SIGNER}",
            "-newkey", "rsa:2048", "-keyout", self._key, "-outform", "DER", "-out", self._public)

    def build(self):
        files, _ = images.drivers()
        stripped(files, self.unsigned, "amd64")

    def sign(self):
        """By the program of the kernel's headers that signs."""
        program = sorted(glob.glob("/usr/lib/linux-kbuild-*/scripts/sign-file"))[0]
        for module in self.unsigned.glob("*.ko"):
            run(program, "sha256", self._key, self._public, module, self.signed / module.name)

    def archive(self):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for directory in (self.unsigned, self.signed):
                tar.add(directory, directory.name)
        return packed.getvalue()


@pytest.fixture(scope="module")
def modules(tmp_path_factory):
    return Modules(tmp_path_factory.mktemp("signed"))


def test_a_key_like_that_of_dkms(modules):
    modules.make_key()


def test_the_guests_drivers_unsigned(modules):
    modules.build()
    assert (modules.unsigned / "emucard.ko").stat().st_size


def test_sign_file_signs_them(modules):
    modules.sign()
    assert (modules.signed / "emucard.ko").stat().st_size


@pytest.fixture
def machine(request, guest_content):
    """Its own drivers would be refused, or taint the kernel, before the test begins."""
    guest_content()
    return machine_of(request.node)


def load(guest, kind, status, *wanted):
    """insmod of the drivers' core, of this kind, ends so, and all of these are said by it or by the
    kernel."""
    said = guest.sh(f"dmesg --clear; cd {PLACE}; insmod {kind}/emucard.ko; status=$?; dmesg -t; "
                    "exit $status", status=status)  # fmt: skip
    missing = [text for text in wanted if text not in said]
    assert not missing


def check_in(guest, modules, subtests, steps):
    guest.sh(f"mkdir -p {PLACE}; tar -C {PLACE} -x", input=modules.archive())
    with subtests.test("modinfo names the signer"):
        guest.sh(f"modinfo -F signer {PLACE}/signed/emucard.ko", matches=[f"^{SIGNER}$"])
    for name, *step in steps:
        with subtests.test(name):
            load(guest, *step)


@ENFORCE
def test_enforce(guest, modules, subtests):
    check_in(guest, modules, subtests, (
        ("an unsigned module is refused", "unsigned", 1, "Key was rejected by service",
         "Loading of unsigned module is rejected"),
        ("a module whose key is not enrolled is refused", "signed", 1, "Key was rejected by service",
         "Loading of module with unavailable key is rejected")))  # fmt: skip


@LOCKDOWN
def test_lockdown(guest, modules, subtests):
    check_in(guest, modules, subtests, (
        ("an unsigned module is refused", "unsigned", 1, "Operation not permitted",
         "Lockdown: insmod: unsigned module loading is restricted; see man kernel_lockdown.7"),
        ("a module whose key is not enrolled is refused", "signed", 1, "Operation not permitted",
         "unsigned module loading is restricted")))  # fmt: skip


@PLAIN
def test_plain(guest, modules, subtests):
    check_in(guest, modules, subtests, (
        ("a module whose key is not enrolled works, and the kernel says so", "signed", 0,
         "module verification failed: signature and/or required key missing - tainting kernel"),))
    with subtests.test("it taints the kernel, and can be unloaded"):
        guest.sh("rmmod emucard && [ $(($(cat /proc/sys/kernel/tainted) >> 13 & 1)) = 1 ]")
