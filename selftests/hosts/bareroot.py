# SPDX-License-Identifier: GPL-2.0-or-later
"""A bare Debian of one release in a directory, in which commands run as on a new machine."""

import os
import pathlib
import shutil
import tempfile

import tree
from cache import CACHE, TOP, cached, run_logged
from harness import commands
from releases import apt, tools

# What Debian's installer leaves at the least
VARIANT = "important"
PROJECT = "/root/fpga-pci"
ENVIRONMENT = ("HOME=/root", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
               "LANG=C.UTF-8")


class BareRoot:
    """Use it in a with statement: the directory is removed in the end."""

    def __init__(self, release):
        self.release = release
        self.path = None

    def __enter__(self):
        packed = cached(CACHE / "bare" / f"{self.release.codename}.tar", f"bare-{self.release.codename}",
                        lambda new: run_logged("bare-root", tools.debootstrap(
                          self.release, [], VARIANT, new, "--format=tar")))  # fmt: skip
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="fpga-pci-bare-"))
        run_logged("bare-root", ["tar", "-C", self.path, "-xp", "--numeric-owner",
                                 "--exclude=./dev/?*", "-f", packed])  # fmt: skip
        self._settings()
        self._tree()
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def _settings(self):
        """What the machine has of network and apt, as found now."""
        for name in ("resolv.conf", "hosts"):
            if os.path.exists(f"/etc/{name}"):
                (self.path / "etc" / name).unlink(missing_ok=True)
                shutil.copy(f"/etc/{name}", self.path / "etc" / name)
        (self.path / "etc/apt/apt.conf.d/99machine").write_text("\n".join(apt.settings()) + "\n")

    def _tree(self):
        """The project's files as they are now, as a newcomer has them."""
        for name in tree.files():
            to = self.path / PROJECT[1:] / name
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TOP / name, to, follow_symlinks=False)

    def run(self, *argv, status=0, matches=(), timeout=3600):
        """Runs a command in the tree there, as commands.run does."""
        whole = tools.enter(self.path, PROJECT, [], ["env", "-i", *ENVIRONMENT, *argv])
        return commands.run(*whole, status=status, matches=matches, timeout=timeout)
