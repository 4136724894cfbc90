# SPDX-License-Identifier: GPL-2.0-or-later
"""The RPM packages: built by rpmbuild, and installed into a root of this machine's release, used,
upgraded and removed there."""

import functools
import glob
import os
import pathlib
import re
import shutil

import installed
import pytest
from cache import CACHE, cached, content_key
from harness import TOP
from harness.commands import copy_tree, run
from releases import table, tools
from releases.packages import packages as listed

pytestmark = pytest.mark.long("makes a root of its own, in which dkms compiles")

VERSION = pathlib.Path(TOP, "VERSION").read_text(encoding="utf-8").strip()
NAMES = [f"fpga-pci-{name}" for name in ("tools", "devel", "dkms")]


class Packages:
    """Built from the tarball alone, as two releases: the second is for an upgrade."""

    def __init__(self, work):
        self.work = work
        self._source = work / "src"
        self.tarball = self._source / f"fpga-pci-{VERSION}.tar.xz"

    def make_dist(self):
        copy_tree(self._source)
        run("autoreconf", "-fi", cwd=self._source)
        run("./configure", "--with-kdir=no", cwd=self._source)
        run("make", f"-j{os.cpu_count()}", cwd=self._source)
        run("make", "dist", cwd=self._source)

    def build(self, release):
        # Debian's packages are not in rpm's database: --nodeps.
        run("rpmbuild", "-ta", "--nodeps", "--define", f"_topdir {self.work / release}",
            "--define", f"dist .{release}", self.tarball)

    def files(self, release):
        return sorted(glob.glob(f"{self.work}/{release}/RPMS/*/*.rpm"))

    def file(self, name):
        found, = glob.glob(f"{self.work}/first/RPMS/*/fpga-pci-{name}-[0-9]*.rpm")
        return found

    def has(self, name, *paths):
        missing = installed.missing(paths, run("rpm", "-qpl", self.file(name)).splitlines())
        assert not missing, f"packaging/fpga-pci.spec or a local.mk lacks {missing}"

    def has_matches(self, name, pattern):
        run("rpm", "-qpl", self.file(name), matches=[f"^{pattern}$"])

    def requires(self, name, *wanted):
        run("rpm", "-qp", "--requires", self.file(name), matches=wanted)


@pytest.fixture(scope="module")
def rpm(tmp_path_factory):
    return Packages(tmp_path_factory.mktemp("rpm"))


def test_the_spec_is_about_the_version_of_the_tree():
    run("rpmspec", "-q", "--srpm", "--qf", "%{version}", "packaging/fpga-pci.spec",
        matches=[f"^{VERSION}$"])


def test_make_dist(rpm):
    rpm.make_dist()


def test_rpmbuild_of_the_tarball_alone(rpm):
    rpm.build("first")


def test_rpmbuild_again_as_another_release(rpm):
    rpm.build("second")


def test_the_files_of_the_tools_are_where_Fedora_looks_for_them(rpm):
    rpm.has("tools", *(f"/usr/{name}" for name in installed.of_the_tools("share/doc/fpga-pci")))
    rpm.has_matches("tools", "/usr/share/licenses/fpga-pci-tools.*/COPYING")


def test_the_header_is_a_package_of_its_own(rpm):
    rpm.has("devel", "/usr/include/linux/emucard.h")
    rpm.has_matches("devel", "/usr/share/licenses/fpga-pci-devel.*/COPYING")


def test_the_dkms_package_has_all_of_the_drivers_source(rpm):
    names = ("dkms.conf", "VERSION", *installed.of_the_drivers())
    rpm.has("dkms", *(f"/usr/src/fpga-pci-{VERSION}/{name}" for name in names))
    rpm.has_matches("dkms", "/usr/share/licenses/fpga-pci-dkms.*/COPYING")


def test_the_tools_ask_for_their_libraries(rpm):
    rpm.requires("tools", r"libpci\.so\.3", r"libfyaml\.so\.0", r"libjson-c\.so\.5")


def test_the_drivers_ask_for_dkms(rpm):
    rpm.requires("dkms", "dkms")


@functools.cache
def debians_options():
    """Debian 12's rpm asks for --force-debian, so that the two are not mixed by accident; that of
    Debian 13 does not know it any more."""
    return ("--force-debian",) if "RPM version 4.1" in run("rpm", "--version") else ()


class Root:
    """A root of this machine's release, with the same libraries that the tools were built with."""

    def __init__(self, directory):
        self.directory = directory
        release = table.named(None)
        names = sorted(listed(release, "rpm-root"))
        tar = cached(CACHE / "rpm-root" / f"{content_key(release.codename, names)}.tar", "rpm-root",
                     lambda new: self._make(release, names, new))
        directory.mkdir()
        run("tar", "-C", directory, "-xf", tar)

    @staticmethod
    def _make(release, names, new):
        # mmdebstrap goes by how the name of what it makes ends.
        tar = new.with_name("new.tar")
        run(*tools.debootstrap(release, names, "minbase", tar), timeout=3600)
        shutil.move(tar, new)

    def run(self, *argv, **options):
        return run("unshare", "--mount", "--propagation", "private", "sh", "-ec",
                   'mount -t proc proc "$0/proc"; exec "$@"', self.directory, *argv,
                   # The directory for temporary files out here is not there inside.
                   env={"TMPDIR": "/tmp"}, **options)

    def rpm(self, *argv):
        return self.run("rpm", "--root", self.directory, "--dbpath", "/var/lib/rpm",
                        *debians_options(), *argv)

    def inside(self, command, **options):
        return self.run("chroot", self.directory, "bash", "-c", command, **options)

    def files(self):
        """What is there. What rpm, dkms and depmod keep for themselves is not what a package leaves
        behind, nor are directories that other packages have as well."""
        return set(self.inside(r"""
            find / -xdev \( -path /tmp -o -path /proc -o -path /var/lib/rpm \
                -o -path '/var/lib/dkms/mok.*' -o -path '/etc/*-' \
                -o -path '/usr/lib/modules/*/modules.*' \) -prune -o ! -type d -print""").splitlines())

    def kernels(self):
        """The releases whose headers are there."""
        found = [os.path.basename(os.path.dirname(path))
                 for path in glob.glob(f"{self.directory}/lib/modules/*/build")]  # fmt: skip
        assert found, "no kernel's headers are there"
        return found


def in_dkms(root):
    """An upgrade must leave one version, and have it built."""
    status = [line for line in root.inside("dkms status fpga-pci").splitlines() if line]
    assert len(status) == len(root.kernels())
    for kernel in root.kernels():
        assert [": installed" in line for line in status if f", {kernel}, " in line] == [True]


def modules_are_there(root):
    for kernel in root.kernels():
        for module in ("emucard", "fpga_pci", "edu"):
            root.inside(f"modinfo -k {kernel} -F vermagic {module}", matches=[f"^{re.escape(kernel)} "])


def signed_by_dkms(root):
    for kernel in root.kernels():
        root.inside(f"modinfo -k {kernel} -F signer fpga_pci", matches=["(?i)dkms"])


HEADER = r"""
cd /tmp && printf '#include <linux/emucard.h>\nint main(void) { return EMUCARD_API_VERSION != 1; }\n' |
	gcc -x c -o header - && ./header"""

USE = (
    ("the tools run", lambda root: root.inside(
        "pciaddr-check --version && fpga-ctl --version && pciaddr-check --help >/dev/null")),
    ("the group of the nodes is there", lambda root: root.inside("getent group fpga")),
    ("fpga-ctl's page is there", lambda root: root.inside(
        "cd /usr/share/man/man1 && test -s fpga-ctl.1 || test -s fpga-ctl.1.gz")),
    ("the header compiles", lambda root: root.inside(HEADER)),
    ("dkms has built the modules for each kernel, once", in_dkms),
    ("all the modules are found by their names", modules_are_there),
    ("dkms has signed them with its own key", signed_by_dkms),
)  # fmt: skip


def test_install_upgrade_and_remove_in_a_root(rpm, tmp_path, subtests):
    root = Root(tmp_path / "root")
    before = root.files()
    assert rpm.files("first"), "there are no packages"
    with subtests.test("rpm --root installs them"):
        root.rpm("--nodeps", "-i", *rpm.files("first"))
    for name, use in USE:
        with subtests.test(f"{name} (installed)"):
            use(root)
    with subtests.test("rpm -V finds each file as it was packaged"):
        root.rpm("--nodeps", "-V", *NAMES)
    with subtests.test("rpm -U upgrades them to another release"):
        root.rpm("--nodeps", "-U", *rpm.files("second"))
    for name, use in USE:
        with subtests.test(f"{name} (upgraded)"):
            use(root)
    with subtests.test("rpm -e removes them"):
        root.rpm("-e", *NAMES)
    with subtests.test("dkms knows nothing of them any more"):
        assert not root.inside("dkms status fpga-pci").strip()
    with subtests.test("nothing is left"):
        assert not root.files() - before
