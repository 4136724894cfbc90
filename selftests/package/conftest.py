# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian packages, which more than one file of tests wants."""

import os
import shutil

import pytest
from cache import CACHE, TOP, cached, content_key
from harness.commands import copy_tree, run, tree_files


def build(directory):
    """As a packager does, from a tree that holds nothing else. The tools' own tests are another
    suite."""
    copy_tree(f"{directory}/fpga-pci")
    run("dpkg-buildpackage", "-us", "-uc", cwd=f"{directory}/fpga-pci", timeout=3600,
        env={"DEB_BUILD_OPTIONS": f"nocheck parallel={os.cpu_count()}"})
    shutil.rmtree(f"{directory}/fpga-pci")


@pytest.fixture(scope="session")
def packages():
    """A directory with the packages of the tree as it is."""
    names = sorted(tree_files())
    key = content_key(*names, files=[TOP / name for name in names])
    return cached(CACHE / "packages" / key, "packages", build)
