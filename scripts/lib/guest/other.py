# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests of other architectures than this machine's: all that they have is in one initramfs.

Nothing of theirs runs here. Debian's packages are unpacked into a root directory, which is both
what the tools are built against and what the guest sees of Debian; so nothing of it is set up by
maintainers' scripts, and there is no udev. The initramfs is several archives, one after the other,
each of which is made anew when what is in it changes.
"""

import os
import pathlib
import shlex
import shutil
import tempfile

from cache import CACHE, Failed, cached, content_key, run_logged, say
from releases import tools
from releases.packages import expanded, packages

from . import initramfs

ROOTS = CACHE / "roots"
# Another, when the roots are made in another way from the same packages
RECIPE = 1
# What is for building, and what nothing in a guest reads
LEFT_OUT = ("usr/include", "usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info",
            "usr/share/perl*", "usr/share/zoneinfo", "usr/lib/*/gconv", "usr/lib/*/pkgconfig",
            "usr/lib/*/perl*", "usr/share/aclocal", "usr/share/awk", "var/lib/apt", "var/cache",
            "boot")  # fmt: skip
# For the agent's port, for --share, and for what tests add; what is built in is not missed
MODULES = ("virtio_pci", "virtio_mmio", "virtio_console", "virtio_blk", "virtio-rng", "9p",
           "9pnet_virtio", "vfio-pci")  # fmt: skip


def root(release, architecture):
    """A root directory with the packages of other-image.list, the libraries that the tools are built
    with and run with, and what GUEST_PACKAGES names."""
    libraries = {name for name in packages(release, "userspace", "guest-image") if name.startswith("lib")}
    more = expanded(release, os.environ.get("GUEST_PACKAGES", "").split())
    return root_of({*packages(release, "other-image"), *libraries, *more}, release, architecture)


def root_of(names, release, architecture):
    """A root directory with these packages, and what they depend on."""
    names = sorted(names)
    key = content_key(RECIPE, release.codename, architecture.name, *names)
    return cached(ROOTS / f"{release.codename}-{architecture.name}-{key}", f"root-{architecture.name}",
                  lambda new: _make_root(release, architecture, names, new))  # fmt: skip


def _make_root(release, architecture, names, new):
    say(f"unpacking {architecture.name}'s userland, Debian's {release.codename} (mmdebstrap)")
    new.mkdir()
    # The lists of updates for other architectures are not whole on every mirror.
    bootstrap = tools.debootstrap(release, names, "extract", "-",
                                  f"--architectures={architecture.name}", updates=False)
    run_logged(f"root-{architecture.name}", ["bash", "-c", "set -o pipefail; "
               f"{shlex.join(bootstrap)} | tar -C {shlex.quote(str(new))} -x --exclude='./dev/?*'"])
    _merge_usr(new)
    _make_links_relative(new)
    _add_people(new)


def _merge_usr(new):
    for name in ("bin", "sbin", "lib", "lib64"):
        old = new / name
        if old.is_dir() and not old.is_symlink():
            shutil.copytree(old, new / "usr" / name, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(old)
        elif old.is_symlink():
            old.unlink()
        if (new / "usr" / name).exists():
            old.symlink_to(f"usr/{name}")


def _make_links_relative(new):
    """So that a linker that looks into this root does not leave it."""
    for at, directories, files in os.walk(new):
        for name in directories + files:
            path = pathlib.Path(at, name)
            if path.is_symlink() and os.path.isabs(target := os.readlink(path)):
                path.unlink()
                path.symlink_to(os.path.relpath(new / target.lstrip("/"), at))


def _add_people(new):
    """root, and an ordinary user for tests of permissions"""
    etc = new / "etc"
    (etc / "passwd").write_text("root:x:0:0:root:/root:/bin/bash\n"
                                "user:x:1000:1000::/home/user:/bin/bash\n")
    (etc / "group").write_text("root:x:0:\ntty:x:5:\ndisk:x:6:\nfpga:x:999:\nuser:x:1000:\n")
    (etc / "hostname").write_text("guest\n")
    (etc / "hosts").write_text("127.0.0.1 localhost guest\n")
    (new / "home/user").mkdir(parents=True, exist_ok=True)
    (new / "root").mkdir(exist_ok=True)
    (new / "root/.bashrc").write_text("PS1='\\u@guest:\\w\\$ '\n")
    # What the alternatives of these packages would be
    for name, target in (("awk", "gawk"),):
        if (new / "usr/bin" / target).exists() and not (new / "usr/bin" / name).exists():
            (new / "usr/bin" / name).symlink_to(target)


# The archives


def userland(directory, images):
    """The archive of a root directory."""
    key = content_key(directory.name, *LEFT_OUT)
    return cached(images / f"userland-{key}.cpio", "userland",
                  lambda new: initramfs.archive(directory, new, LEFT_OUT))  # fmt: skip


def modules(kernel, images):
    """The archive of a kernel's modules: few, and what depmod makes of all is the project's."""
    release = (kernel / "release").read_text().strip()
    key = content_key(kernel.name, *MODULES, 1)
    return cached(images / f"modules-{key}.cpio", "initrd", lambda new: _make_modules(kernel, release, new))


def _make_modules(kernel, release, new):
    with tempfile.TemporaryDirectory() as name:
        inside = pathlib.Path(name, "usr/lib/modules", release)
        whole = kernel / "layer/usr/lib/modules" / release
        for path in initramfs.with_needs(kernel, release, MODULES):
            to = inside / path.relative_to(whole)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)
        inside.mkdir(parents=True, exist_ok=True)
        for file in whole.glob("modules.*"):
            shutil.copy(file, inside)
        initramfs.archive(name, new)


def start(directory, release, architecture, inside, images):
    """The archive with what runs first: PID 1, and the agent."""
    names = ("initramfs-whole", "init", "agent.c")
    key = content_key(directory.name, 1, files=[inside / name for name in names])
    return cached(images / f"start-{key}.cpio", "initrd",
                  lambda new: _make_start(directory, release, architecture, inside, new))  # fmt: skip


def _make_start(directory, release, architecture, inside, new):
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        (work / "guest").mkdir()
        for path in ("proc", "sys", "dev", "run", "tmp"):
            (work / path).mkdir()
        busybox = next((path for path in (directory / "usr/bin/busybox", directory / "bin/busybox")
                        if path.exists()), None)  # fmt: skip
        if not busybox:
            raise Failed(f"there is no busybox in {directory}")
        shutil.copy(busybox, work / "busybox")
        shutil.copy(inside / "initramfs-whole", work / "init")
        shutil.copy(inside / "init", work / "guest/init")
        source = work / "agent.c"
        shutil.copy(inside / "agent.c", source)
        initramfs.compile_agent(
            f"{architecture.prefix}gcc", source, work / "guest/agent",
            lambda argv: tools.command(release, argv, architecture=architecture.name))
        source.unlink()
        os.chmod(work, 0o755)
        initramfs.archive(work, new)


def joined(archives, images):
    """One initramfs of several archives."""
    key = content_key(*(pathlib.Path(path).name for path in archives))
    return cached(images / f"initrd-{key}.cpio", "initrd", lambda new: initramfs.join(archives, new))
