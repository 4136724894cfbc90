# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian packages: built, checked by lintian, installed in a guest, used, removed."""

import glob
import os

import installed
import pytest
from guest import Machine
from harness import TOP
from harness.commands import run
from harness.guests import APPEND

PLACE = "/tmp/try"


def test_dpkg_buildpackage(packages):
    assert len(glob.glob(f"{packages}/fpga-pci-*.deb")) >= 2


def test_the_changelog_is_about_the_version_of_the_tree():
    with open(f"{TOP}/VERSION", encoding="utf-8") as file:
        assert run("dpkg-parsechangelog", "-S", "Version") == file.read()


def test_lintian_has_nothing_to_say(packages):
    run("lintian", "--allow-root", "--fail-on", "error,warning", *glob.glob(f"{packages}/*.changes"))


def names_in(packages, name):
    """The files of a package, as paths below /usr."""
    deb, = glob.glob(f"{packages}/{name}_*.deb")
    listed = [line.split()[5] for line in run("dpkg-deb", "--contents", deb).splitlines()]
    return [path.removeprefix("./usr/") for path in listed]


def test_the_packages_have_all_files(packages):
    wanted = installed.of_the_tools("share/doc/fpga-pci-tools") + ["include/linux/emucard.h"]
    assert not installed.missing(wanted, names_in(packages, "fpga-pci-tools"))
    with open(f"{TOP}/VERSION", encoding="utf-8") as file:
        source = f"src/fpga-pci-{file.read().strip()}"
    wanted = [f"{source}/{name}" for name in installed.of_the_drivers()]
    assert not installed.missing(wanted, names_in(packages, "fpga-pci-dkms"))


@pytest.fixture
def machine(guest_content):
    """A guest that has no project of its own, but a compiler, headers and dkms."""
    guest_content(packages="guest-package")
    return Machine(append=APPEND)


APT = "DEBIAN_FRONTEND=noninteractive apt-get -o APT::Sandbox::User=root -y"
# The guest's image leaves documents out; a package is tried as a whole. It also has the group:
# the package must make it.
READY = "rm -f /etc/dpkg/dpkg.cfg.d/99mmdebstrap && groupdel fpga"
# Names of all files and directories. What dpkg, apt and dkms keep for themselves, and
# logs, are not what a package leaves behind.
ALL_FILES = (
    r"find / -xdev \( -path /tmp -o -path /root -o -path /run -o -path /var/log -o -path /var/cache"
    r" -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path '/var/lib/dkms/mok.*'"
    r" -o -path '/etc/*-' -o -path '/usr/lib/modules/*/modules.*' \) -prune -o -print | sort"
)
# As a member of the group that the package has made, without other rights
AS_MEMBER = "setpriv --reuid=65534 --regid=$(getent group fpga | cut -d: -f3) --clear-groups"
HEADER = r"""
printf '#include <linux/emucard.h>\nint main(void) { return EMUCARD_API_VERSION != 1; }\n' |
	gcc -x c -o header - && ./header"""

USE = (
    ("both are installed", "dpkg-query -W -f '${db:Status-Status}\\n' fpga-pci-tools fpga-pci-dkms |"
     " sort | uniq -c", [r"^ *2 installed$"]),
    ("dkms has built them for this kernel", "dkms status fpga-pci | grep \"$(uname -r)\"",
     [r"^fpga-pci/.*: installed"]),
    *((f"{module}.ko is where dkms puts modules",
       f"modinfo -F filename {module} | grep -x \"/lib/modules/$(uname -r)/updates/dkms/{module}.ko\"",
       ()) for module in ("emucard", "fpga_pci", "edu")),
    ("the modules have the version of the package",
     "test \"$(modinfo -F version fpga_pci)\" = \"$(dpkg-query -W -f '${Version}' fpga-pci-dkms)\"", ()),
    ("modprobe", "modprobe -a fpga_pci edu", ()),
    ("the node belongs to the package's group",
     "udevadm settle --timeout=60; stat -c %G:%a /dev/fpga0", ["^fpga:660$"]),
    ("pciaddr-check --expect", "pciaddr-check --expect 0x2000-0x27ff@1234:f96a", ()),
    ("pciaddr-check --spec, with the example",
     "pciaddr-check --spec /usr/share/doc/fpga-pci-tools/examples/fixed-card.yaml", ()),
    ("fpga-ctl dma, as a member of the group",
     f"{AS_MEMBER} fpga-ctl --device fpga0 dma --len 1M", ["verified"]),
    ("fpga-ctl dma on the edu card", "fpga-ctl --device edu0 dma --len 4096", ["verified"]),
    ("fpga-ctl's page has its commands",
     "zcat /usr/share/man/man1/fpga-ctl.1.gz | grep '^\\.SH COMMANDS'", ()),
    ("pages, documents and completion are there",
     "for file in man/man4/emucard.4.gz doc/fpga-pci-tools/README.md"
     " bash-completion/completions/pciaddr-check; do test -s /usr/share/$file || exit; done", ()),
    ("the user interface header compiles", f"cd /tmp && {HEADER}", ()),
    ("the modules can be unloaded", "modprobe -r fpga_pci edu", ()),
    ("apt purges both packages", f"{APT} purge fpga-pci-tools fpga-pci-dkms", ()),
    ("dkms knows nothing of them any more", "test -z \"$(dkms status fpga-pci)\"", ()),
    ("nothing is left", f"cd {PLACE} && {ALL_FILES} >after && ! comm -13 before after | grep .", ()),
)  # fmt: skip


def test_install_use_and_remove_in_a_guest(packages, guest, subtests):
    guest.sh(f"mkdir {PLACE}; {READY}")
    for path in glob.glob(f"{packages}/fpga-pci-tools_*.deb") + glob.glob(f"{packages}/fpga-pci-dkms_*.deb"):
        with open(path, "rb") as file:
            guest.sh(f"cat >{PLACE}/{os.path.basename(path)}", input=file.read())
    guest.sh(f"cd {PLACE} && {ALL_FILES} >before")
    # dkms keeps what the compiler said in a file.
    guest.sh(f"cd {PLACE} && {APT} install ./*.deb || {{ cat /var/lib/dkms/fpga-pci/*/build/make.log; exit 1; }}",
             timeout=3600)
    for name, command, matches in USE:
        with subtests.test(name):
            guest.sh(command, matches=matches, timeout=600)
