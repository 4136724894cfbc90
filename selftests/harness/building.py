# SPDX-License-Identifier: GPL-2.0-or-later
"""What suites build alike, made once: object files (ccache), and what autoreconf makes."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from cache import cached, content_key

from . import CACHE
from .commands import run

CCACHE = "/usr/lib/ccache"  # its compilers, on Debian


def environment():
    """Variables with which compilers take from the cache what they have compiled before.

    Suites build in directories of their own, whose names must not matter: below the directory for
    temporary files, paths count relative to where the compiler runs. Messages keep whole paths.
    """
    if not os.path.isdir(CCACHE) or CCACHE in os.environ["PATH"]:
        return {}
    return {
        "PATH": f"{CCACHE}:{os.environ['PATH']}",
        "CCACHE_DIR": os.path.join(CACHE, "ccache"),
        "CCACHE_MAXSIZE": "1G",
        "CCACHE_NOHASHDIR": "1",
        "CCACHE_BASEDIR": tempfile.gettempdir(),
        "CCACHE_ABSSTDERR": "1",
    }


def autoreconf(directory):
    """autoreconf -fi in a copy of the tree; what it has made of the same files before is copied."""
    directory = pathlib.Path(directory)
    sources = sorted(path for path in directory.rglob("*") if path.is_file())
    version = subprocess.run(["autoconf", "--version"], stdout=subprocess.PIPE, check=True).stdout
    key = content_key(version, *(path.relative_to(directory) for path in sources),
                      files=[path for path in sources
                             if path.suffix in (".ac", ".am", ".mk", ".m4") or path.name == "VERSION"])  # fmt: skip

    def make(new):
        run("autoreconf", "-fi", directory)
        for path in set(directory.rglob("*")) - set(sources):
            if path.is_file() and path.parent.name != "autom4te.cache":
                to = new / path.relative_to(directory)
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, to)

    ready = cached(pathlib.Path(CACHE, "autotools", key), "autotools", make)
    # All of one age, and no older than what they are made of: make has nothing to do.
    shutil.copytree(ready, directory, dirs_exist_ok=True, copy_function=shutil.copy)
