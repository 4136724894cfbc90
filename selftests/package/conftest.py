# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian packages, which more than one file of tests wants."""

import fcntl
import hashlib
import os
import shutil
import time

import pytest
from harness import CACHE, TOP
from harness.commands import copy_tree, run, tree_files

KEPT = 2 * 86400  # packages that were not used for so long are not kept [s]


def key():
    """A name for the content of the tree."""
    digest = hashlib.sha256()
    for path in tree_files():
        with open(os.path.join(TOP, path), "rb") as file:
            digest.update(path.encode() + hashlib.sha256(file.read()).digest())
    return digest.hexdigest()[:16]


def build(directory):
    """As a packager does, from a tree that holds nothing else. The tools' own tests are another
    suite."""
    new = f"{directory}.new"
    shutil.rmtree(new, ignore_errors=True)
    copy_tree(f"{new}/fpga-pci")
    run("dpkg-buildpackage", "-us", "-uc", cwd=f"{new}/fpga-pci", timeout=3600,
        env={"DEB_BUILD_OPTIONS": f"nocheck parallel={os.cpu_count()}"})
    shutil.rmtree(f"{new}/fpga-pci")
    os.rename(new, directory)


@pytest.fixture(scope="session")
def packages():
    """A directory with the packages of the tree as it is."""
    kept = f"{CACHE}/packages"
    directory = f"{kept}/{key()}"
    os.makedirs(kept, exist_ok=True)
    with open(f"{CACHE}/packages.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(directory):
            build(directory)
        os.utime(directory)
        for other in os.scandir(kept):
            if time.time() - other.stat().st_mtime > KEPT:
                shutil.rmtree(other.path)
    return directory
