# SPDX-License-Identifier: GPL-2.0-or-later
"""A small guest, for tests that boot many machines: one initramfs, with what asks about the cards.

It has no udev, no modules but these, and of Debian the few programs of small-image.list. It needs
half of the processor time of the other until it can be asked; most of what is left is firmware and
the kernel itself.
"""

import pathlib
import re
import shutil

from cache import Failed, output

from . import initramfs

# Of the kernel, for the agent's port; and the project's, in the order in which they need each other
MODULES = ("virtio_pci", "virtio_console")
DRIVERS = ("emucard", "fpga_pci", "edu")
PROGRAMS = ("bin/bash", "bin/setpci", "bin/lspci", "sbin/kexec")
# Of the project: programs, and what demo and tests read
FILES = ("usr/bin/pciaddr-check", "usr/bin/fpga-ctl", "usr/share/doc/fpga-pci/examples")
# Debian's directories for libraries and programs; not all packages of 12 have moved to /usr
PLACES = ("usr", "")


def put_together(work, root, parts, kernel, release):
    """Fills a directory with the files of the initramfs, but for what runs first.

    root: a root directory with the packages; parts: directories of the project's parts
    """
    for path in PROGRAMS:
        _copy(_in_root(root, path), work / "usr" / path)
    for path in FILES:
        source = next((part / path for part in parts if (part / path).exists()), None)
        if not source:
            raise Failed(f"the project's parts have no {path}, which a small guest needs (GUEST_PARTS?)")
        _copy(source, work / path)
    programs = [path for path in (work / "usr").rglob("*") if path.is_file() and path.parent.name in ("bin", "sbin")]
    _copy_libraries(programs, root, work)
    _copy_modules(work, parts, kernel, release)


def _copy(source, to):
    to.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, to)
    else:
        shutil.copy(source, to)


def _in_root(root, path):
    found = next((root / place / path for place in PLACES if (root / place / path).exists()), None)
    if not found:
        raise Failed(f"there is no {path} in {root}")
    return found


def _copy_libraries(programs, root, work):
    """Those that programs are linked with, and what these are linked with."""
    left, seen = list(programs), set()
    while left:
        said = output(["readelf", "-d", "-l", left.pop()])
        names = re.findall(r"\(NEEDED\).*\[(.*)\]", said)
        for loader in re.findall(r"interpreter: (/\S+)\]", said):
            if not (work / loader.lstrip("/")).exists():
                _copy(_library(root, pathlib.Path(loader).name), work / loader.lstrip("/"))
        for name in set(names) - seen:
            seen.add(name)
            to = work / "usr/lib" / name
            _copy(_library(root, name), to)
            left.append(to)


def _library(root, name):
    found = [path for place in PLACES for path in (root / place).glob(f"lib*/**/{name}") if path.exists()]
    if not found:
        raise Failed(f"there is no library {name} in {root}: which package of small-image.list has it?")
    return found[0].resolve()


def _copy_modules(work, parts, kernel, release):
    files = initramfs.with_needs(kernel, release, MODULES)
    for name in DRIVERS:
        files += next(([path] for part in parts
                       for path in part.glob(f"usr/lib/modules/{release}/updates/{name}.ko")), [])  # fmt: skip
    (work / "modules").mkdir()
    for path in files:
        shutil.copy(path, work / "modules")
    (work / "modules/order").write_text("".join(f"/modules/{path.name}\n" for path in files))
